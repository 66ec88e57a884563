//! Where the other modules of the user's package come from: the caller knows, for this crate opens no files.

/// A module that the handler's own one imports from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherModule {
    /// Dotted.
    pub name: String,
    /// For the user to see, and for the worker to compare; whatever the caller calls it.
    pub path: String,
    /// It is a package's `__init__`.
    pub is_package: bool,
    pub source: Vec<u8>,
}

impl OtherModule {
    pub(crate) fn module_name(&self) -> ModuleName<'_> {
        ModuleName { dotted: &self.name, is_package: self.is_package, path: &self.path }
    }
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

/// A module's name, which relative imports in it begin at, and its file.
#[derive(Clone, Copy, Debug, Default)]
pub struct ModuleName<'n> {
    pub dotted: &'n str,
    /// It is a package's `__init__`.
    pub is_package: bool,
    pub path: &'n str,
}

impl ModuleName<'_> {
    /// The dotted name of a module that is imported here, with `level` dots in front; PEP 328 says what the dots mean.
    pub fn absolute(self, module: &str, level: u32) -> Option<String> {
        if level == 0 {
            return Some(module.to_owned());
        }
        let mut parts: Vec<&str> = self.dotted.split('.').filter(|part| !part.is_empty()).collect();
        let up = level as usize - usize::from(self.is_package);
        parts.truncate(parts.len().checked_sub(up)?);
        parts.extend(module.split('.').filter(|part| !part.is_empty()));
        Some(parts.join("."))
    }
}
