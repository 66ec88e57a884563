//! What the transformer says of the handler.

use std::path::PathBuf;

use unum_transformer::{Report, Verdict};

use crate::{
    doctor::{Finding, Kind, chain::Function, code::Code},
    module::{Module, Options, Place},
};

const MEND: &str = "mend the file, or the function's handler";

pub fn check(function: &Function, options: &Options) -> Finding {
    let found = of_handler(function, options);
    // A variable may trust a decorator.
    let is_certain = found.kind != Kind::Problem || function.unseen_variables.is_none();
    if is_certain { found } else { Finding { kind: Kind::Advice, ..found } }
}

fn of_handler(function: &Function, options: &Options) -> Finding {
    if function.text("UNUM_STREAMING").is_some_and(|text| text.eq_ignore_ascii_case("off")) {
        return Finding::advice(
            "its result goes to next whole, at the return: UNUM_STREAMING is off",
            "set it to auto",
        );
    }
    if let Code::Unseen(why) = &function.code {
        return unknown(why);
    }
    let Some(handler) = function.handler.as_deref() else {
        return unknown("its handler is not said here");
    };
    let Some((module, name)) = handler.rsplit_once('.') else {
        return Finding::problem(
            format!("its handler is `{handler}`, which names no function in a module"),
            "it is the module's name, a dot and the function's: app.handler",
        );
    };
    let found = match function.code.module(&module.replace('/', ".")) {
        Ok(Some(found)) => found,
        Ok(None) => return missing(function, module),
        Err(error) => return Finding::problem(error.to_string(), MEND),
    };
    let place = Place { module: found.name, is_package: found.is_package };
    let module = Module { path: PathBuf::from(found.path), source: found.source };
    let trusted = function.text("UNUM_TRUST_DECORATORS").map_or_else(Vec::new, unum_settings::list);
    let options = Options { trusted_decorators: [options.trusted_decorators.clone(), trusted].concat() };
    match module.decide_among(name, &options, &place, &function.code) {
        Ok(decided) => {
            let elsewhere = decided.other.map(|other| other.path).or_else(|| decided.report.module.clone());
            described(&decided.report, &elsewhere.unwrap_or_else(|| module.path.display().to_string()))
        }
        Err(error) => Finding::problem(error.to_string(), MEND),
    }
}

fn unknown(why: &str) -> Finding {
    Finding::advice(
        format!("what it would stream cannot be told: {why}"),
        "try `unum-streaming analyze` on the handler's file",
    )
}

fn missing(function: &Function, module: &str) -> Finding {
    let module = module.replace('.', "/");
    let what = format!("its code has no {module}.py and no {module}/__init__.py");
    if function.layers.as_ref().is_some_and(|layers| layers.len() > 1) {
        return unknown(&format!("{what}; another layer may have it"));
    }
    Finding::problem(what, "mend the function's handler, or the folder of its code")
}

fn described(report: &Report, file: &str) -> Finding {
    if !report.can_stream {
        let place = report.line.map_or(file.to_owned(), |line| format!("{file}:{line}"));
        let help = report.help.clone();
        let help = help.unwrap_or_else(|| "`unum-streaming analyze` on the file shows the place".to_owned());
        return Finding::problem(format!("nothing streams: {place}: {}", report.reason), help)
            .with_notes(late(report, file));
    }
    let with = |verdict| {
        let fields = report.fields.iter().filter(|field| field.verdict == verdict);
        fields.map(|field| field.field_name.clone()).collect::<Vec<_>>().join(", ")
    };
    let what = match with(Verdict::AtReturn) {
        none if none.is_empty() => format!("streams {}", with(Verdict::Published)),
        late => format!("streams {}; at the return: {late}", with(Verdict::Published)),
    };
    Finding::fine(what).with_notes(late(report, file))
}

/// Why each field that does not go ahead does not.
fn late(report: &Report, file: &str) -> Vec<String> {
    let late = report.fields.iter().filter(|field| field.verdict == Verdict::AtReturn);
    late.map(|field| {
        let line = field.reason_line.map_or_else(String::new, |line| format!(":{line}"));
        let help = field.help.as_ref().map_or_else(String::new, |help| format!("; {help}"));
        format!("{}: {file}{line}: {}{help}", field.field_name, field.reason)
    })
    .collect()
}
