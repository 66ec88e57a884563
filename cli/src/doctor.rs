//! `unum-streaming doctor`: what would stream from functions, and what is in the way.

mod chain;
mod checks;
mod code;
#[cfg(feature = "aws")]
mod deployed;
mod folder;
mod policy;
mod template;
mod value;

use std::{
    fmt::{self, Write as _},
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde::Serialize;

use self::{
    chain::{Function, name_of},
    checks::Surroundings,
    template::Template,
};
use crate::{
    color::{Color, Paint, Style},
    module::{Format, Options},
    output,
    text::clean,
};

/// Something keeps a chain from streaming, or breaks it.
const PROBLEMS: u8 = 1;

/// Of a template; CloudFormation takes a sixteenth of that.
const MAX_TEXT_BYTES: u64 = 16 * 1024 * 1024;

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing is known to keep these functions from streaming
  1  there are problems, marked with ✗
  2  wrong usage, or what cannot be looked at: a file that cannot be read, no template, no function

Examples:
  unum-streaming doctor template.yaml
  unum-streaming doctor src --handler app.handler --set UNUM_NEXT=second --set UNUM_TABLE=fields
  unum-streaming doctor --aws first-function
  unum-streaming doctor --format json template.yaml | jq '.functions[].findings'";

/// Check functions: what streams, what does not and why, and what is missing
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    /// Template of SAM or CloudFormation, in YAML or JSON; with --handler, a function's folder or its zip
    #[cfg_attr(feature = "aws", arg(value_name = "PATH", required_unless_present = "names"))]
    #[cfg_attr(not(feature = "aws"), arg(value_name = "PATH", required = true))]
    path: Option<PathBuf>,

    /// Handler of the function in the folder, as Lambda names it: `app.lambda_handler`
    #[arg(long, value_name = "NAME")]
    handler: Option<String>,

    /// Environment variable that the function in the folder is to have; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = folder::setting, requires = "handler")]
    settings: Vec<(String, String)>,

    /// The same from a file, a NAME=VALUE on each line; --set goes before it
    #[arg(long, value_name = "FILE", requires = "handler")]
    env_file: Option<PathBuf>,

    /// Look at these functions as they are deployed instead, and at those that their results go to; calls that only read,
    /// with region and credentials of the AWS tools
    #[cfg(feature = "aws")]
    #[arg(long = "aws", id = "names", value_name = "FUNCTION", num_args = 1.., conflicts_with_all = ["path", "handler"])]
    names: Vec<String>,

    #[command(flatten)]
    options: Options,

    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// When to colour the output; `auto`: on a terminal, unless `NO_COLOR` is set
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Code(#[from] code::Error),
    #[error("{} is a folder: name its function with --handler, as in `--handler app.handler`, or name a template", .0.display())]
    NoHandler(PathBuf),
    #[error("{} is no template: {problem}", path.display())]
    Template { path: PathBuf, problem: String },
    #[error("{} has no function that can be looked at: {problem}", path.display())]
    NoFunction { path: PathBuf, problem: String },
    #[error("cannot understand line {line} of {}: {problem}", path.display())]
    Line { path: PathBuf, line: usize, problem: String },
    #[cfg(feature = "aws")]
    #[error("cannot look at {0}")]
    Deployed(String),
    #[error("cannot write the output: {0}")]
    Write(#[from] io::Error),
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// As it should be.
    Fine,
    /// Worth a thought, or what could not be checked.
    Advice,
    /// Keeps the chain from streaming, or breaks it.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub struct Finding {
    pub kind: Kind,
    pub what: String,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Why each field that goes at the return does so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Finding {
    pub fn fine(what: impl Into<String>) -> Self {
        Self { kind: Kind::Fine, what: what.into(), help: None, notes: Vec::new() }
    }

    pub fn advice(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { kind: Kind::Advice, what: what.into(), help: Some(help.into()), notes: Vec::new() }
    }

    pub fn problem(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { kind: Kind::Problem, what: what.into(), help: Some(help.into()), notes: Vec::new() }
    }

    pub fn with_notes(self, notes: Vec<String>) -> Self {
        Self { notes, ..self }
    }
}

#[derive(Debug, Serialize)]
struct Examined {
    function: String,
    handler: Option<String>,
    next: Vec<String>,
    findings: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct Diagnosis {
    /// Null where it was not a template that was looked at.
    template: Option<String>,
    functions: Vec<Examined>,
    /// About all of them together.
    findings: Vec<Finding>,
}

pub fn run(args: &Args) -> Result<ExitCode, Error> {
    let diagnosis = diagnose(args)?;
    match args.format {
        Format::Json => output::print_json(&diagnosis)?,
        Format::Text => output::print(diagnosis.text(Paint(args.color.on_stdout())).as_bytes())?,
    }
    let is_bad = diagnosis.all().any(|finding| finding.kind == Kind::Problem);
    Ok(if is_bad { PROBLEMS.into() } else { ExitCode::SUCCESS })
}

/// A text, which may come through a pipe.
fn read(path: &Path) -> Result<String, Error> {
    let unreadable = |source| Error::Read { path: path.to_owned(), source };
    let mut text = String::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_TEXT_BYTES + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > MAX_TEXT_BYTES {
        return Err(unreadable(io::Error::other(format!("it has more than {MAX_TEXT_BYTES} bytes"))));
    }
    Ok(text)
}

fn diagnose(args: &Args) -> Result<Diagnosis, Error> {
    #[cfg(feature = "aws")]
    if !args.names.is_empty() {
        let deployed = deployed::Deployed::look(&args.names)?;
        return Ok(examined(None, &deployed.functions, &deployed, args));
    }
    let path = args.path.clone().unwrap_or_default();
    if let Some(handler) = &args.handler {
        let function = folder::function(&path, handler, args.env_file.as_deref(), &args.settings)?;
        return Ok(examined(None, &[function], &folder::Alone, args));
    }
    if path.is_dir() {
        return Err(Error::NoHandler(path));
    }
    let template = Template::read(&path)?;
    let functions = template.functions();
    if functions.is_empty() {
        return Err(Error::NoFunction { path, problem: template.why_no_function() });
    }
    let mut diagnosis = examined(Some(path.display().to_string()), &functions, &template, args);
    diagnosis.findings.extend(template.loops().map(|name| {
        Finding::advice(
            format!("what {name} makes is not looked at"),
            "look at the functions that are deployed, with --aws",
        )
    }));
    Ok(diagnosis)
}

fn examined(template: Option<String>, all: &[Function], around: &dyn Surroundings, args: &Args) -> Diagnosis {
    // In a template stand others, too; what was named by itself is meant.
    let is_meant = |function: &&Function| template.is_none() || checks::is_involved(function, all);
    let involved: Vec<&Function> = all.iter().filter(is_meant).collect();
    let functions = involved
        .iter()
        .map(|function| Examined {
            function: function.name.clone(),
            handler: function.handler.clone(),
            next: function.next().iter().map(|next| name_of(next, all)).collect(),
            findings: checks::examine(function, all, around, &args.options),
        })
        .collect();
    Diagnosis { template, functions, findings: checks::whole(&involved, all.len()).into_iter().collect() }
}

impl Diagnosis {
    fn all(&self) -> impl Iterator<Item = &Finding> {
        self.functions.iter().flat_map(|function| &function.findings).chain(&self.findings)
    }

    fn text(&self, paint: Paint) -> String {
        let mut text = String::new();
        for function in &self.functions {
            let arrow =
                if function.next.is_empty() { String::new() } else { format!(" → {}", function.next.join(", ")) };
            let handler = function.handler.as_deref().map_or(String::new(), |handler| format!("  {handler}"));
            text += &paint.paint(Style::Strong, &clean(&format!("{}{arrow}", function.function)));
            text += &paint.paint(Style::Faint, &clean(&handler));
            text += "\n";
            listed(&mut text, &function.findings, paint);
            text += "\n";
        }
        listed(&mut text, &self.findings, paint);
        let count = |kind| self.all().filter(|finding| finding.kind == kind).count();
        let (problems, advice) = (Count(count(Kind::Problem), "problem"), count(Kind::Advice));
        let _ = writeln!(text, "{problems}, {advice} to think about");
        text
    }
}

fn listed(text: &mut String, findings: &[Finding], paint: Paint) {
    for finding in findings {
        let (mark, style) = match finding.kind {
            Kind::Fine => ("✓", Style::Good),
            Kind::Advice => ("!", Style::Warning),
            Kind::Problem => ("✗", Style::Bad),
        };
        let _ = writeln!(text, "  {} {}", paint.paint(style, mark), clean(&finding.what));
        if let Some(help) = &finding.help {
            let _ = writeln!(text, "    {}", paint.paint(Style::Help, &clean(help)));
        }
        for note in &finding.notes {
            let _ = writeln!(text, "    {}", paint.paint(Style::Faint, &clean(note)));
        }
    }
}

struct Count(usize, &'static str);

impl fmt::Display for Count {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}
