//! One module that holds a handler, and what the transformer decides about it.

mod functions;
mod package;

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use package::Package;
use unum_transformer::{InputError, Modules, Request, Transformation};

/// What the transformer is told besides the source.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Decorator, as it is written, that calls the handler once and returns its result untouched; may be repeated
    #[arg(long = "trust-decorator", value_name = "NAME")]
    pub trusted_decorators: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot analyse {}: {problem}", path.display())]
    Input { path: PathBuf, problem: Problem },
}

/// Why a module could not be analysed, and which of its functions could have been meant.
#[derive(Debug, thiserror::Error)]
#[error("{source}{}", functions::listed(candidates))]
pub struct Problem {
    source: InputError,
    candidates: Vec<String>,
}

pub struct Module {
    pub path: PathBuf,
    pub source: Vec<u8>,
}

/// A module's dotted name, and what it is.
pub struct Place {
    pub module: String,
    /// It is a package's `__init__`.
    pub is_package: bool,
}

/// The module that comes through standard input, as if it stood in the current folder.
const STDIN: &str = "-";
/// More than the transformer takes: what is cut off here is refused there.
pub const MAX_MODULE_BYTES: usize = 3 * 1024 * 1024;

/// No pipe or device, which may never end.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let found = path.metadata()?;
    if found.is_file() || found.is_dir() { fs::read(path) } else { Err(io::Error::other("it is not a regular file")) }
}

fn read_stdin() -> io::Result<Vec<u8>> {
    let mut source = Vec::new();
    io::stdin().lock().take(MAX_MODULE_BYTES as u64).read_to_end(&mut source)?;
    Ok(source)
}

impl Module {
    pub fn read(path: &Path) -> Result<Self, Error> {
        let path = path.to_owned();
        let source = if path == Path::new(STDIN) { read_stdin() } else { read(&path) };
        match source {
            Ok(source) => Ok(Self { path, source }),
            Err(source) => Err(Error::Read { path, source }),
        }
    }

    pub fn may_define(&self, function: &str) -> bool {
        functions::may_define(&String::from_utf8_lossy(&self.source), function)
    }

    /// As Python would import it.
    pub fn dotted_name(&self) -> String {
        Package::around(&self.path).place.module
    }

    /// Asks the transformer about the function `handler`.
    pub fn decide(&self, handler: &str, options: &Options) -> Result<Transformation, Error> {
        let package = Package::around(&self.path);
        self.decide_among(handler, options, &package.place, &package)
    }

    /// The same where what is around the module is known.
    pub fn decide_among(
        &self,
        handler: &str,
        options: &Options,
        place: &Place,
        modules: &dyn Modules,
    ) -> Result<Transformation, Error> {
        let path = self.path.to_string_lossy();
        let request = Request {
            module: &place.module,
            is_package: place.is_package,
            path: &path,
            modules,
            trusted_decorators: &options.trusted_decorators,
            ..Request::new(&self.source, handler)
        };
        unum_transformer::try_transform(&request).map_err(|source| self.error(source))
    }

    fn error(&self, source: InputError) -> Error {
        let candidates = match source {
            InputError::HandlerMissing(_) => functions::candidates(&String::from_utf8_lossy(&self.source)),
            _ => Vec::new(),
        };
        Error::Input { path: self.path.clone(), problem: Problem { source, candidates } }
    }
}

impl Error {
    pub fn path(&self) -> &Path {
        match self {
            Self::Read { path, .. } | Self::Input { path, .. } => path,
        }
    }

    pub fn is_missing_handler(&self) -> bool {
        matches!(self, Self::Input { problem, .. } if matches!(problem.source, InputError::HandlerMissing(_)))
    }

    /// The sentence without the path.
    pub fn problem(&self) -> String {
        match self {
            Self::Read { source, .. } => source.to_string(),
            Self::Input { problem, .. } => problem.to_string(),
        }
    }

    pub fn line(&self) -> Option<u32> {
        match self {
            Self::Read { .. } => None,
            Self::Input { problem, .. } => problem.source.line(),
        }
    }
}

/// A handler's name on the command line.
pub fn handler(text: &str) -> Result<String, String> {
    match function_name(text).trim() {
        "" => Err("it must name a function, as in `app.lambda_handler`".to_owned()),
        _ => Ok(text.to_owned()),
    }
}

/// The function in a handler's name as Lambda has it: `pkg/app.lambda_handler`.
pub fn function_name(handler: &str) -> &str {
    handler.rsplit('.').next().unwrap_or_default()
}
