//! Which keys an expression's dict has, and where each value comes from.

use super::{
    builders::{BuiltFrom, BuiltPiece},
    constants,
    function::Function,
    parameters,
    program::Program,
    why::Why,
};
use crate::parse::ast::{self, Expr, Operator, Ranged};

/// A dict in the order of its making: a later piece replaces the value of an earlier one, and keeps its place.
pub type Shape<'a> = Vec<Piece<'a>>;

#[derive(Clone)]
pub enum Piece<'a> {
    Entry {
        key: &'a str,
        value: Value<'a>,
    },
    /// All that a local variable's dict has.
    All(&'a str),
}

#[derive(Clone)]
pub enum Value<'a> {
    Expr(&'a Expr),
    /// What a local variable's dict has under the same key.
    Slot(&'a str),
    /// It comes out of something that is not looked into.
    Hidden(Why),
}

pub struct Shapes<'s, 'a> {
    pub program: &'s Program<'a>,
    pub function: &'s Function<'a>,
}

impl<'a> Shapes<'_, 'a> {
    pub fn of(&self, expr: &'a Expr) -> Result<Shape<'a>, Why> {
        let mut shape = Vec::new();
        self.add(expr, &mut shape)?;
        Ok(shape)
    }

    fn add(&self, expr: &'a Expr, shape: &mut Shape<'a>) -> Result<(), Why> {
        match expr {
            Expr::Dict(display) => self.display(display, shape),
            Expr::Name(name) if self.function.is_local(&name.id) => {
                shape.push(Piece::All(&name.id));
                Ok(())
            }
            Expr::BinOp(operation) if operation.op == Operator::BitOr => {
                self.add(&operation.left, shape)?;
                self.add(&operation.right, shape)
            }
            Expr::Call(call) => self.call(call, shape),
            Expr::DictComp(_) => Err(Why::new(expr.range(), "a comprehension: its keys are known at the return only")
                .help("write the keys out in a dict display")),
            _ => Err(Why::new(expr.range(), "not a dict whose keys are known")
                .help("return a dict display with constant keys")),
        }
    }

    fn display(&self, display: &'a ast::ExprDict, shape: &mut Shape<'a>) -> Result<(), Why> {
        for (key, value) in display.keys.iter().zip(&display.values) {
            match key {
                None => self.add(value, shape)?,
                Some(key) => shape.push(Piece::Entry { key: constant_key(key)?, value: Value::Expr(value) }),
            }
        }
        Ok(())
    }

    fn call(&self, call: &'a ast::ExprCall, shape: &mut Shape<'a>) -> Result<(), Why> {
        let unknown = || Why::new(call.range(), "the keys of what this call gives are not known");
        match &*call.func {
            Expr::Attribute(method) if method.attr.as_str() == "copy" && call.args.is_empty() => match &*method.value {
                name @ Expr::Name(_) => self.add(name, shape),
                _ => Err(unknown()),
            },
            Expr::Name(name) if self.function.is_inner(&name.id) => Err(unknown()),
            Expr::Name(name) => match self.program.names.function(&name.id) {
                Some(def) => self.built(def, call, shape),
                None if self.program.names.path(&call.func).as_deref() == Some("builtins.dict") => {
                    self.update(call, shape)
                }
                None => Err(unknown()),
            },
            _ => Err(unknown()),
        }
    }

    /// What `dict(…)` or `update(…)` is given.
    pub fn update(&self, call: &'a ast::ExprCall, shape: &mut Shape<'a>) -> Result<(), Why> {
        match call.args.as_slice() {
            [] => {}
            [first] => self.add(first, shape)?,
            [_, second, ..] => return Err(Why::new(second.range(), "takes one positional argument at most")),
        }
        for keyword in &call.keywords {
            match &keyword.arg {
                None => self.add(&keyword.value, shape)?,
                Some(key) => shape.push(Piece::Entry { key, value: Value::Expr(&keyword.value) }),
            }
        }
        Ok(())
    }

    /// A function of this module that puts its arguments into a dict.
    fn built(&self, def: &'a ast::StmtFunctionDef, call: &'a ast::ExprCall, shape: &mut Shape<'a>) -> Result<(), Why> {
        let name = def.name.as_str();
        let unknown =
            |why: &str| Why::new(call.range(), format!("the keys of what `{name}` gives are not known: {why}"));
        let built = self.program.built(def).map_err(|why| unknown(&why.reason))?;
        for piece in built.iter() {
            let (key, from) = match piece {
                BuiltPiece::Entry(key, from) => (*key, from),
                BuiltPiece::Keywords => {
                    for keyword in &call.keywords {
                        let Some(key) = &keyword.arg else { return Err(unknown("it is given `**`")) };
                        if parameters::by_name(&def.args, key) == def.args.kwarg.as_ref().map(|arg| arg.arg.as_str()) {
                            shape.push(Piece::Entry { key, value: Value::Expr(&keyword.value) });
                        }
                    }
                    continue;
                }
            };
            let value = match from {
                BuiltFrom::Parameter(index) => match argument(def, call, *index) {
                    Some(argument) => Value::Expr(argument),
                    None => Value::Hidden(Why::new(call.range(), format!("computed inside `{name}`"))),
                },
                BuiltFrom::Constant(constant) => Value::Expr(constant),
                BuiltFrom::Inside => Value::Hidden(Why::new(call.range(), format!("computed inside `{name}`"))),
            };
            shape.push(Piece::Entry { key, value });
        }
        Ok(())
    }
}

pub fn constant_key(key: &Expr) -> Result<&str, Why> {
    match constants::text(key) {
        Some(text) if constants::is_exact(text) => Ok(text),
        Some(_) => Err(Why::new(key.range(), "a key holds a character that is not Unicode text")),
        None => Err(Why::new(key.range(), "a key that is not a constant string")),
    }
}

/// What the parameter at `index` gets in this call.
fn argument<'a>(def: &ast::StmtFunctionDef, call: &'a ast::ExprCall, index: usize) -> Option<&'a Expr> {
    if call.args.iter().any(Expr::is_starred_expr) {
        return None;
    }
    let parameter = def.args.posonlyargs.iter().chain(&def.args.args).nth(index)?;
    let by_name = |keyword: &&ast::Keyword| keyword.arg.as_ref().is_some_and(|arg| *arg == parameter.def.arg);
    call.args.get(index).or_else(|| call.keywords.iter().find(by_name).map(|keyword| &keyword.value))
}
