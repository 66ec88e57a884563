//! Decides which fields of a handler's result are final early, and edits the source to publish them.
//!
//! Pure: source text in, edited text and a report out.

mod analysis;
mod decide;
mod decode;
mod edit;
mod handler;
mod identifiers;
mod lexer;
mod lines;
mod mask;
mod module;
mod modules;
mod neighbours;
mod nesting;
mod parse;
mod plan;
mod refusal;
mod report;
mod route;
mod verify;

use std::panic::{self, AssertUnwindSafe};

pub use decode::DecodeError;
pub use modules::{Modules, NoModules, OtherModule};
pub use report::{FieldReport, Place, Report, Verdict};
pub use route::{Definition, Hop, Idle, Kind, ReliedOn, Route, Shift, Wrapper};

use decide::{Decision, Edited, Elsewhere, Impossible, Question};
use handler::Import;
use module::{Patches, Unreadable};
use modules::ModuleName;

/// Largest module that is analysed.
const MAX_SOURCE_BYTES: usize = 2 * 1024 * 1024;
/// Parsing, walking and dropping a syntax tree recurse. What is not too deep takes less than 1 MB where this is optimised, and
/// up to 20 otherwise. A kernel refuses more at once than the machine has, and a function may have 128 MB.
const STACK_BYTES: usize = if cfg!(debug_assertions) { 64 } else { 16 } * 1024 * 1024;
/// Modules that are followed from one to the next.
const MAX_MODULES: usize = 8;

/// A handler, and what may be known of what is around it.
#[derive(Clone, Copy)]
pub struct Request<'r> {
    /// A Python module's bytes: a byte order mark and a coding cookie are honoured.
    pub source: &'r [u8],
    /// Name of a function in this module.
    pub handler: &'r str,
    /// The module's dotted name, to resolve relative imports by.
    pub module: &'r str,
    /// It is a package's `__init__`.
    pub is_package: bool,
    /// Its file, as [`OtherModule::path`].
    pub path: &'r str,
    pub modules: &'r dyn Modules,
    /// Decorators, as they are written, that call the handler once and give its result back unchanged.
    pub trusted_decorators: &'r [String],
}

impl<'r> Request<'r> {
    #[must_use]
    pub fn new(source: &'r [u8], handler: &'r str) -> Self {
        Self { source, handler, module: "", is_package: false, path: "", modules: &NoModules, trusted_decorators: &[] }
    }

    fn module_name(&self) -> ModuleName<'r> {
        ModuleName { dotted: self.module, is_package: self.is_package, path: self.path }
    }
}

/// One handler's source, decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transformation {
    pub report: Report,
    /// The edited module; none: run the module as written.
    pub source: Option<String>,
    /// The module that the report and the edited source are of, where it is not the handler's own.
    pub other: Option<OtherModule>,
    /// How the call of the handler gets to the function that publishes.
    pub route: Route,
    /// What the insertions do to columns.
    pub shifts: Vec<Shift>,
    pub idle: Vec<Idle>,
    /// Places with calls that are passed again and again: each has a guard, `__unum__0__`, `__unum__1__`, ….
    pub guards: u32,
    pub relied_on: Vec<ReliedOn>,
    pub definitions: Vec<Definition>,
}

/// Why a module could not be analysed at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error("the source is larger than {MAX_SOURCE_BYTES} bytes")]
    TooLarge,
    #[error("the source nests too deep")]
    TooDeep,
    #[error("{message} at line {}", place.line)]
    Syntax { message: String, place: Place },
    #[error("no function `{0}` in the module")]
    HandlerMissing(String),
    #[error("the analysis failed on this source")]
    Failed,
}

impl InputError {
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Syntax { place, .. } => Some(*place),
            Self::Decode(_) | Self::TooLarge | Self::TooDeep | Self::HandlerMissing(_) | Self::Failed => None,
        }
    }

    #[must_use]
    pub fn line(&self) -> Option<u32> {
        self.place().map(|place| place.line)
    }
}

/// Decides what streams from a handler, and edits its module accordingly. What cannot be analysed runs as written.
#[must_use]
pub fn transform(request: &Request) -> Transformation {
    try_transform(request).unwrap_or_else(|error| {
        let report = Report::as_written(request.handler, error.to_string(), error.place());
        as_written(report, None)
    })
}

/// The same, for callers that tell a module that cannot be analysed from one that cannot stream.
pub fn try_transform(request: &Request) -> Result<Transformation, InputError> {
    // No thread: malloc would give it memory of its own, which grows in a hundred steps.
    let decided = panic::catch_unwind(AssertUnwindSafe(|| stacker::grow(STACK_BYTES, || follow(request))));
    decided.unwrap_or(Err(InputError::Failed))
}

/// From module to module until one has the function.
fn follow(request: &Request) -> Result<Transformation, InputError> {
    let mut other: Option<OtherModule> = None;
    let mut name = request.handler.to_owned();
    let mut route = Route::default();
    let mut patches = Patches::default();
    for _ in 0..MAX_MODULES {
        let source = other.as_ref().map_or(request.source, |other| &other.source);
        let module = other.as_ref().map_or_else(|| request.module_name(), OtherModule::module_name);
        let question = Question {
            name: &name,
            module,
            route,
            patches,
            trusted_decorators: request.trusted_decorators,
            modules: request.modules,
        };
        let decided = match one(source, &question) {
            Ok(Decision::Decided(decided)) => decided,
            Ok(Decision::Elsewhere(on, otherwise)) => {
                let Elsewhere { import, route: further, patches: more } = on;
                let found = module.absolute(&import.module, import.level).and_then(|path| request.modules.find(&path));
                match (found, otherwise) {
                    (Some(found), _) => {
                        (other, name, route, patches) = (Some(found), import.name, further, more);
                        continue;
                    }
                    (None, Some(decided)) => *decided,
                    (None, None) => return Ok(not_followed(request.handler, &import, other)),
                }
            }
            Err(error) if other.is_none() => return Err(error),
            Err(error) => {
                let mut report = Report::as_written(request.handler, error.to_string(), error.place());
                report.module = other.as_ref().map(|other| other.name.clone());
                return Ok(as_written(report, other));
            }
        };
        let mut report = decided.report;
        request.handler.clone_into(&mut report.handler);
        report.module = other.as_ref().map(|other| other.name.clone());
        let Some(edited) = decided.edited else { return Ok(as_written(report, other)) };
        let Edited { text, route, shifts, idle, guards, relied_on, definitions } = *edited;
        let source = Some(text);
        return Ok(Transformation { report, source, other, route, shifts, idle, guards, relied_on, definitions });
    }
    let report = Report::as_written(request.handler, "the handler comes out of too many modules", None);
    Ok(as_written(report, other))
}

fn as_written(report: Report, other: Option<OtherModule>) -> Transformation {
    Transformation {
        report,
        source: None,
        other,
        route: Route::default(),
        shifts: Vec::new(),
        idle: Vec::new(),
        guards: 0,
        relied_on: Vec::new(),
        definitions: Vec::new(),
    }
}

fn one(source: &[u8], question: &Question) -> Result<Decision, InputError> {
    if source.len() > MAX_SOURCE_BYTES {
        return Err(InputError::TooLarge);
    }
    let text = decode::decode(source)?;
    decide::decide(&text, question).map_err(|impossible| match impossible {
        Impossible::Missing => InputError::HandlerMissing(question.name.to_owned()),
        Impossible::Unreadable(Unreadable::TooDeep) => InputError::TooDeep,
        Impossible::Unreadable(Unreadable::Syntax(error)) => {
            InputError::Syntax { place: decide::place_of(&text, error.at), message: error.message }
        }
    })
}

fn not_followed(handler: &str, import: &Import, other: Option<OtherModule>) -> Transformation {
    let dots = ".".repeat(import.level as usize);
    let reason =
        format!("`{}` comes out of {dots}{}, which is not among the function's own files", import.name, import.module);
    let mut report = Report::as_written(handler, reason, None);
    report.module = other.as_ref().map(|other| other.name.clone());
    as_written(report, other)
}
