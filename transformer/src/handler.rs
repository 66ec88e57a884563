//! Finds the handler among the module's statements: a plain `def`, bound once.

use crate::{
    analysis::uses::{Scope, ScopeKind, Use, Uses, What},
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
    check_callers(body, module, name)?;
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

/// A caller of the handler's could print a traceback through it, and from Python 3.11 on that marks columns, which an
/// inserted call shifts. Lambda's own error documents name lines only.
fn check_callers(body: &[ast::Stmt], module: &Uses, name: &str) -> Result<(), Refusal> {
    let reads = |found: &&Use| matches!(found.what, What::Load(read) if read == name);
    match module.uses.iter().filter(reads).find(|found| !runs_as_script_only(&body[found.statement])) {
        Some(found) => Err(Refusal::at(found.at, format!("`{name}` is also called by other code of this module"))),
        None => Ok(()),
    }
}

/// `if __name__ == "__main__":`, which is never true on Lambda.
fn runs_as_script_only(statement: &ast::Stmt) -> bool {
    let ast::Stmt::If(ast::StmtIf { test, orelse, .. }) = statement else { return false };
    let ast::Expr::Compare(compare) = &**test else { return false };
    let is_name = matches!(&*compare.left, ast::Expr::Name(left) if left.id.as_str() == "__name__");
    let is_main = matches!(
        (compare.ops.as_slice(), compare.comparators.as_slice()),
        ([ast::CmpOp::Eq], [ast::Expr::Constant(ast::ExprConstant { value: ast::Constant::Str(main), .. })])
            if main == "__main__"
    );
    is_name && is_main && orelse.is_empty()
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
