//! What a name or a dotted expression means, as far as the text of the module says it, and of those that it imports from.

use std::{
    cell::{Ref, RefCell},
    rc::Rc,
};

use rustc_hash::FxHashMap;

use super::{constants, known_calls};
use crate::{
    lines::Lines,
    module::{Binding, Module},
    modules::ModuleName,
    neighbours::{Neighbour, Neighbours},
    parse::ast::{self, Expr, Ranged},
    route::{self, Kind},
};

/// From one global name to the next.
const MAX_STEPS: usize = 10;
/// With these, a module may have other names than its text binds, or a package other modules in it than stand beside it.
const ANSWERS_OTHERWISE: [&str; 6] = ["__getattr__", "__path__", "eval", "exec", "locals", "vars"];

pub struct Names<'m> {
    pub module: &'m Module<'m>,
    /// The module's own.
    pub name: ModuleName<'m>,
    neighbours: &'m dyn Neighbours<'m>,
    /// Modules that names have led here from: they may have changed this one.
    behind: Vec<&'m Module<'m>>,
    /// Of global names, and of names in imported modules.
    meanings: RefCell<FxHashMap<String, Option<Meaning<'m>>>>,
    passes: RefCell<FxHashMap<*const ast::StmtFunctionDef, bool>>,
    /// One for all that come of the first one.
    relied_on: Rc<RefCell<ReliedOn<'m>>>,
}

/// What answers were taken from. Another module may put something else in the place of it when it is loaded, of which this one
/// says nothing.
#[derive(Default)]
pub struct ReliedOn<'m> {
    /// Well-known functions, by dotted path, and the global names that they begin with here.
    pub paths: Vec<String>,
    /// Of the module's own.
    pub functions: Vec<&'m ast::StmtFunctionDef>,
    /// Of others', and decorators and context managers.
    pub definitions: Vec<route::Definition>,
}

#[derive(Clone)]
struct Meaning<'m> {
    /// Dotted, as if it were imported here.
    path: String,
    /// Modules that have had it before this one.
    through: Vec<&'m Module<'m>>,
}

impl Meaning<'_> {
    fn here(path: String) -> Self {
        Self { path, through: Vec::new() }
    }
}

/// A function or a class of the user's.
pub struct Definition<'m> {
    pub binding: Binding<'m>,
    /// What names mean in its module, where that is another one.
    pub elsewhere: Option<Names<'m>>,
}

/// The name that a dotted expression, or a call of one, begins with.
pub fn root(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => root(&attribute.value),
        Expr::Call(call) => root(&call.func),
        _ => None,
    }
}

/// `a.b.c` as it is written.
pub fn dotted(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => Some(format!("{}.{}", dotted(&attribute.value)?, attribute.attr.as_str())),
        _ => None,
    }
}

/// Of an item, what it is an item of.
pub fn container(target: &Expr) -> &Expr {
    match target {
        Expr::Subscript(subscript) => &subscript.value,
        other => other,
    }
}

impl<'m> Names<'m> {
    pub fn new(module: &'m Module<'m>, name: ModuleName<'m>, neighbours: &'m dyn Neighbours<'m>) -> Self {
        Self {
            module,
            name,
            neighbours,
            behind: Vec::new(),
            meanings: RefCell::default(),
            passes: RefCell::default(),
            relied_on: Rc::default(),
        }
    }

    pub fn relied_on(&self) -> Ref<'_, ReliedOn<'m>> {
        self.relied_on.borrow()
    }

    /// Those of another module of the user's that is imported here.
    fn neighbour(&self, module: &str) -> Option<Self> {
        let root = module.split('.').next().unwrap_or_default();
        // What is loaded before the handler is not the user's; and which file another one is, is to be certain.
        if known_calls::is_library(root) || known_calls::is_loaded_before(root) || self.changes_path() {
            return None;
        }
        if self.behind.len() >= MAX_STEPS {
            return None;
        }
        let neighbour = self.plain(module)?;
        // A package runs before what is in it, where it has a file.
        let packages = module.match_indices('.').map(|(end, _)| &module[..end]);
        let packages = packages.filter(|package| self.neighbours.has(package));
        let packages = packages.map(|package| Some(&self.plain(package)?.module));
        let packages: Vec<&Module> = packages.collect::<Option<_>>()?;
        let behind = self.behind.iter().copied().chain([self.module]).chain(packages).collect();
        let relied_on = Rc::clone(&self.relied_on);
        Some(Self { behind, relied_on, ..Self::new(&neighbour.module, neighbour.name, self.neighbours) })
    }

    /// One whose names are what its text binds them to, as far as itself can tell.
    fn plain(&self, module: &str) -> Option<&'m Neighbour<'m>> {
        let neighbour = self.neighbours.find(module)?;
        let is_odd = |word: &str| neighbour.module.has_word(word);
        let is_another_class = neighbour.module.is_stored("__class__");
        (!ANSWERS_OTHERWISE.iter().any(|word| is_odd(word)) && !is_another_class).then_some(neighbour)
    }

    /// Whether something that runs before could put something else in the place of what has this name here.
    pub fn may_patch(&self, name: &str) -> bool {
        self.module.may_patch(name) || self.behind.iter().any(|module| module.may_patch(name))
    }

    /// Through the module: by one that has led here, or by itself, which may import itself.
    fn may_be_given_another_value(&self, name: &str) -> bool {
        let own_name = self.name.dotted.rsplit('.').next().unwrap_or_default();
        (!self.behind.is_empty() || self.module.has_word(own_name)) && self.may_patch(name)
    }

    fn changes_path(&self) -> bool {
        self.module.changes_path() || self.behind.iter().any(|module| module.changes_path())
    }

    /// The dotted path of a global expression by its imports: `json.dumps`, `builtins.len`, `threading.Lock()`.
    pub fn path(&self, expr: &Expr) -> Option<String> {
        let Meaning { path, through } = self.meaning(expr, MAX_STEPS)?;
        let (module, name) = path.trim_end_matches("()").rsplit_once('.').unwrap_or(("", &path));
        let root = module.split('.').next().unwrap_or_default();
        // A library is found among the function's own files; something of the standard library's name is not it.
        let is_own = || root != "builtins" && !known_calls::is_library(root) && self.neighbours.has(root);
        let changes_path = || self.changes_path() || through.iter().any(|module| module.changes_path());
        let is_certain = || !changes_path() || known_calls::is_loaded_before(root);
        let may_patch = |name: &str| self.may_patch(name) || through.iter().any(|module| module.may_patch(name));
        let inner = || module.split('.').skip(1).map(|part| part.trim_end_matches("()"));
        let is_patched = || may_patch(name) || inner().any(may_patch);
        if is_patched() || is_own() || !is_certain() {
            return None;
        }
        if known_calls::is_known(&path) {
            let root = self::root(expr);
            let here = root.filter(|_| self.behind.is_empty());
            for one in [path.as_str()].into_iter().chain(here) {
                let paths = &mut self.relied_on.borrow_mut().paths;
                if !paths.iter().any(|known| known == one) {
                    paths.push(one.to_owned());
                }
            }
            if let Some(root) = root.filter(|_| !self.behind.is_empty()) {
                self.rely_on(route::Definition::global(self.name.dotted, root));
            }
        }
        Some(path)
    }

    fn meaning(&self, expr: &Expr, steps: usize) -> Option<Meaning<'m>> {
        let steps = steps.checked_sub(1)?;
        match expr {
            Expr::Name(name) => self.global(&name.id, steps),
            Expr::Attribute(attribute) => {
                let Meaning { path, through } = self.meaning(&attribute.value, steps)?;
                let member = attribute.attr.as_str();
                if self.is_own_module(&path) {
                    // One that was found in another module is as if it had been imported there.
                    return if through.is_empty() { self.member(&path, member, steps) } else { None };
                }
                Some(Meaning { path: format!("{path}.{member}"), through })
            }
            Expr::Call(call) => {
                let Meaning { path, through } = self.meaning(&call.func, steps)?;
                Some(Meaning { path: format!("{path}()"), through })
            }
            _ => None,
        }
    }

    fn global(&self, name: &str, steps: usize) -> Option<Meaning<'m>> {
        if self.module.defines(name) {
            return None;
        }
        self.remembered(name, || match self.module.binding(name) {
            Some(_) if self.may_be_given_another_value(name) => None,
            Some(Binding::Import { module, level: 0, name: None }) => {
                self.is_itself(module).then(|| Meaning::here(module.to_owned()))
            }
            Some(Binding::Import { module, level, name: Some(name) }) => {
                let module = self.name.absolute(module, level)?;
                // What is imported from beside is nobody's library.
                let is_beside = || self.is_own_module(&module) || self.is_own_module(&format!("{module}.{name}"));
                if level == 0 || is_beside() { self.member(&module, name, steps) } else { None }
            }
            Some(Binding::Value(value)) => self.meaning(value, steps),
            Some(_) => None,
            None => self.module.is_builtin(name).then(|| Meaning::here(format!("builtins.{name}"))),
        })
    }

    /// `from module import name`
    fn member(&self, module: &str, name: &str, steps: usize) -> Option<Meaning<'m>> {
        let path = format!("{module}.{name}");
        if !self.is_own_module(module) {
            return Some(Meaning::here(path));
        }
        self.remembered(&path, || match self.owner(module, name)? {
            Owner::Submodule => Some(Meaning::here(path.clone())),
            // A module does not hand out builtins.
            Owner::Module(there) if there.module.binding(name).is_none() => None,
            Owner::Module(there) => {
                let mut meaning = there.global(name, steps.checked_sub(1)?)?;
                meaning.through.push(there.module);
                Some(meaning)
            }
        })
    }

    /// Whether `import package.module as …` gives that module: what is asked for is the package's attribute of its name.
    fn is_itself(&self, module: &str) -> bool {
        let mut ends = module.match_indices('.').map(|(end, _)| end).chain([module.len()]).skip(1);
        !self.is_own_module(module)
            || ends.all(|end| {
                let (package, name) = module[..end].rsplit_once('.').unwrap_or_default();
                matches!(self.owner(package, name), Some(Owner::Submodule))
            })
    }

    fn remembered(&self, name: &str, find: impl FnOnce() -> Option<Meaning<'m>>) -> Option<Meaning<'m>> {
        if let Some(known) = self.meanings.borrow().get(name) {
            return known.clone();
        }
        let meaning = find();
        self.meanings.borrow_mut().insert(name.to_owned(), meaning.clone());
        meaning
    }

    pub fn is_own_module(&self, path: &str) -> bool {
        let root = path.split('.').next().unwrap_or_default();
        !path.ends_with(')')
            && !known_calls::is_library(root)
            && !known_calls::is_loaded_before(root)
            && self.neighbours.has(path)
    }

    /// What `name` in an imported module of the user's is.
    fn owner(&self, module: &str, name: &str) -> Option<Owner<'m>> {
        if self.may_patch(name) {
            return None;
        }
        let there = self.neighbour(module)?;
        let path = format!("{module}.{name}");
        if !self.neighbours.has(&path) {
            return Some(Owner::Module(Box::new(there)));
        }
        match there.module.binding(name) {
            None => there.module.is_builtin(name).then_some(Owner::Submodule),
            // Loading the submodule gives the package its name, once: this comes after that.
            Some(Binding::Import { module, level, .. }) if there.name.absolute(module, level)? == path => {
                Some(Owner::Module(Box::new(there)))
            }
            Some(_) => None,
        }
    }

    /// What `name` stands for here was found to be made of this function, which `there` has.
    pub fn rely_on_code(&self, name: String, kind: Kind, there: &Self, def: &ast::StmtFunctionDef) {
        let (module, file) = (self.name.dotted.to_owned(), there.name.path.to_owned());
        self.rely_on(route::Definition { module, name, kind, file, line: there.first_line(def) });
    }

    fn rely_on(&self, definition: route::Definition) {
        let definitions = &mut self.relied_on.borrow_mut().definitions;
        if !definitions.contains(&definition) {
            definitions.push(definition);
        }
    }

    /// As Python counts it: a function begins with its decorators.
    pub fn first_line(&self, def: &ast::StmtFunctionDef) -> u32 {
        let start = def.decorator_list.first().map_or(def.start(), Ranged::start);
        Lines::new(self.module.text).line(start)
    }

    /// The module's own function of this name, if nothing else is ever called so.
    pub fn function(&self, name: &str) -> Option<&'m ast::StmtFunctionDef> {
        let Some(Binding::Function(def)) = self.module.binding(name).filter(|_| !self.may_patch(name)) else {
            return None;
        };
        if !self.behind.is_empty() {
            if def.decorator_list.is_empty() {
                self.rely_on_code(name.to_owned(), Kind::Function, self, def);
            }
            return Some(def);
        }
        let functions = &mut self.relied_on.borrow_mut().functions;
        if !functions.iter().any(|known| std::ptr::eq(*known, def)) {
            functions.push(def);
        }
        Some(def)
    }

    /// The same of a dotted expression, which may be a class, too, and imported from another module of the user's.
    pub fn definition(&self, expr: &Expr) -> Option<Definition<'m>> {
        self.defined(expr, MAX_STEPS)
    }

    fn defined(&self, expr: &Expr, steps: usize) -> Option<Definition<'m>> {
        match expr {
            Expr::Name(name) => self.defined_as(&name.id, steps),
            Expr::Attribute(attribute) => {
                let Meaning { path, through } = self.meaning(&attribute.value, steps)?;
                if !through.is_empty() || !self.is_own_module(&path) {
                    return None;
                }
                self.defined_in(&path, attribute.attr.as_str(), steps)
            }
            _ => None,
        }
    }

    fn defined_as(&self, name: &str, steps: usize) -> Option<Definition<'m>> {
        let steps = steps.checked_sub(1)?;
        if self.may_be_given_another_value(name) {
            return None;
        }
        match self.module.binding(name)? {
            binding @ (Binding::Function(_) | Binding::Class(_)) => {
                (!self.may_patch(name)).then_some(Definition { binding, elsewhere: None })
            }
            Binding::Import { module, level, name: Some(name) } => {
                let module = self.name.absolute(module, level)?;
                if self.is_own_module(&module) { self.defined_in(&module, name, steps) } else { None }
            }
            Binding::Value(value) => self.defined(value, steps),
            _ => None,
        }
    }

    fn defined_in(&self, module: &str, name: &str, steps: usize) -> Option<Definition<'m>> {
        let Owner::Module(there) = self.owner(module, name)? else { return None };
        let Definition { binding, elsewhere } = there.defined_as(name, steps)?;
        Some(Definition { binding, elsewhere: elsewhere.or(Some(*there)) })
    }

    /// A global name that is bound to a constant, and to nothing else in this module.
    pub fn is_constant(&self, name: &str) -> bool {
        matches!(self.module.binding(name), Some(Binding::Value(value)) if constants::is_constant(value))
            && !self.may_patch(name)
    }

    /// Of a function that context managers are made of, whether it lets exceptions pass; asked once, and no while that is.
    pub fn passes(&self, def: &'m ast::StmtFunctionDef, ask: impl FnOnce() -> bool) -> bool {
        let key = std::ptr::from_ref(def);
        if let Some(&known) = self.passes.borrow().get(&key) {
            return known;
        }
        self.passes.borrow_mut().insert(key, false);
        let passes = ask();
        self.passes.borrow_mut().insert(key, passes);
        passes
    }
}

/// Whose a name is that is asked of a package.
enum Owner<'m> {
    Module(Box<Names<'m>>),
    /// It is a module in the package.
    Submodule,
}
