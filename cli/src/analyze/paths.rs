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
    #[error("no Python module in {}; hidden folders and {} are left out", .0.display(), SKIPPED.join(", "))]
    Empty(PathBuf),
    #[error("no Python module matches {}; `**` stands for folders at any depth", .0.display())]
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
        let compiled = match glob::Pattern::new(pattern) {
            Ok(compiled) => compiled,
            Err(source) => return self.errors.push(Error::Pattern { pattern: pattern.to_owned(), source }),
        };
        let errors = self.errors.len();
        let begin: PathBuf = Path::new(pattern).iter().take_while(|part| !is_wild(part)).collect();
        if self.matching(&begin, &|path| compiled.matches_path_with(path, options), Path::new(pattern)) == 0
            && self.errors.len() == errors
        {
            self.errors.push(Error::NoMatch(pattern.into()));
        }
    }

    /// The modules in `folder` and below that match, and those in folders that do; answers how many.
    fn matching(&mut self, folder: &Path, matches: &dyn Fn(&Path) -> bool, pattern: &Path) -> usize {
        let mut modules = 0;
        for entry in self.entries(folder) {
            let name = entry.file_name();
            let path = folder.join(&name);
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && skipped(&name) && !pattern.iter().any(|part| part == name) {
                continue;
            }
            if is_folder && matches(&path) {
                modules += self.folder(&path);
            } else if is_folder {
                modules += self.matching(&path, matches, pattern);
            } else if is_module(&path) && matches(&path) {
                self.file(&path, false);
                modules += 1;
            }
        }
        modules
    }

    fn entries(&mut self, folder: &Path) -> Vec<fs::DirEntry> {
        let place = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        match fs::read_dir(place).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(mut entries) => {
                entries.sort_by_key(fs::DirEntry::file_name);
                entries
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(source) => {
                self.errors.push(Error::Folder { path: folder.to_owned(), source });
                Vec::new()
            }
        }
    }

    /// The modules below, in the order of their paths; answers how many.
    fn folder(&mut self, folder: &Path) -> usize {
        let mut modules = 0;
        for entry in self.entries(folder) {
            let path = entry.path();
            // A symbolic link to a folder may lead back here.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if !skipped(&entry.file_name()) {
                    modules += self.folder(&path);
                }
            } else if is_module(&path) {
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

fn is_wild(part: &OsStr) -> bool {
    part.as_encoded_bytes().iter().any(|byte| b"*?[".contains(byte))
}

/// A file, or a link that leads nowhere, which is an error to tell; no pipe, no device.
fn is_module(path: &Path) -> bool {
    path.extension() == Some(OsStr::new("py")) && path.metadata().map_or(true, |found| found.is_file())
}

fn skipped(folder: &OsStr) -> bool {
    let name = folder.as_encoded_bytes();
    name.starts_with(b".") && name != b"." && name != b".." || SKIPPED.iter().any(|skipped| folder == *skipped)
}
