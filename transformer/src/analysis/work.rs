//! Whether evaluating something can take time: only then is there anything to gain by publishing before it.

use super::control_flow::Part;
use crate::parse::ast::{Expr, Stmt};

fn statement(statement: &Stmt) -> bool {
    match statement {
        Stmt::Return(back) => back.value.as_deref().is_some_and(expression),
        Stmt::Assign(assign) => expression(&assign.value) || !assign.targets.iter().all(Expr::is_name_expr),
        Stmt::AnnAssign(assign) => assign.value.as_deref().is_some_and(expression) || !assign.target.is_name_expr(),
        Stmt::Expr(statement) => expression(&statement.value),
        Stmt::FunctionDef(def) => !def.decorator_list.is_empty(),
        Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::Global(_) | Stmt::Nonlocal(_) => false,
        _ => true,
    }
}

pub fn expression(expr: &Expr) -> bool {
    match expr {
        Expr::Constant(_) | Expr::Name(_) | Expr::Lambda(_) => false,
        Expr::UnaryOp(operation) => expression(&operation.operand) || !operation.operand.is_constant_expr(),
        Expr::Tuple(tuple) => tuple.elts.iter().any(expression),
        Expr::List(list) => list.elts.iter().any(expression),
        Expr::Dict(dict) => {
            dict.keys.iter().any(|key| key.as_ref().is_none_or(expression)) || dict.values.iter().any(expression)
        }
        _ => true,
    }
}

pub fn part(part: Part) -> bool {
    match part {
        Part::Simple(one) => statement(one),
        Part::Return { value, .. } => value.is_some_and(expression),
        Part::Test(expr) | Part::Subject(expr) => expression(expr),
        Part::Iterate(_) | Part::Next { .. } | Part::Enter(_) | Part::Leave => true,
        Part::Case { case, .. } => case.guard.as_deref().is_some_and(expression),
        Part::Entry
        | Part::Exit
        | Part::FallsOff
        | Part::BindWith(_)
        | Part::Join
        | Part::Except(_)
        | Part::Unbind(_) => false,
    }
}
