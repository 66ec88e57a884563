//! How the worker's call gets to the function whose fields are published.

use serde::Serialize;

use crate::analysis::known_calls;

/// From the innermost caller outwards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Route {
    /// Functions that give back what the next one returns.
    pub hops: Vec<Hop>,
    /// What stands between the worker and the outermost function.
    pub wrappers: Vec<Wrapper>,
    /// There is something, or it puts in arguments: which one is the event is not known.
    #[serde(skip)]
    pub is_wrapped: bool,
    /// By the modules on the way.
    #[serde(skip)]
    pub(crate) relied_on: (Vec<ReliedOn>, Vec<Definition>),
}

/// What calls the next function once and gives back its result unchanged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Wrapper {
    /// One function of the user's.
    Function {
        /// Empty: the module's own.
        file: String,
        function: String,
        /// That of its first decorator, if it has any.
        first_line: u32,
    },
    /// Any of these modules and of those in them.
    Modules { modules: Vec<String> },
}

impl Wrapper {
    /// A handler that the user trusts to call the one that is looked at, `own`: its package, or its module where they share one.
    #[must_use]
    pub fn of_handler(handler: &str, own: &str) -> Self {
        let module = |handler: &str| handler.rsplit_once('.').map_or(handler, |(module, _)| module).replace('/', ".");
        let package = |module: &str| module.split('.').next().unwrap_or_default().to_owned();
        let (module, own) = (module(handler), module(own));
        let package_of_it = package(&module);
        Self::trusted([if package_of_it == package(&own) { module } else { package_of_it }])
    }

    /// What the user trusts may be made by these libraries, too.
    pub(crate) fn trusted(modules: impl IntoIterator<Item = String>) -> Self {
        let mut modules: Vec<String> = modules.into_iter().collect();
        let libraries = modules.iter().flat_map(|module| known_calls::makers_of_wrappers(module));
        let libraries: Vec<String> = libraries.map(|&library| library.to_owned()).collect();
        modules.extend(libraries);
        modules.sort();
        modules.dedup();
        Self::Modules { modules }
    }
}

/// A field, and variables of the function that nobody reads any more when it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Idle(pub String, pub Vec<String>);

/// A function that the analysis relied on: a well-known one by its dotted path, with line 0, and the global name that it begins with
/// in the module, or one of the module's own by name and line, counted from one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReliedOn(pub String, pub u32);

/// Something of the user's, or a global name of a well-known function's in another module, that the analysis relied on: what
/// `name` stands for in `module`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Definition {
    pub module: String,
    /// Dotted.
    pub name: String,
    pub kind: Kind,
    /// Where the code is that tells. Empty: the transformed module's own.
    pub file: String,
    /// Its first one, counted from one.
    pub line: u32,
}

impl Definition {
    pub(crate) fn global(module: &str, name: &str) -> Self {
        let (module, name) = (module.to_owned(), name.to_owned());
        Self { module, name, kind: Kind::Global, file: String::new(), line: 0 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A well-known function, or what one belongs to.
    Global,
    Function,
    /// What a library has made a decorator of.
    Middleware,
    /// What `contextmanager` has made of a function.
    Generator,
    /// With the `__exit__` that its instances have.
    Class,
    /// Of such a class.
    Instance,
}

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
    /// Empty: the module's own.
    pub file: String,
    pub function: String,
    pub first_line: u32,
    pub last_line: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_that_calls_anothers_is_its_package() {
        for (handler, own, modules) in [
            ("otel_wrapper.lambda_handler", "app.handler", vec!["opentelemetry", "otel_wrapper", "wrapt"]),
            ("datadog_lambda.handler.handler", "app.handler", vec!["datadog_lambda", "ddtrace", "wrapt"]),
            ("src/around.handler", "src.app.handler", vec!["decorator", "src.around", "wrapt"]),
            ("around.handler", "around.handler", vec!["around", "decorator", "wrapt"]),
        ] {
            let modules = modules.into_iter().map(str::to_owned).collect();
            assert_eq!(Wrapper::of_handler(handler, own), Wrapper::Modules { modules }, "{handler}");
        }
    }
}
