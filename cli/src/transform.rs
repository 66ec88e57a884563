//! `unum-streaming transform`: the module as the worker would run it.

use serde::Serialize;
use unum_transformer::Report;

use crate::{
    module::{Args, Error, Format},
    output,
};

#[derive(Serialize)]
struct Document {
    /// Null: the module runs as written.
    source: Option<String>,
    report: Report,
}

pub fn run(args: &Args) -> Result<(), Error> {
    let analysed = args.analyse()?;
    let transformation = analysed.transformation;
    match (args.format, transformation.source) {
        (Format::Json, source) => output::print_json(&Document { source, report: transformation.report })?,
        (Format::Text, Some(source)) => output::print(source.as_bytes())?,
        (Format::Text, None) => {
            let report = &transformation.report;
            let place = report.line.map(|line| format!(" (line {line})")).unwrap_or_default();
            eprintln!("unum-streaming: {} runs as written: {}{place}", args.file.display(), report.reason);
            output::print(&analysed.source)?;
        }
    }
    Ok(())
}
