//! The module as the analysis sees it: its functions, each looked into once.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use rustc_hash::FxHashMap;

use super::{
    builders::{self, Built},
    escape::{self, Harm, Root, Taint},
    function::Function,
    names::Names,
    why::Why,
};
use crate::parse::ast::{self, Ranged};

pub struct Program<'m> {
    pub names: Names<'m>,
    functions: RefCell<FxHashMap<*const ast::StmtFunctionDef, Option<Rc<Function<'m>>>>>,
    built: RefCell<FxHashMap<*const ast::StmtFunctionDef, Result<Built<'m>, Why>>>,
    summaries: RefCell<FxHashMap<(*const ast::StmtFunctionDef, &'m str, bool), Summary>>,
    containers: RefCell<FxHashMap<Variable<'m>, Option<Rc<Harm<'m>>>>>,
    /// Questions that are asked to answer others.
    depth: Cell<usize>,
}

/// A variable of a function.
type Variable<'m> = (*const ast::StmtFunctionDef, &'m str);

/// Each takes a piece of the stack.
const MAX_DEPTH: usize = 100;

/// What a function of this module does with one argument.
#[derive(Clone, Copy)]
pub struct Summary {
    /// It may change it, or keep it for later.
    pub is_harmful: bool,
    /// What of it comes back.
    pub returns: Taint,
}

const HARMFUL: Summary = Summary { is_harmful: true, returns: Taint::PIECE };

impl<'m> Program<'m> {
    pub fn new(names: Names<'m>) -> Self {
        Self {
            names,
            functions: RefCell::default(),
            built: RefCell::default(),
            summaries: RefCell::default(),
            containers: RefCell::default(),
            depth: Cell::default(),
        }
    }

    pub fn function(&self, def: &'m ast::StmtFunctionDef) -> Option<Rc<Function<'m>>> {
        let known = self.functions.borrow().get(&std::ptr::from_ref(def)).cloned();
        known.unwrap_or_else(|| {
            let function = Function::new(def, &self.names, None).map(Rc::new);
            self.functions.borrow_mut().insert(std::ptr::from_ref(def), function.clone());
            function
        })
    }

    /// The dict that `def` makes of its arguments.
    pub fn built(&self, def: &'m ast::StmtFunctionDef) -> Result<Built<'m>, Why> {
        let key = std::ptr::from_ref(def);
        if let Some(known) = self.built.borrow().get(&key) {
            return known.clone();
        }
        // Recursion asks again before there is an answer.
        self.built.borrow_mut().insert(key, Err(Why::new(def.range(), "it calls itself")));
        let built = self.deeper(|| builders::build(self, def));
        let built = built.unwrap_or_else(|| Err(Why::new(def.range(), "too many functions call each other")));
        self.built.borrow_mut().insert(key, built.clone());
        built
    }

    /// What `def` does with this parameter; it may get something of an unknown class, too.
    pub fn summary(&self, def: &'m ast::StmtFunctionDef, parameter: &'m str, is_mixed: bool) -> Summary {
        let key = (std::ptr::from_ref(def), parameter, is_mixed);
        if let Some(known) = self.summaries.borrow().get(&key) {
            return *known;
        }
        // Recursion asks again before there is an answer.
        self.summaries.borrow_mut().insert(key, HARMFUL);
        let summary = self.deeper(|| self.summarise(def, parameter, is_mixed)).unwrap_or(HARMFUL);
        self.summaries.borrow_mut().insert(key, summary);
        summary
    }

    /// What happens to the container that a variable of the function holds; none while that is being asked.
    pub fn container(&self, function: &Function<'m>, name: &'m str) -> Option<Rc<Harm<'m>>> {
        let key = (std::ptr::from_ref(function.def), name);
        if let Some(known) = self.containers.borrow().get(&key) {
            return known.clone();
        }
        self.containers.borrow_mut().insert(key, None);
        let harm = self.deeper(|| Rc::new(escape::analyse(self, function, Root::Container(name))))?;
        self.containers.borrow_mut().insert(key, Some(Rc::clone(&harm)));
        Some(harm)
    }

    /// None: too deep.
    fn deeper<T>(&self, ask: impl FnOnce() -> T) -> Option<T> {
        if self.depth.get() >= MAX_DEPTH {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let answer = ask();
        self.depth.set(self.depth.get() - 1);
        Some(answer)
    }

    fn summarise(&self, def: &'m ast::StmtFunctionDef, parameter: &'m str, is_mixed: bool) -> Summary {
        if !def.decorator_list.is_empty() {
            return HARMFUL;
        }
        let Some(function) = self.function(def) else { return HARMFUL };
        if function.suspends().is_some() {
            return HARMFUL;
        }
        let gathers = [&def.args.vararg, &def.args.kwarg];
        let is_gathered = gathers.into_iter().flatten().any(|arg| arg.arg.as_str() == parameter);
        let root = match () {
            () if is_gathered => Root::Gathered(parameter),
            () if is_mixed => Root::Mixed(parameter),
            () => Root::Value(parameter),
        };
        let harm = escape::analyse(self, &function, root);
        Summary { is_harmful: harm.captured.is_some() || !harm.nodes.is_empty(), returns: harm.returned }
    }
}
