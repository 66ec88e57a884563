//! A function's folder, and the settings that it is to have.

use std::{collections::BTreeMap, path::Path};

use super::{
    Error,
    chain::{Function, Place},
    checks::{Layer, Looked, Surroundings},
    code::Code,
    policy::Permissions,
    value::{Piece, Value},
};

const UNSEEN: &str = "there is only a folder to look at";

/// What can be seen of a folder's surroundings: nothing.
pub struct Alone;

impl Surroundings for Alone {
    fn table(&self, _name: &Value) -> Looked {
        Looked::Unknown(UNSEEN.to_owned())
    }

    fn layer(&self, layer: &Value) -> Layer {
        Layer { name: layer.to_string(), architectures: Vec::new(), code: Code::Unseen(UNSEEN.to_owned()) }
    }
}

/// `settings` stand before those of the file.
pub fn function(
    folder: &Path,
    handler: &str,
    file: Option<&Path>,
    settings: &[(String, String)],
) -> Result<Function, Error> {
    let mut variables = file.map(settings_in).transpose()?.unwrap_or_default();
    variables.extend(settings.iter().cloned());
    let name = folder.display().to_string();
    Ok(Function {
        deployed_name: Piece::Resource(name.clone()).into(),
        name,
        place: Place::default(),
        handler: Some(handler.to_owned()),
        runtime: None,
        is_image: false,
        code: Code::at(folder)?,
        layers: None,
        variables: variables.into_iter().map(|(name, value)| (name, Value::text(value))).collect(),
        unseen_variables: None,
        timeout: None,
        is_in_vpc: false,
        architecture: String::new(),
        permissions: Permissions::unknown(),
    })
}

/// `NAME=VALUE`, as on the command line.
pub fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("it must be NAME=VALUE".to_owned()),
    }
}

/// Lines of `NAME=VALUE`, as Docker's `--env-file` takes them; empty ones and those that begin with `#` do not count.
fn settings_in(file: &Path) -> Result<BTreeMap<String, String>, Error> {
    let text = super::read(file)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.trim().starts_with('#'));
    lines
        .map(|(number, line)| {
            setting(line).map_err(|problem| Error::Line { path: file.to_owned(), line: number + 1, problem })
        })
        .collect()
}
