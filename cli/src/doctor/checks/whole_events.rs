//! Packages that make a receiver wait for its whole event, as far as the text of its module tells.

use unum_transformer::OtherModule;

use super::is_next;
use crate::doctor::{Finding, chain::Function};

/// As `PAST_METHODS` in the layer's worker.py.
const PAST_METHODS: &str = "_ioncmodule _upb bson cbor2 cel deepdiff duckdb immutables joblib jsonpickle \
                            jsonschema_rs kuzu lupa msgspec oracledb orjson ormsgpack pandas pikepdf polars pyarrow \
                            pydantic_core rapidjson rtoml tantivy ujson yyjson";
/// It loads `pydantic_core`.
const PYDANTIC: &str = "pydantic";

pub fn check(function: &Function, all: &[Function]) -> Option<Finding> {
    if function.has("UNUM_WHOLE_EVENTS") || !is_next(function, all) {
        return None;
    }
    let OtherModule { path, source, .. } = function.handler_module()?;
    let source = String::from_utf8_lossy(&source);
    let (index, package) = source.lines().enumerate().find_map(|(index, line)| Some((index, imported(line)?)))?;
    Some(Finding::advice(
        format!("{path}:{} imports {package}: its handler begins when all fields of its event are there", index + 1),
        "see \"Limits\" in the README; UNUM_WHOLE_EVENTS is the setting",
    ))
}

/// The package of these that the line imports.
fn imported(line: &str) -> Option<&str> {
    let mut words = line.split([' ', '\t', ',', ';']).filter(|word| !word.is_empty());
    let modules: Vec<&str> = match words.next()? {
        "from" => words.take(1).collect(),
        "import" => words.collect(),
        _ => return None,
    };
    let mut packages = modules.iter().filter_map(|module| module.split('.').next());
    packages.find(|name| *name == PYDANTIC || PAST_METHODS.split(' ').any(|known| known == *name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_packages_that_the_worker_knows() {
        let worker = include_str!("../../../../layer/python/unum_streaming/worker.py");
        let (_, list) = worker.split_once("PAST_METHODS = frozenset(").unwrap();
        let (list, _) = list.split_once(".split()").unwrap();
        let texts: String = list.split('"').skip(1).step_by(2).collect();
        assert_eq!(texts, PAST_METHODS);
    }

    #[test]
    fn tells_what_is_imported() {
        for (line, package) in [
            ("import pandas as pd", Some("pandas")),
            ("import os, orjson", Some("orjson")),
            ("    from pydantic.v1 import BaseModel", Some("pydantic")),
            ("from .pandas import frame", None),
            ("from mine import pandas", None),
            ("import mine.", None),
            ("# import pandas", None),
            ("", None),
        ] {
            assert_eq!(imported(line), package, "{line}");
        }
    }
}
