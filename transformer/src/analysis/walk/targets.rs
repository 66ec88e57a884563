//! What binds names: assignment targets and patterns.

use super::Walk;
use crate::{
    analysis::uses::{How, What},
    parse::{
        TextSize,
        ast::{self, Ranged},
    },
};

impl<'a> Walk<'a> {
    pub(super) fn pattern(&mut self, pattern: &'a ast::Pattern) {
        use ast::Pattern;
        let at = pattern.start();
        match pattern {
            Pattern::MatchValue(value) => self.expr(&value.value),
            Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(sequence) => sequence.patterns.iter().for_each(|pattern| self.pattern(pattern)),
            Pattern::MatchMapping(mapping) => {
                self.exprs(&mapping.keys);
                mapping.patterns.iter().for_each(|pattern| self.pattern(pattern));
                self.capture(at, mapping.rest.as_ref());
            }
            Pattern::MatchClass(class) => {
                self.expr(&class.cls);
                class.kwd_attrs.iter().for_each(|name| self.add(at, What::Attribute(name)));
                class.patterns.iter().chain(&class.kwd_patterns).for_each(|pattern| self.pattern(pattern));
            }
            Pattern::MatchStar(star) => self.capture(at, star.name.as_ref()),
            Pattern::MatchAs(capture) => {
                if let Some(pattern) = &capture.pattern {
                    self.pattern(pattern);
                }
                self.capture(at, capture.name.as_ref());
            }
            Pattern::MatchOr(either) => either.patterns.iter().for_each(|pattern| self.pattern(pattern)),
        }
    }

    pub(super) fn capture(&mut self, at: TextSize, name: Option<&'a ast::Identifier>) {
        if let Some(name) = name {
            self.add(at, What::Bind(name, How::Pattern));
        }
    }

    /// What is assigned to, deleted or looped over: its names are bound, the rest of it is read.
    pub(super) fn target(&mut self, target: &'a ast::Expr, how: How) {
        use ast::Expr;
        match target {
            Expr::Name(name) => self.add(target.start(), What::Bind(&name.id, how)),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| self.target(element, how)),
            Expr::List(list) => list.elts.iter().for_each(|element| self.target(element, how)),
            Expr::Starred(starred) => self.target(&starred.value, how),
            Expr::Attribute(attribute) => {
                self.expr(target);
                self.add(target.start(), What::Store(&attribute.attr));
            }
            other => self.expr(other),
        }
    }
}
