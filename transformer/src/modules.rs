//! Where the other modules of the user's package come from: the caller knows, for this crate opens no files.

/// A module that the handler's own one imports from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherModule {
    /// Dotted.
    pub name: String,
    /// For the user to see; whatever the caller calls it.
    pub path: String,
    /// It is a package's `__init__`.
    pub is_package: bool,
    pub source: Vec<u8>,
}

pub trait Modules: Sync {
    /// None: no such module among the files that are to be looked at.
    fn find(&self, name: &str) -> Option<OtherModule>;
}

/// There are none.
pub struct NoModules;

impl Modules for NoModules {
    fn find(&self, _name: &str) -> Option<OtherModule> {
        None
    }
}
