//! Finds the function behind the handler's name: a `def`, perhaps decorated, bound again, imported or a method.

mod decorators;

use crate::{
    analysis::{
        function::Function,
        names::Names,
        program::Program,
        uses::{Use, What},
        walk,
    },
    identifiers,
    module::{Binding, Bound, Module, Unreadable},
    parse::{
        TextRange, TextSize,
        ast::{self, Expr, Ranged, Stmt},
    },
    refusal::Refusal,
    route::Wrapper,
};

/// Names that are followed from one to the next.
const MAX_STEPS: usize = 8;

pub enum Found<'m> {
    Function(Handler<'m>),
    /// It comes out of another module.
    Import(Import),
}

#[derive(Clone)]
pub struct Handler<'m> {
    pub def: &'m ast::StmtFunctionDef,
    /// Which parameter is the event: a method has `self` before it.
    pub event_index: usize,
    /// Something that gives its result back unchanged stands between it and its caller.
    pub is_wrapped: bool,
    /// From the innermost outwards.
    pub wrappers: Vec<Wrapper>,
    /// Its name inside a class is not what it is written as.
    pub in_class: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub module: String,
    /// Dots in front.
    pub level: u32,
    pub name: String,
    pub is_wrapped: bool,
    pub wrappers: Vec<Wrapper>,
}

impl Import {
    fn plain(module: String, level: u32, name: &str) -> Self {
        Self { module, level, name: name.to_owned(), is_wrapped: false, wrappers: Vec::new() }
    }
}

pub struct Finder<'f, 'm> {
    pub program: &'f Program<'m>,
    pub trusted_decorators: &'f [String],
}

impl<'m> Finder<'_, 'm> {
    fn module(&self) -> &'m Module<'m> {
        self.program.names.module
    }

    fn names(&self) -> &Names<'m> {
        &self.program.names
    }

    /// `seen` are the places where the name may be read: by what leads from one name to the next.
    pub fn find(&self, name: &str, seen: &mut Vec<TextSize>) -> Result<Found<'m>, Refusal> {
        if seen.len() > MAX_STEPS {
            return Err(Refusal { reason: format!("`{name}` is bound in too many steps"), at: None, help: None });
        }
        let found = match self.only_binding(name)? {
            Binding::Function(def) => {
                let wrappers = self.check_decorators(&def.decorator_list)?;
                let is_wrapped = !def.decorator_list.is_empty();
                Found::Function(Handler { def, event_index: 0, is_wrapped, wrappers, in_class: false })
            }
            Binding::Coroutine(def) => return Err(Refusal::of(def.name_range(), format!("`{name}` is a coroutine"))),
            Binding::Class(class) => {
                return Err(Refusal::at(class.start(), format!("`{name}` is a class: its instances would be results")));
            }
            Binding::Import { module, level, name: Some(imported) } => {
                Found::Import(Import::plain(module.to_owned(), level, imported))
            }
            Binding::Import { module, .. } => {
                return Err(Refusal { reason: format!("`{name}` is the module {module}"), at: None, help: None });
            }
            Binding::Value(value) => self.value(name, value, seen)?,
            Binding::Other(at) | Binding::Unreadable(at) => {
                return Err(Refusal::at(size(at), format!("`{name}` is not bound by a plain statement of its own"))
                    .help("define it with `def` at the module's top level"));
            }
        };
        self.check_readers(name, seen)?;
        Ok(found)
    }

    fn only_binding(&self, name: &str) -> Result<Binding<'m>, Refusal> {
        let module = self.module();
        let bindings = module.bindings(name);
        let unreadable = bindings.iter().find_map(|bound| match bound.binding {
            Binding::Unreadable(at) => Some(at),
            _ => None,
        });
        if let Some(at) = unreadable {
            return Err(Refusal::at(size(at), format!("a statement that cannot be read mentions `{name}`")));
        }
        let Some((&last, earlier)) = bindings.split_last() else {
            let at = module.star_import().map(|at| TextRange::empty(size(at)));
            let reason = format!("`{name}` comes out of `import *`: which function it is, is not certain");
            return Err(Refusal { reason, at, help: Some(format!("import `{name}` by its name")) });
        };
        let again =
            if earlier.is_empty() { module.star_import().filter(|&star| star > last.at) } else { Some(last.at) };
        if let Some(at) = again {
            return Err(Refusal::at(size(at), format!("`{name}` may be bound more than once")));
        }
        if module.is_stored(name) {
            return Err(Refusal::at(
                size(last.at),
                format!("an attribute `{name}` is assigned to: it may be this one"),
            ));
        }
        Ok(last.binding)
    }

    /// `name = value`
    fn value(&self, name: &str, value: &'m Expr, seen: &mut Vec<TextSize>) -> Result<Found<'m>, Refusal> {
        let unknown = |what: &str| Refusal::of(value.range(), format!("`{name}` is {what}"));
        match value {
            Expr::Name(other) => {
                seen.push(other.start());
                self.find(&other.id, seen)
            }
            Expr::Lambda(_) => Err(unknown("a lambda").help("write it as a `def`")),
            Expr::Attribute(attribute) => self.method(attribute),
            Expr::Call(call) => match call.args.as_slice() {
                [inner @ Expr::Name(function)] if call.keywords.is_empty() && !self.is_partial(call) => {
                    if let Some(class) = self.class_of(value) {
                        return self.method_of(class, "__call__", value.range());
                    }
                    let outer = self.check_decorator(&call.func)?;
                    seen.push(inner.start());
                    let mut found = self.find(&function.id, seen)?;
                    let (is_wrapped, wrappers) = match &mut found {
                        Found::Function(handler) => (&mut handler.is_wrapped, &mut handler.wrappers),
                        Found::Import(import) => (&mut import.is_wrapped, &mut import.wrappers),
                    };
                    *is_wrapped = true;
                    wrappers.extend(outer);
                    Ok(found)
                }
                // The call's own arguments come behind those; what they are called by name stays.
                [inner @ Expr::Name(function), more @ ..]
                    if self.is_partial(call) && !more.iter().any(Expr::is_starred_expr) =>
                {
                    seen.push(inner.start());
                    Ok(match self.find(&function.id, seen)? {
                        Found::Function(handler) => {
                            Found::Function(Handler { event_index: handler.event_index + more.len(), ..handler })
                        }
                        Found::Import(import) => {
                            Found::Import(Import { is_wrapped: import.is_wrapped || !more.is_empty(), ..import })
                        }
                    })
                }
                _ if self.class_of(value).is_some() => match self.class_of(value) {
                    Some(class) => self.method_of(class, "__call__", value.range()),
                    None => Err(unknown("an instance of an unknown class")),
                },
                _ => Err(unknown("made by a call: what the function does is not known")
                    .help("define it with `def` at the module's top level")),
            },
            _ => Err(unknown("not a function that can be followed")),
        }
    }

    fn is_partial(&self, call: &ast::ExprCall) -> bool {
        self.names().path(&call.func).as_deref() == Some("functools.partial")
    }

    /// `app.handle` and `App().handle`, or a name of a module.
    pub fn method(&self, attribute: &'m ast::ExprAttribute) -> Result<Found<'m>, Refusal> {
        let method = attribute.attr.as_str();
        let unknown = || Refusal::of(attribute.range(), format!("which function `{method}` is, is not known"));
        if let Expr::Name(module) = &*attribute.value
            && let Some(import) = self.imported_member(&module.id, method)
        {
            return Ok(Found::Import(import));
        }
        let class = self.class_of(&attribute.value).ok_or_else(unknown)?;
        self.method_of(class, method, attribute.range())
    }

    fn method_of(&self, class: &'m ast::StmtClassDef, method: &str, at: TextRange) -> Result<Found<'m>, Refusal> {
        let unknown = || Refusal::of(at, format!("which function `{method}` is, is not known"));
        let mut defs = class.body.iter().filter_map(|statement| match statement {
            Stmt::FunctionDef(def) if def.name.as_str() == method => Some(def),
            _ => None,
        });
        let (Some(def), None) = (defs.next(), defs.next()) else { return Err(unknown()) };
        let is_static = def
            .decorator_list
            .iter()
            .any(|decorator| self.names().path(decorator).as_deref() == Some("builtins.staticmethod"));
        if !is_static && !def.decorator_list.is_empty() {
            return Err(Refusal::of(at, format!("the method `{method}` is decorated")));
        }
        let body = walk::collect(&class.body);
        let binds = |name: &str| {
            body.uses.iter().filter(|found| matches!(found.what, What::Bind(bound, _) if bound == name)).count()
        };
        if binds(method) != 1 || binds("staticmethod") != 0 || !class.decorator_list.is_empty() {
            return Err(unknown());
        }
        let event_index = usize::from(!is_static);
        Ok(Found::Function(Handler { def, event_index, is_wrapped: false, wrappers: Vec::new(), in_class: true }))
    }

    /// `module.member`
    pub fn imported_member(&self, module: &str, member: &str) -> Option<Import> {
        let Some(Binding::Import { module, level, name }) = self.module().binding(module) else { return None };
        let module = name.map_or_else(|| module.to_owned(), |name| join(module, name));
        Some(Import::plain(module, level, member))
    }

    /// The class of this module that the expression is an instance of.
    fn class_of(&self, instance: &Expr) -> Option<&'m ast::StmtClassDef> {
        match instance {
            Expr::Call(call) => match &*call.func {
                Expr::Name(name) => match self.module().binding(&name.id)? {
                    Binding::Class(class) => Some(class),
                    _ => None,
                },
                _ => None,
            },
            Expr::Name(name) => match self.module().binding(&name.id)? {
                Binding::Value(value @ Expr::Call(_)) => self.class_of(value),
                _ => None,
            },
            _ => None,
        }
    }

    /// A caller of the handler's could print a traceback through it, and from Python 3.11 on that marks columns, which
    /// an inserted call shifts. Lambda's own error documents name lines only.
    pub fn check_readers(&self, name: &str, seen: &[TextSize]) -> Result<(), Refusal> {
        // This module may be at hand as an object.
        let by_name = ["__import__", "import_module", "modules"];
        let has_itself = self.module().words().any(|(word, _)| by_name.contains(&word));
        for piece in self.module().pieces_with(name) {
            let Ok(statements) = piece.statements() else {
                let reason = format!("a statement that cannot be read mentions `{name}`");
                return Err(Refusal::at(piece.offset(), reason));
            };
            for statement in statements.iter().filter(|statement| !runs_as_script_only(statement)) {
                let uses = walk::collect(std::slice::from_ref(statement));
                let reads = |found: &&Use| match found.what {
                    What::Load(read) => read == name && uses.is_global(found.scope, name),
                    What::Attribute(read) => has_itself && read == name,
                    _ => false,
                };
                if let Some(found) = uses.uses.iter().filter(reads).find(|found| !seen.contains(&found.at)) {
                    let at = TextRange::at(found.at, size(name.len()));
                    return Err(Refusal::of(at, format!("`{name}` is also used by other code of this module"))
                        .help("let that code use a function of its own"));
                }
            }
        }
        Ok(())
    }
}

/// Whether anything in the module could give the handler's name a value.
pub fn is_bound(module: &Module, name: &str) -> bool {
    module.star_import().is_some() || !module.bindings(name).is_empty()
}

/// The error in the statement that is to bind the name, if it cannot be read.
pub fn unreadable(module: &Module, name: &str) -> Option<Unreadable> {
    let is_unreadable = |bound: &Bound| matches!(bound.binding, Binding::Unreadable(_));
    let nothing_else = module.bindings(name).iter().all(is_unreadable);
    let error = || module.pieces_with(name).into_iter().find_map(|piece| piece.statements().err());
    if nothing_else { error() } else { None }
}

/// What in the handler's own body keeps it from being understood.
pub fn check_body(name: &str, function: &Function, in_class: bool) -> Result<(), Refusal> {
    if let Some(at) = function.suspends() {
        return Err(Refusal::at(at, format!("`{name}` is a generator")));
    }
    let is_private = |name: &str| in_class && name.starts_with("__") && !name.ends_with("__");
    let mangled = function.uses.uses.iter().find(|found| match found.what {
        What::Mangled => true,
        What::Load(name) | What::Bind(name, _) | What::Global(name) | What::Nonlocal(name) => is_private(name),
        _ => false,
    });
    mangled.map_or(Ok(()), |found| Err(Refusal::at(found.at, "a private name in a class, which Python rewrites")))
}

/// Python compares identifiers after Unicode normalisation; here they are compared as they are written.
pub fn check_identifiers(module: &Module) -> Result<(), Refusal> {
    let strange = module.words().map(|(word, _)| word).filter(|word| !word.is_ascii() && !identifiers::is_plain(word));
    let first = strange.min_by_key(|word| word.as_ptr());
    first.map_or(Ok(()), |word| {
        let start = size(word.as_ptr() as usize - module.text.as_ptr() as usize);
        let at = TextRange::at(start, size(word.len()));
        Err(Refusal::of(at, format!("Python may normalise the identifier `{word}` to another one")))
    })
}

/// `if __name__ == "__main__":`, which is never true on Lambda.
fn runs_as_script_only(statement: &Stmt) -> bool {
    let Stmt::If(ast::StmtIf { test, orelse, .. }) = statement else { return false };
    let Expr::Compare(compare) = &**test else { return false };
    let is_name = matches!(&*compare.left, Expr::Name(left) if left.id.as_str() == "__name__");
    let is_main = matches!(
        (compare.ops.as_slice(), compare.comparators.as_slice()),
        ([ast::CmpOp::Eq], [Expr::Constant(ast::ExprConstant { value: ast::Constant::Str(main), .. })])
            if main == "__main__"
    );
    is_name && is_main && orelse.is_empty()
}

fn join(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}.{name}") }
}

fn size(offset: usize) -> TextSize {
    TextSize::try_from(offset).unwrap_or_default()
}

trait NameRange {
    fn name_range(&self) -> TextRange;
}

impl NameRange for ast::StmtFunctionDef {
    fn name_range(&self) -> TextRange {
        TextRange::at(self.start(), size("def ".len() + self.name.len()))
    }
}

impl NameRange for ast::StmtAsyncFunctionDef {
    fn name_range(&self) -> TextRange {
        TextRange::at(self.start(), size("async def ".len() + self.name.len()))
    }
}
