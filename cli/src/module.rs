//! The module that `analyze` and `transform` look at.

use std::{fs, io, path::PathBuf};

use clap::ValueEnum;
use unum_transformer::{InputError, Transformation};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Python module that holds the handler
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Handler as Lambda names it: `app.lambda_handler`, or the function alone
    #[arg(long, value_name = "NAME", default_value = "lambda_handler")]
    pub handler: String,

    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
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
    #[error("cannot analyse {}: {source}", path.display())]
    Input { path: PathBuf, source: InputError },
    #[error("cannot write the output: {0}")]
    Write(#[from] io::Error),
}

/// A module's bytes and what was decided about it.
pub struct Analysed {
    pub source: Vec<u8>,
    pub transformation: Transformation,
}

impl Args {
    pub fn analyse(&self) -> Result<Analysed, Error> {
        let path = || self.file.clone();
        let source = fs::read(&self.file).map_err(|source| Error::Read { path: path(), source })?;
        let function = self.handler.rsplit('.').next().unwrap_or_default();
        let transformation = unum_transformer::try_transform(&source, function)
            .map_err(|source| Error::Input { path: path(), source })?;
        Ok(Analysed { source, transformation })
    }
}
