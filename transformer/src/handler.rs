//! Finds the handler among the module's statements: a plain `def`, bound once.

use crate::{
    analysis::uses::{Scope, ScopeKind, Uses, What},
    identifiers,
    parse::ast::{self, Ranged},
    refusal::Refusal,
};

/// Whether anything in the module could give the handler's name a value.
pub fn is_bound(module: &Uses, name: &str) -> bool {
    module.uses.iter().any(|found| match found.what {
        What::Bind(bound, _) => found.scope == 0 && bound == name,
        What::Global(bound) => bound == name,
        What::StarImport => true,
        _ => false,
    })
}

pub fn find<'a>(body: &'a [ast::Stmt], module: &Uses<'a>, name: &str) -> Result<&'a ast::StmtFunctionDef, Refusal> {
    let mut found = None;
    for statement in body {
        match statement {
            ast::Stmt::FunctionDef(def) if def.name.as_str() == name => found = Some(def),
            ast::Stmt::AsyncFunctionDef(def) if def.name.as_str() == name => {
                return Err(Refusal::at(def.start(), format!("`{name}` is a coroutine")));
            }
            _ => {}
        }
    }
    let Some(def) = found else {
        let is_binding = |what| matches!(what, What::Bind(bound, _) | What::Global(bound) if bound == name);
        let at = module.uses.iter().find(|found| is_binding(found.what)).map(|found| found.at);
        return Err(Refusal { reason: format!("`{name}` is not a `def` at the module's top level"), at });
    };
    check_bound_once(def, module, name)?;
    if let Some(decorator) = def.decorator_list.first() {
        return Err(Refusal::at(
            decorator.start(),
            format!("`{name}` is decorated: a decorator may change the result"),
        ));
    }
    Ok(def)
}

fn check_bound_once(def: &ast::StmtFunctionDef, module: &Uses, name: &str) -> Result<(), Refusal> {
    let mut bindings = 0;
    for found in &module.uses {
        let rebinds = match found.what {
            What::Bind(bound, _) if found.scope == 0 && bound == name => {
                bindings += 1;
                bindings > 1
            }
            What::Global(bound) => bound == name,
            What::StarImport => found.at > def.start(),
            What::Mangled => name.starts_with('_'),
            _ => false,
        };
        if rebinds {
            return Err(Refusal::at(found.at, format!("`{name}` may be bound more than once")));
        }
    }
    Ok(())
}

/// What in the handler's own body keeps it from being understood.
pub fn check_body(name: &str, handler: &Uses) -> Result<(), Refusal> {
    for found in &handler.uses {
        match found.what {
            What::Suspend if is_own(&handler.scopes, found.scope) => {
                return Err(Refusal::at(found.at, format!("`{name}` is a generator")));
            }
            What::Mangled => {
                return Err(Refusal::at(
                    found.at,
                    "a class inside the handler uses a private name, which Python rewrites",
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_own(scopes: &[Scope], mut scope: usize) -> bool {
    while matches!(scopes[scope].kind, ScopeKind::Comprehension | ScopeKind::Generator) {
        scope = scopes[scope].parent;
    }
    scope == 0
}

/// Python compares identifiers after Unicode normalisation; here they are compared as they are written.
pub fn check_identifiers(module: &Uses) -> Result<(), Refusal> {
    for found in &module.uses {
        let (What::Load(name)
        | What::Bind(name, _)
        | What::Attribute(name)
        | What::Global(name)
        | What::Nonlocal(name)
        | What::Import(name)) = found.what
        else {
            continue;
        };
        if !identifiers::is_plain(name) {
            return Err(Refusal::at(found.at, format!("Python may normalise the identifier `{name}` to another one")));
        }
    }
    Ok(())
}
