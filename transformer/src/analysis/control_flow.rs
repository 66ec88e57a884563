//! A function's control-flow graph.
//!
//! A node is as much as runs at once: a simple statement, or the header of a compound one. A `finally` body, and what a
//! `with` does at its end, stands once for each way that leads through it: control goes on differently behind each.

mod build;

use crate::parse::{
    TextRange, TextSize,
    ast::{self, Expr, Stmt},
};

pub use build::build;

pub type NodeId = usize;

pub struct Graph<'a> {
    pub nodes: Vec<Node<'a>>,
}

pub struct Node<'a> {
    pub part: Part<'a>,
    /// Where control goes on.
    pub next: Vec<NodeId>,
    /// Where it goes on if this raises, as far as that is inside the function.
    pub raised: Vec<NodeId>,
    /// Where it would go on if something beside this raised; the same unless this cannot raise.
    pub caught: Vec<NodeId>,
    pub before: Vec<NodeId>,
    /// Nodes that come here when they raise.
    pub raised_before: Vec<NodeId>,
    pub is_reachable: bool,
    /// Stands for a piece of source that other nodes stand for, too.
    pub is_copy: bool,
    pub front: Option<Front>,
    /// Where a statement can be put behind this one.
    pub behind: Option<TextSize>,
}

/// How a call can be put in front of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Front {
    /// As a statement of its own.
    Statement(TextSize),
    /// Before the expression that a compound statement's header evaluates first.
    Header(TextRange),
}

#[derive(Clone, Copy)]
pub enum Part<'a> {
    Entry,
    /// The normal return.
    Exit,
    /// Any statement that has no body, and definitions, whose bodies run later.
    Simple(&'a Stmt),
    /// One of the values that the statement chooses from, or the only one.
    Return {
        statement: &'a ast::StmtReturn,
        value: Option<&'a Expr>,
    },
    /// The end of the function's body.
    FallsOff,
    Test(&'a Expr),
    Iterate(&'a Expr),
    /// Takes a loop's next value.
    Next {
        target: &'a Expr,
        iter: &'a Expr,
    },
    Enter(&'a ast::WithItem),
    /// Gives what was entered to its target, already inside.
    BindWith(&'a ast::WithItem),
    /// A `with` statement's end.
    Leave,
    /// Runs nothing: ways meet here.
    Join,
    Subject(&'a Expr),
    Case {
        case: &'a ast::MatchCase,
        subject: &'a Expr,
    },
    /// Compares the exception and binds it.
    Except(&'a ast::ExceptHandlerExceptHandler),
    /// The end of an `except` clause unbinds its name.
    Unbind(&'a ast::ExceptHandlerExceptHandler),
}

impl Graph<'_> {
    pub const ENTRY: NodeId = 0;
    pub const EXIT: NodeId = 1;

    /// For each node, whether control can get there from one of `nodes`, themselves among them.
    pub fn reached_from(&self, nodes: impl IntoIterator<Item = NodeId>) -> Vec<bool> {
        let mut reached = vec![false; self.nodes.len()];
        let mut todo: Vec<NodeId> = nodes.into_iter().collect();
        while let Some(node) = todo.pop() {
            if !std::mem::replace(&mut reached[node], true) {
                todo.extend(self.nodes[node].next.iter().chain(&self.nodes[node].raised));
            }
        }
        reached
    }

    /// Whether control that was at `node` can come there again.
    pub fn repeats(&self, node: NodeId) -> bool {
        self.reached_from(self.nodes[node].next.iter().chain(&self.nodes[node].raised).copied())[node]
    }

    /// For each node, whether one of `nodes` is reached from it, itself included.
    pub fn reaching(&self, nodes: impl IntoIterator<Item = NodeId>) -> Vec<bool> {
        let mut reaches = vec![false; self.nodes.len()];
        let mut todo: Vec<NodeId> = nodes.into_iter().collect();
        while let Some(node) = todo.pop() {
            if !std::mem::replace(&mut reaches[node], true) {
                todo.extend(self.nodes[node].before.iter().chain(&self.nodes[node].raised_before));
            }
        }
        reaches
    }
}
