//! Finds the handler's file and transforms it, or says why the handler runs as written.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::Serialize;
use unum_transformer::{Definition, Idle, Modules, OtherModule, ReliedOn, Request, Route, Shift};

use crate::config::Config;

/// The handler's module as the worker shall load it.
#[derive(Debug, Clone)]
pub enum Source {
    Transformed(Box<Transformed>),
    AsWritten(String),
}

#[derive(Debug, Clone)]
pub struct Transformed {
    pub module: String,
    pub path: PathBuf,
    pub text: String,
    /// The name under which the injected calls find the publisher.
    pub injected: String,
    /// Keys of the result, in order.
    pub keys: Vec<String>,
    pub route: Route,
    /// What the insertions do to columns.
    pub shifts: Vec<Shift>,
    pub idle: Vec<Idle>,
    /// Of the publisher's: each is looked at where calls are passed again and again.
    pub guards: u32,
    /// What nothing else may stand in the place of.
    pub relied_on: Vec<ReliedOn>,
    /// What names of the user's must still stand for.
    pub definitions: Vec<Definition>,
    pub summary: String,
}

#[derive(Serialize)]
struct Settings<'a> {
    handler: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    snap_start: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    whole_events: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a Path>,
    #[serde(skip_serializing_if = "Option::is_none")]
    injected: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<&'a Route>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shifts: Option<&'a [Shift]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    idle: Option<&'a [Idle]>,
    guards: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relied_on: Option<&'a [ReliedOn]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    definitions: Option<&'a [Definition]>,
}

impl Source {
    pub fn load(config: &Config) -> Self {
        if let Some(reason) = config.streaming_off() {
            return Self::AsWritten(reason.to_owned());
        }
        let Some((module, function)) = config.handler.rsplit_once('.') else {
            return Self::AsWritten(format!("`{}` names no function in a module", config.handler));
        };
        let module = module.replace('/', ".");
        match read(&config.task_root, &module) {
            Ok(file) => Self::transform(module, file, function, config),
            Err(error) => Self::AsWritten(error),
        }
    }

    fn transform(module: String, file: File, function: &str, config: &Config) -> Self {
        let transformation = unum_transformer::transform(&Request {
            module: &module,
            is_package: file.is_package,
            path: &file.path.to_string_lossy(),
            modules: &TaskRoot(&config.task_root),
            trusted_decorators: &config.trusted_decorators,
            ..Request::new(&file.bytes, function)
        });
        let (report, route) = (transformation.report, transformation.route);
        let guards = transformation.guards;
        let (module, path) =
            transformation.other.map_or((module, file.path), |other| (other.name, PathBuf::from(other.path)));
        let place = report.line.map_or(String::new(), |line| format!(":{line}"));
        let summary = format!("{}{place}: {}", path.display(), report.reason);
        match (transformation.source, report.injected_name) {
            (Some(text), Some(injected)) => Self::Transformed(Box::new(Transformed {
                module,
                path,
                text,
                injected,
                keys: report.keys,
                route,
                shifts: transformation.shifts,
                idle: transformation.idle,
                guards,
                relied_on: transformation.relied_on,
                definitions: transformation.definitions,
                summary,
            })),
            _ => Self::AsWritten(summary),
        }
    }

    /// The worker's init settings, as JSON, and the transformed text (empty: as written).
    pub fn for_worker(&self, handler: &str, config: &Config) -> (Vec<u8>, &str) {
        let transformed = self.transformed();
        let settings = Settings {
            handler,
            snap_start: config.snap_start,
            whole_events: config.whole_events,
            module: transformed.map(|source| source.module.as_str()),
            path: transformed.map(|source| source.path.as_path()),
            injected: transformed.map(|source| source.injected.as_str()),
            keys: transformed.map(|source| source.keys.as_slice()),
            route: transformed.map(|source| &source.route),
            shifts: transformed.map(|source| source.shifts.as_slice()),
            idle: transformed.map(|source| source.idle.as_slice()),
            guards: transformed.map(|source| source.guards),
            relied_on: transformed.map(|source| source.relied_on.as_slice()),
            definitions: transformed.map(|source| source.definitions.as_slice()),
        };
        let text = transformed.map_or("", |source| source.text.as_str());
        (serde_json::to_vec(&settings).unwrap_or_default(), text)
    }

    pub fn transformed(&self) -> Option<&Transformed> {
        match self {
            Self::Transformed(source) => Some(source),
            Self::AsWritten(_) => None,
        }
    }
}

struct File {
    path: PathBuf,
    is_package: bool,
    bytes: Vec<u8>,
}

/// What the handler's module may import from, as far as it is looked at.
struct TaskRoot<'a>(&'a Path);

impl Modules for TaskRoot<'_> {
    fn find(&self, name: &str) -> Option<OtherModule> {
        let file = read(self.0, name).ok()?;
        let path = file.path.to_str()?.to_owned();
        Some(OtherModule { name: name.to_owned(), path, is_package: file.is_package, source: file.bytes })
    }
}

/// The task root is first on Python's path, so the module is here or not ours to look at. A package wins over a module.
fn read(root: &Path, module: &str) -> Result<File, String> {
    let base = root.join(module.replace('.', "/"));
    for (path, is_package) in [(base.join("__init__.py"), true), (base.with_added_extension("py"), false)] {
        match fs::read(&path) {
            Ok(bytes) => return Ok(File { path, is_package, bytes }),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
        }
    }
    Err(format!("there is no source file {}.py", base.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_modules_packages_and_nested_handlers() {
        let root = std::env::temp_dir().join(format!("unum-source-{}", std::process::id()));
        fs::create_dir_all(root.join("pkg/sub")).unwrap();
        for file in ["app.py", "my.app.py", "pkg/__init__.py", "pkg/sub/mod.py"] {
            fs::write(root.join(file), file).unwrap();
        }
        for (module, expected) in [("app", "app.py"), ("pkg", "pkg/__init__.py"), ("pkg.sub.mod", "pkg/sub/mod.py")] {
            assert_eq!(read(&root, module).unwrap().path, root.join(expected));
        }
        assert!(read(&root, "absent").err().unwrap().ends_with("absent.py"));
        fs::remove_dir_all(root).unwrap();
    }
}
