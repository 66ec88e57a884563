//! The files that a module can import from: those of the folder that its package stands in.

use std::path::{Path, PathBuf};

use unum_transformer::{Modules, OtherModule};

use super::{Place, read};

const INIT: &str = "__init__.py";

pub struct Package {
    root: PathBuf,
    /// That of the module that this is around.
    pub place: Place,
}

impl Package {
    /// The outermost folder that is no package itself is where Python would find it.
    pub fn around(file: &Path) -> Self {
        let is_package = file.file_name().is_some_and(|name| name == INIT);
        let mut names: Vec<String> = Vec::new();
        if let (false, Some(stem)) = (is_package, file.file_stem()) {
            names.push(stem.to_string_lossy().into_owned());
        }
        let mut root = file.parent().unwrap_or(Path::new("")).to_owned();
        while root.join(INIT).is_file()
            && let Some(name) = root.file_name().map(|name| name.to_string_lossy().into_owned())
        {
            names.insert(0, name);
            root.pop();
        }
        Self { root, place: Place { module: names.join("."), is_package } }
    }
}

impl Modules for Package {
    fn find(&self, name: &str) -> Option<OtherModule> {
        let base = name.split('.').fold(self.root.clone(), |path, part| path.join(part));
        let candidates = [(base.join(INIT), true), (base.with_added_extension("py"), false)];
        candidates.into_iter().find_map(|(path, is_package)| {
            let source = read(&path).ok()?;
            Some(OtherModule { name: name.to_owned(), path: path.to_string_lossy().into_owned(), is_package, source })
        })
    }
}
