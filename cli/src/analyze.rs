//! `unum-streaming analyze`: from which line each field streams, or which line prevents it.

mod block;
mod check;
mod listing;
mod notes;
mod paths;
mod summary;

use std::{fmt::Display, io, path::PathBuf, process::ExitCode};

use serde::Serialize;
use unum_transformer::{Report, Transformation};

use self::{paths::File, summary::Summary};
use crate::{
    color::{Color, Paint},
    module::{self, Format, Module, Options},
    output,
    progress::Progress,
    source::Source,
    text,
};

/// Something was asked for that cannot be analysed.
const FAILED: u8 = 2;
/// `--check` or `--require` does not hold.
const UNMET: u8 = 1;

const EXIT_CODES: &str = "\
Exit codes:
  0  everything was analysed, whether or not it streams
  1  --check or --require does not hold
  2  wrong usage, no handler found, or a file that cannot be read or analysed;
     the others are analysed all the same";

#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    /// Python modules, folders of them, or patterns such as 'src/**/*.py'; `-` reads a module from standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// Handler as Lambda names it: `app.lambda_handler`, or the function alone, which is what counts; may be given
    /// several times
    #[arg(long = "handler", value_name = "NAME", default_value = "lambda_handler", value_parser = module::handler)]
    handlers: Vec<String>,

    #[command(flatten)]
    options: Options,

    /// Exit with 1 if a handler does not stream at all
    #[arg(long)]
    check: bool,

    /// Exit with 1 unless every handler publishes this field early; may be given several times
    #[arg(long, value_name = "FIELD")]
    require: Vec<String>,

    /// Print only the table, one line per handler
    #[arg(long, conflicts_with = "format")]
    summary: bool,

    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// When to colour the output; `auto`: on a terminal, unless `NO_COLOR` is set
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Document {
    Report {
        file: String,
        #[serde(flatten)]
        report: Report,
    },
    Error {
        file: String,
        error: String,
        line: Option<u32>,
    },
}

pub fn run(args: &Args) -> io::Result<ExitCode> {
    let (files, errors) = find(&args.paths);
    let mut analysis = Analysis::new(args, &files);
    for error in &errors {
        analysis.path_error(error);
    }
    let progress = Progress::start("analysing", Some(files.len()));
    for file in &files {
        analysis.file(file)?;
        progress.step();
    }
    drop(progress);
    analysis.finish()
}

fn find(paths: &[PathBuf]) -> (Vec<File>, Vec<paths::Error>) {
    let _progress = Progress::start("looking for modules", None);
    paths::find(paths)
}

/// What has been seen so far.
struct Analysis<'a> {
    args: &'a Args,
    /// Functions to look for.
    handlers: Vec<&'a str>,
    paint: Paint,
    /// Columns of the terminal.
    width: usize,
    summary: Summary,
    documents: Vec<Document>,
    /// One handler of one module, and no other, was asked for.
    alone: bool,
    unmet: Vec<String>,
    failed: bool,
}

impl<'a> Analysis<'a> {
    fn new(args: &'a Args, files: &[File]) -> Self {
        let mut handlers = Vec::new();
        for handler in args.handlers.iter().map(|handler| module::function_name(handler)) {
            if !handlers.contains(&handler) {
                handlers.push(handler);
            }
        }
        let alone = args.paths.len() == 1 && handlers.len() == 1 && matches!(files, [file] if file.named);
        Self {
            args,
            handlers,
            paint: Paint(args.color.on_stdout()),
            width: text::terminal_columns().into(),
            summary: Summary::default(),
            documents: Vec::new(),
            alone,
            unmet: Vec::new(),
            failed: false,
        }
    }

    fn file(&mut self, file: &File) -> io::Result<()> {
        let module = match Module::read(&file.path) {
            Ok(module) => module,
            Err(error) => {
                self.error(&error);
                return Ok(());
            }
        };
        let mut missing = None;
        let before = self.summary.handlers();
        for handler in self.handlers.clone() {
            if !file.named && !module.may_define(handler) {
                continue;
            }
            match module.decide(handler, &self.args.options) {
                Ok(transformation) => self.report(&module, transformation)?,
                Err(error) if error.is_missing_handler() => missing = missing.or(Some(error)),
                // It concerns the whole module.
                Err(error) => {
                    self.error(&error);
                    return Ok(());
                }
            }
        }
        if self.summary.handlers() > before {
            return Ok(());
        }
        match missing {
            Some(error) if file.named => self.error(&error),
            _ => self.summary.left_out += 1,
        }
        Ok(())
    }

    fn report(&mut self, module: &Module, transformation: Transformation) -> io::Result<()> {
        let source = Source::of(&transformation, &module.source);
        let report = transformation.report;
        let file = module.path.to_string_lossy();
        self.unmet.extend(check::unmet(&file, &report, self.args.check, &self.args.require));
        if self.args.format == Format::Text && !self.args.summary {
            let gap = if self.summary.handlers() == 0 { "" } else { "\n" };
            let block = block::describe(&file, &report, &source, self.paint, self.width);
            output::print(format!("{gap}{block}").as_bytes())?;
        }
        self.summary.report(&file, &report);
        self.documents.push(Document::Report { file: file.into_owned(), report });
        Ok(())
    }

    fn path_error(&mut self, error: &paths::Error) {
        let file = error.path().to_string_lossy().into_owned();
        self.fail(error, Document::Error { file, error: error.to_string(), line: None });
    }

    fn error(&mut self, error: &module::Error) {
        let file = error.path().to_string_lossy().into_owned();
        self.summary.error(&file, &error.problem());
        self.fail(error, Document::Error { file, error: error.problem(), line: error.line() });
    }

    /// An array has room for what went wrong.
    fn fail(&mut self, error: impl Display, document: Document) {
        self.failed = true;
        if self.args.format == Format::Text || self.alone {
            output::complain(error);
        }
        self.documents.push(document);
    }

    fn finish(mut self) -> io::Result<ExitCode> {
        let totals = self.summary.totals(&self.handlers);
        if self.args.format == Format::Json {
            self.print_documents()?;
        } else if self.summary.rows() > 1 || self.args.summary && self.summary.rows() > 0 {
            let gap = if self.args.summary || self.summary.handlers() == 0 { "" } else { "\n" };
            let table = self.summary.table(self.paint, self.width);
            output::print(format!("{gap}{table}\n{totals}\n").as_bytes())?;
        } else if self.summary.handlers() > 0 && self.summary.left_out > 0 {
            output::print(format!("\n{totals}\n").as_bytes())?;
        }
        for unmet in &self.unmet {
            output::complain(unmet);
        }
        if self.summary.rows() == 0 && !self.failed {
            self.failed = true;
            output::complain(format_args!("no handler: {totals}; --handler names another function"));
        }
        Ok(match (self.failed, self.unmet.is_empty()) {
            (true, _) => FAILED.into(),
            (false, false) => UNMET.into(),
            (false, true) => ExitCode::SUCCESS,
        })
    }

    fn print_documents(&self) -> io::Result<()> {
        match self.documents.as_slice() {
            [document @ Document::Report { .. }] if self.alone => output::print_json(document),
            _ if self.alone => Ok(()),
            documents => output::print_json(&documents),
        }
    }
}
