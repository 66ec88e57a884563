//! Between which statements of the handler a field may be published, and where a call fits in.
//!
//! A point is the index of the statement that it comes before. Control passes the handler's top-level statements in
//! order, so a return that follows a point stands in one of the statements after it.

use super::{
    constants, event_reads,
    response_shape::{Return, Returns},
    work,
};
use crate::parse::{
    TextSize,
    ast::{Expr, Ranged, Stmt},
};

/// Where a call goes that is to run at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub point: usize,
    pub offset: TextSize,
    /// Behind the statement before the point; otherwise in front of the one after it.
    pub behind: bool,
}

pub struct PublishPoints<'p, 'a> {
    pub body: &'a [Stmt],
    pub returns: &'p Returns<'a>,
    /// The handler's event, if it is only ever read from.
    pub event: Option<&'a str>,
}

impl<'a> PublishPoints<'_, 'a> {
    /// The last return that gives this field another value, or the result other keys.
    pub fn blocking_return(&self, field: usize) -> Option<&Return<'a>> {
        self.returns.all.iter().filter(|back| !self.agrees(back, field)).max_by_key(|back| back.statement)
    }

    /// The first point after which every return gives this field the same value, and the result the same keys.
    pub fn earliest(&self, field: usize) -> usize {
        self.blocking_return(field).map_or(0, |back| back.statement + 1)
    }

    fn agrees(&self, back: &Return, field: usize) -> bool {
        let streaming = &self.returns.streaming;
        let Some(shape) = &back.shape else { return false };
        let keys = |fields: &[super::response_shape::Field]| {
            fields.iter().map(|field| field.key.to_owned()).collect::<Vec<_>>()
        };
        if keys(&shape.fields) != keys(&streaming.fields) {
            return false;
        }
        match (streaming.fields[field].value, shape.fields[field].value) {
            (Expr::Name(one), Expr::Name(other)) => one.id == other.id,
            (one, other) => {
                std::ptr::eq(one, other)
                    || constants::same(one, other)
                    || self.event.is_some_and(|event| event_reads::same(one, other, event))
            }
        }
    }

    /// The first place at or after `point` where a statement can be put in.
    pub fn place(&self, point: usize) -> Option<Place> {
        (point.max(1)..self.body.len()).find_map(|point| {
            let (before, after) = (&self.body[point - 1], &self.body[point]);
            match () {
                () if is_simple(before) => Some(Place { point, offset: before.end(), behind: true }),
                () if is_simple(after) || ends_flow(after) => {
                    Some(Place { point, offset: after.start(), behind: false })
                }
                () => None,
            }
        })
    }

    /// Whether anything that takes time can run from `point` on.
    pub fn has_work(&self, point: usize) -> bool {
        self.body.iter().skip(point).any(work::statement)
    }
}

fn ends_flow(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Return(_) | Stmt::Raise(_))
}

fn is_simple(statement: &Stmt) -> bool {
    matches!(
        statement,
        Stmt::Assign(_)
            | Stmt::AnnAssign(_)
            | Stmt::AugAssign(_)
            | Stmt::Expr(_)
            | Stmt::Delete(_)
            | Stmt::Import(_)
            | Stmt::ImportFrom(_)
            | Stmt::Pass(_)
            | Stmt::Assert(_)
            | Stmt::Global(_)
            | Stmt::Nonlocal(_)
            | Stmt::TypeAlias(_)
    )
}
