//! Statements → graph.

use rustc_hash::FxHashMap;

use super::{Front, Graph, Node, NodeId, Part};
use crate::{
    analysis::constants,
    parse::{
        TextSize,
        ast::{self, Constant, Expr, Ranged, Stmt},
    },
};

/// Copies of `finally` bodies multiply where they nest.
const MAX_NODES: usize = 200_000;

/// None: the function has too many ways through it.
pub fn build<'a>(body: &'a [Stmt], swallows: &dyn Fn(&Expr) -> bool) -> Option<Graph<'a>> {
    let mut build = Builder {
        graph: Graph { nodes: Vec::new() },
        around: Vec::new(),
        swallows,
        led_to: Vec::new(),
        copies: FxHashMap::default(),
    };
    build.add(Part::Entry);
    build.add(Part::Exit);
    let end = build.block(body, vec![Graph::ENTRY]);
    if !end.is_empty() {
        let falls_off = build.add(Part::FallsOff);
        build.join(&end, falls_off);
        build.edge(falls_off, Graph::EXIT);
    }
    if build.is_too_large() {
        return None;
    }
    let mut graph = build.finish();
    if let Some(Stmt::Expr(first)) = body.first()
        && constants::text(&first.value).is_some()
        && let Some(docstring) = graph.nodes.iter_mut().find(|node| node.behind == Some(first.end()))
    {
        docstring.front = None; // it would be none behind another statement
    }
    Some(graph)
}

/// A piece of source that nodes stand for.
#[derive(PartialEq, Eq, Hash)]
enum Piece {
    Front(Front),
    /// A value that a `return` chooses.
    Chosen(TextSize),
}

/// Nodes after which control goes on at what comes next.
type Ends = Vec<NodeId>;

struct Builder<'a, 's> {
    graph: Graph<'a>,
    around: Vec<Around<'a>>,
    swallows: &'s dyn Fn(&Expr) -> bool,
    /// By node, whether anything goes on to it.
    led_to: Vec<bool>,
    /// By what surrounds them and where they lead.
    copies: FxHashMap<(usize, usize, NodeId), NodeId>,
}

#[derive(Clone, Copy)]
struct Clauses<'a> {
    handlers: &'a [ast::ExceptHandler],
    /// `except*`
    several_can_run: bool,
}

/// What surrounds the statement that is being added, outermost first.
#[derive(Clone)]
enum Around<'a> {
    Loop {
        next: NodeId,
        /// Where `break` leads.
        end: NodeId,
    },
    /// Exceptions inside go here.
    Catch(Vec<NodeId>),
    Finally {
        body: &'a [Stmt],
        id: usize,
    },
    With {
        id: usize,
    },
    /// An `except` clause with a name.
    Named {
        handler: &'a ast::ExceptHandlerExceptHandler,
        id: usize,
    },
}

impl<'a> Builder<'a, '_> {
    fn add(&mut self, part: Part<'a>) -> NodeId {
        let caught = self.catchers();
        let raised = if can_raise(part) { caught.clone() } else { Vec::new() };
        self.graph.nodes.push(Node {
            part,
            next: Vec::new(),
            raised,
            caught,
            before: Vec::new(),
            raised_before: Vec::new(),
            is_reachable: false,
            is_copy: false,
            front: None,
            behind: None,
        });
        self.led_to.push(false);
        self.graph.nodes.len() - 1
    }

    fn is_too_large(&self) -> bool {
        self.graph.nodes.len() >= MAX_NODES
    }

    fn edge(&mut self, from: NodeId, to: NodeId) {
        self.led_to[to] = true;
        let next = &mut self.graph.nodes[from].next;
        if !next.contains(&to) {
            next.push(to);
        }
    }

    fn join(&mut self, ends: &[NodeId], to: NodeId) {
        for &end in ends {
            self.edge(end, to);
        }
    }

    fn join_to(&mut self, from: NodeId, to: &[NodeId]) {
        for &to in to {
            self.led_to[to] = true;
        }
        self.graph.nodes[from].next.extend(to);
    }

    fn front(&mut self, node: NodeId, front: Front) {
        self.graph.nodes[node].front = Some(front);
    }

    /// Nodes that get an exception raised here.
    fn catchers(&self) -> Vec<NodeId> {
        let nearest = self.around.iter().rev().find_map(|around| match around {
            Around::Catch(nodes) => Some(nodes.clone()),
            _ => None,
        });
        nearest.unwrap_or_default()
    }

    fn block(&mut self, body: &'a [Stmt], mut ends: Ends) -> Ends {
        for statement in body {
            if self.is_too_large() {
                return Vec::new();
            }
            ends = self.statement(statement, ends);
        }
        ends
    }

    /// A node behind `ends`.
    fn then(&mut self, part: Part<'a>, ends: &[NodeId]) -> NodeId {
        let node = self.add(part);
        self.join(ends, node);
        node
    }

    fn header(&mut self, part: Part<'a>, expr: &Expr, ends: &[NodeId]) -> NodeId {
        let node = self.then(part, ends);
        self.front(node, Front::Header(expr.range()));
        node
    }

    fn statement(&mut self, statement: &'a Stmt, ends: Ends) -> Ends {
        match statement {
            Stmt::If(branch) => {
                let test = self.header(Part::Test(&branch.test), &branch.test, &ends);
                let mut end = self.block(&branch.body, vec![test]);
                let other = self.block(&branch.orelse, vec![test]);
                end.extend(other);
                end
            }
            Stmt::While(repeat) => self.repeat(repeat, &ends),
            Stmt::For(each) => self.each(each, &ends),
            Stmt::Try(attempt) => {
                let clauses = Clauses { handlers: &attempt.handlers, several_can_run: false };
                self.attempt(&attempt.body, clauses, &attempt.orelse, &attempt.finalbody, ends)
            }
            Stmt::TryStar(attempt) => {
                let clauses = Clauses { handlers: &attempt.handlers, several_can_run: true };
                self.attempt(&attempt.body, clauses, &attempt.orelse, &attempt.finalbody, ends)
            }
            Stmt::With(with) => self.with(with, ends),
            Stmt::Match(choice) => self.choice(choice, &ends),
            Stmt::Return(back) => {
                let first = self.returned(back, back.value.as_deref(), &ends);
                self.front(first, Front::Statement(statement.start()));
                Vec::new()
            }
            Stmt::Raise(_) => {
                let node = self.then(Part::Simple(statement), &ends);
                self.front(node, Front::Statement(statement.start()));
                Vec::new()
            }
            Stmt::Break(_) | Stmt::Continue(_) => {
                let node = self.then(Part::Simple(statement), &ends);
                self.front(node, Front::Statement(statement.start()));
                let is_loop = |around: &Around| matches!(around, Around::Loop { .. });
                if let Some(index) = self.around.iter().rposition(is_loop)
                    && let Around::Loop { next, end } = self.around[index]
                {
                    let target = if matches!(statement, Stmt::Break(_)) { end } else { next };
                    let to = self.way_out(Some(index), target);
                    self.edge(node, to);
                }
                Vec::new()
            }
            _ => {
                let node = self.then(Part::Simple(statement), &ends);
                let is_definition =
                    matches!(statement, Stmt::FunctionDef(_) | Stmt::AsyncFunctionDef(_) | Stmt::ClassDef(_));
                if !is_definition {
                    self.front(node, Front::Statement(statement.start()));
                    self.graph.nodes[node].behind = Some(statement.end());
                }
                vec![node]
            }
        }
    }

    /// `return a if test else b` is two ways, behind a test. The node that runs first.
    fn returned(&mut self, statement: &'a ast::StmtReturn, value: Option<&'a Expr>, ends: &[NodeId]) -> NodeId {
        if let Some(Expr::IfExp(choice)) = value {
            let test = self.then(Part::Test(&choice.test), ends);
            self.returned(statement, Some(&choice.body), &[test]);
            self.returned(statement, Some(&choice.orelse), &[test]);
            return test;
        }
        let node = self.then(Part::Return { statement, value }, ends);
        let to = self.way_out(None, Graph::EXIT);
        self.edge(node, to);
        node
    }

    fn repeat(&mut self, repeat: &'a ast::StmtWhile, ends: &[NodeId]) -> Ends {
        let test = self.header(Part::Test(&repeat.test), &repeat.test, ends);
        let after = self.add(Part::Join);
        self.around.push(Around::Loop { next: test, end: after });
        let end = self.block(&repeat.body, vec![test]);
        self.around.pop();
        self.join(&end, test);
        // What is never reached still declares and binds names.
        let reached = if is_always_true(&repeat.test) { Vec::new() } else { vec![test] };
        let leads_on = !reached.is_empty();
        let end = self.block(&repeat.orelse, reached);
        if leads_on {
            self.join(&end, after);
        }
        self.if_reached(after)
    }

    fn each(&mut self, each: &'a ast::StmtFor, ends: &[NodeId]) -> Ends {
        let iterate = self.header(Part::Iterate(&each.iter), &each.iter, ends);
        let next = self.then(Part::Next { target: &each.target, iter: &each.iter }, &[iterate]);
        let after = self.add(Part::Join);
        self.around.push(Around::Loop { next, end: after });
        let end = self.block(&each.body, vec![next]);
        self.around.pop();
        self.join(&end, next);
        let end = self.block(&each.orelse, vec![next]);
        self.join(&end, after);
        self.if_reached(after)
    }

    fn if_reached(&self, node: NodeId) -> Ends {
        if self.led_to[node] { vec![node] } else { Vec::new() }
    }

    fn attempt(
        &mut self,
        body: &'a [Stmt],
        clauses: Clauses<'a>,
        orelse: &'a [Stmt],
        finalbody: &'a [Stmt],
        ends: Ends,
    ) -> Ends {
        let outside = self.around.len();
        if !finalbody.is_empty() {
            let outer = self.catchers();
            let id = self.graph.nodes.len();
            // An exception runs the body and goes on to whoever is outside.
            let (entry, end) = self.copy(finalbody);
            for catcher in outer {
                self.join(&end, catcher);
            }
            self.around.push(Around::Catch(vec![entry]));
            self.around.push(Around::Finally { body: finalbody, id });
        }
        let outer = self.catchers();
        let handlers = || clauses.handlers.iter().map(|ast::ExceptHandler::ExceptHandler(handler)| handler);
        let tests: Vec<NodeId> = handlers().map(|handler| self.add(Part::Except(handler))).collect();
        if !tests.is_empty() {
            // Which clause it is is found out one by one; the last one may let it pass.
            let catches_all = handlers().next_back().is_some_and(|handler| handler.type_.is_none());
            let dispatch = self.add(Part::Join);
            self.join_to(dispatch, &tests);
            if !catches_all {
                self.join_to(dispatch, &outer);
            }
            self.around.push(Around::Catch(vec![dispatch]));
        }
        // Where nothing in the body can be tried, control still enters.
        let mut end = self.block(body, ends);
        if !tests.is_empty() {
            self.around.pop();
        }
        end = self.block(orelse, end);
        for (index, handler) in handlers().enumerate() {
            let inside = self.around.len();
            if handler.name.is_some() {
                // The name is unbound on whatever way the clause is left.
                let unbind = self.add(Part::Unbind(handler));
                self.join_to(unbind, &outer);
                self.around.push(Around::Catch(vec![unbind]));
                self.around.push(Around::Named { handler, id: unbind });
            }
            let mut handled = self.block(&handler.body, vec![tests[index]]);
            self.around.truncate(inside);
            if handler.name.is_some() && !handled.is_empty() {
                let unbind = self.then(Part::Unbind(handler), &handled);
                handled = vec![unbind];
            }
            if clauses.several_can_run {
                for &to in tests[index + 1..].iter().chain(&outer) {
                    self.join(&handled, to);
                }
            }
            end.extend(handled);
        }
        self.around.truncate(outside);
        self.block(finalbody, end)
    }

    fn with(&mut self, with: &'a ast::StmtWith, mut ends: Ends) -> Ends {
        let outside = self.around.len();
        let mut leaves = Vec::new();
        for (index, item) in with.items.iter().enumerate() {
            let enter = self.then(Part::Enter(item), &ends);
            if index == 0 {
                self.front(enter, Front::Header(item.context_expr.range()));
            }
            ends = vec![enter];
            let outer = self.catchers();
            let id = self.graph.nodes.len();
            let leave = self.add(Part::Leave);
            for catcher in outer {
                self.edge(leave, catcher);
            }
            if (self.swallows)(&item.context_expr) {
                leaves.push(leave);
            }
            self.around.push(Around::Catch(vec![leave]));
            self.around.push(Around::With { id });
            if item.optional_vars.is_some() {
                let bind = self.then(Part::BindWith(item), &ends);
                ends = vec![bind];
            }
        }
        let end = self.block(&with.body, ends);
        self.around.truncate(outside);
        let mut ends = Vec::new();
        if !end.is_empty() {
            // The context managers' own code runs outside of themselves.
            let leave = self.then(Part::Leave, &end);
            ends.push(leave);
        }
        ends.extend(leaves);
        ends
    }

    fn choice(&mut self, choice: &'a ast::StmtMatch, ends: &[NodeId]) -> Ends {
        let mut from = self.header(Part::Subject(&choice.subject), &choice.subject, ends);
        let mut ends = Vec::new();
        for case in &choice.cases {
            let node = self.then(Part::Case { case, subject: &choice.subject }, &[from]);
            let end = self.block(&case.body, vec![node]);
            ends.extend(end);
            from = node;
        }
        let is_irrefutable = choice.cases.last().is_some_and(|case| {
            case.guard.is_none() && matches!(&case.pattern, ast::Pattern::MatchAs(capture) if capture.pattern.is_none())
        });
        if !is_irrefutable {
            ends.push(from);
        }
        ends
    }

    /// The statements once more: their first node and where they end.
    fn copy(&mut self, body: &'a [Stmt]) -> (NodeId, Ends) {
        let entry = self.add(Part::Join);
        let end = self.block(body, vec![entry]);
        (entry, end)
    }

    /// Where control goes from here to `target`, which is inside of the surroundings up to `inside`.
    fn way_out(&mut self, inside: Option<usize>, target: NodeId) -> NodeId {
        let first = inside.map_or(0, |index| index + 1);
        let around = self.around.clone();
        let mut to = target;
        for index in first..around.len() {
            to = match around[index] {
                Around::Finally { body, id } => self.cached(&around[..index - 1], id, to, |build| build.copy(body)),
                Around::With { id } => self.cached(&around[..index - 1], id, to, |build| {
                    let leave = build.add(Part::Leave);
                    (leave, vec![leave])
                }),
                Around::Named { handler, id } => self.cached(&around[..index - 1], id, to, |build| {
                    let unbind = build.add(Part::Unbind(handler));
                    (unbind, vec![unbind])
                }),
                Around::Loop { .. } | Around::Catch(_) => to,
            };
        }
        to
    }

    /// A copy that runs with `around` around it and leads to `to`.
    fn cached(
        &mut self,
        around: &[Around<'a>],
        id: usize,
        to: NodeId,
        make: impl FnOnce(&mut Self) -> (NodeId, Ends),
    ) -> NodeId {
        let key = (id, around.len(), to);
        if let Some(&copy) = self.copies.get(&key) {
            return copy;
        }
        let inner = std::mem::replace(&mut self.around, around.to_vec());
        let (entry, end) = make(self);
        self.around = inner;
        self.join(&end, to);
        self.copies.insert(key, entry);
        entry
    }

    fn finish(mut self) -> Graph<'a> {
        let nodes = &mut self.graph.nodes;
        let mut todo = vec![Graph::ENTRY];
        while let Some(node) = todo.pop() {
            if !std::mem::replace(&mut nodes[node].is_reachable, true) {
                todo.extend(nodes[node].next.iter().chain(&nodes[node].raised));
            }
        }
        for from in 0..nodes.len() {
            if nodes[from].is_reachable {
                for to in nodes[from].next.clone() {
                    nodes[to].before.push(from);
                }
                for to in nodes[from].raised.clone() {
                    nodes[to].raised_before.push(from);
                }
            }
        }
        let mut seen: FxHashMap<Piece, NodeId> = FxHashMap::default();
        for index in 0..nodes.len() {
            let piece = match (nodes[index].front, nodes[index].part) {
                (Some(front), _) => Some(Piece::Front(front)),
                (None, Part::Return { value: Some(value), .. }) => Some(Piece::Chosen(value.start())),
                _ => None,
            };
            if let Some(piece) = piece
                && nodes[index].is_reachable
                && let Some(other) = seen.insert(piece, index)
            {
                nodes[index].is_copy = true;
                nodes[other].is_copy = true;
            }
        }
        for node in nodes.iter_mut().filter(|node| node.is_copy) {
            node.front = None;
            node.behind = None;
        }
        self.graph
    }
}

/// Nearly everything; a call may end in any exception.
fn can_raise(part: Part) -> bool {
    match part {
        Part::Entry | Part::Exit | Part::FallsOff | Part::Join | Part::Unbind(_) => false,
        Part::Simple(statement) => !matches!(
            statement,
            Stmt::Pass(_) | Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::Break(_) | Stmt::Continue(_)
        ),
        _ => true,
    }
}

fn is_always_true(test: &Expr) -> bool {
    matches!(test, Expr::Constant(constant) if match &constant.value {
        Constant::Bool(value) => *value,
        Constant::Int(number) => number.to_string() != "0",
        _ => false,
    })
}
