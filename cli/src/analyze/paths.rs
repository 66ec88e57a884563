//! Files, folders and patterns from the command line → the modules to analyse.

use std::{
    collections::HashMap,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

use glob::MatchOptions;

/// Folders that hold other people's modules; so does every hidden one.
const SKIPPED: [&str; 4] = ["__pycache__", "node_modules", "site-packages", "venv"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub path: PathBuf,
    /// Given by its own name, so that it must hold the handler.
    pub named: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot read {}: {source}", path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error("no Python module in {}", .0.display())]
    Empty(PathBuf),
    #[error("no Python module matches {}", .0.display())]
    NoMatch(PathBuf),
    #[error("cannot understand the pattern {pattern}: {source}")]
    Pattern { pattern: String, source: glob::PatternError },
}

impl Error {
    /// The argument, or the folder below it.
    pub fn path(&self) -> &Path {
        match self {
            Self::Folder { path, .. } | Self::Empty(path) | Self::NoMatch(path) => path,
            Self::Pattern { pattern, .. } => Path::new(pattern),
        }
    }
}

/// Every file once, where it came first.
pub fn find(arguments: &[PathBuf]) -> (Vec<File>, Vec<Error>) {
    let mut found = Found::default();
    for argument in arguments {
        found.argument(argument);
    }
    (found.files, found.errors)
}

#[derive(Default)]
struct Found {
    files: Vec<File>,
    errors: Vec<Error>,
    /// Index in `files` by the path without symbolic links.
    known: HashMap<PathBuf, usize>,
}

impl Found {
    fn argument(&mut self, argument: &Path) {
        match argument.to_str().filter(|text| text.contains(['*', '?', '[']) && !argument.exists()) {
            Some(pattern) => self.pattern(pattern),
            None if argument.is_dir() => {
                let errors = self.errors.len();
                if self.folder(argument) == 0 && self.errors.len() == errors {
                    self.errors.push(Error::Empty(argument.to_owned()));
                }
            }
            None => self.file(argument, true),
        }
    }

    fn pattern(&mut self, pattern: &str) {
        let options =
            MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };
        let paths = match glob::glob_with(pattern, options) {
            Ok(paths) => paths,
            Err(source) => return self.errors.push(Error::Pattern { pattern: pattern.to_owned(), source }),
        };
        let asked_for = |name: &OsStr| Path::new(pattern).components().any(|part| part.as_os_str() == name);
        let mut matched = 0;
        for path in paths {
            match path {
                Ok(path) if path.iter().any(|name| skipped(name) && !asked_for(name)) => {}
                Ok(path) if path.is_dir() => matched += self.folder(&path),
                Ok(path) if is_python(&path) => {
                    self.file(&path, false);
                    matched += 1;
                }
                Ok(_) => {}
                Err(error) => self.errors.push(Error::Folder { path: error.path().to_owned(), source: error.into() }),
            }
        }
        if matched == 0 {
            self.errors.push(Error::NoMatch(pattern.into()));
        }
    }

    /// The modules below, in the order of their paths; answers how many.
    fn folder(&mut self, folder: &Path) -> usize {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(source) => {
                self.errors.push(Error::Folder { path: folder.to_owned(), source });
                return 0;
            }
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        let mut modules = 0;
        for entry in entries {
            let path = entry.path();
            // A symbolic link to a folder may lead back here.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if !skipped(&entry.file_name()) {
                    modules += self.folder(&path);
                }
            } else if is_python(&path) && !path.is_dir() {
                self.file(&path, false);
                modules += 1;
            }
        }
        modules
    }

    fn file(&mut self, path: &Path, named: bool) {
        let identity = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if let Some(&index) = self.known.get(&identity) {
            self.files[index].named |= named;
            return;
        }
        self.known.insert(identity, self.files.len());
        self.files.push(File { path: path.strip_prefix(".").unwrap_or(path).to_owned(), named });
    }
}

fn is_python(path: &Path) -> bool {
    path.extension() == Some(OsStr::new("py"))
}

fn skipped(folder: &OsStr) -> bool {
    let name = folder.as_encoded_bytes();
    name.starts_with(b".") && name != b"." && name != b".." || SKIPPED.iter().any(|skipped| folder == *skipped)
}
