//! How the worker's call gets to the function whose fields are published.

use serde::Serialize;

/// From the innermost caller outwards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Route {
    /// Functions that give back what the next one returns.
    pub hops: Vec<Hop>,
    /// Decorators stand between the worker and the outermost function.
    pub is_wrapped: bool,
}

/// A field, and variables of the function that nobody reads any more when it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Idle(pub String, pub Vec<String>);

/// A function that the analysis relied on: a well-known one by its dotted path, with line 0, and the global name that it begins with
/// in the module, or one of the module's own by name and line, counted from one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReliedOn(pub String, pub u32);

/// An insertion with something behind it on its line: columns there are not as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Shift(
    /// Line, counted from one.
    pub u32,
    /// Bytes of the line in front of it, as written.
    pub u32,
    /// Its length in bytes.
    pub u32,
);

/// One function's `return helper(…)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hop {
    pub function: String,
    pub first_line: u32,
    pub last_line: u32,
}
