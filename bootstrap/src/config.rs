//! Every environment variable and the command line, read once.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    num::NonZeroU16,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use unum_settings::{self as settings, StartAfter, function::Function};

use crate::{log::Form, signature::Keys};

/// DynamoDB keeps a field at least this long.
const DEFAULT_TTL: Duration = Duration::from_hours(24);

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{name} is not set: this program is started by AWS Lambda, as AWS_LAMBDA_EXEC_WRAPPER or as the runtime")]
    NotOnLambda { name: &'static str },
    #[error("{name} is `{value}`; {expected}")]
    Invalid { name: &'static str, value: String, expected: &'static str },
    #[error(transparent)]
    Setting(#[from] settings::Error),
    #[error("UNUM_SIGNING_KEY_PREVIOUS is set without UNUM_SIGNING_KEY: set that one, or take both away")]
    LonePreviousKey,
    #[error(
        "UNUM_NEXT names `{name}`, and that is this function itself: it would start itself again with each result; set \
         UNUM_ALLOW_RECURSION=true if that is meant to be"
    )]
    Recursion { name: String },
    #[error("UNUM_NEXT names the same function twice, as `{first}` and as `{second}`: it would get each result twice")]
    Twice { first: String, second: String },
    #[error("no Python interpreter found on PATH; set UNUM_PYTHON to the one that runs the handler")]
    NoPython,
    #[error("the layer's Python files are not at {}; the layer is incomplete", .0.display())]
    NoWorker(PathBuf),
    #[error("cannot start {}: {source}", .program.display())]
    Exec { program: PathBuf, source: std::io::Error },
}

/// What this process was started for.
pub enum Start {
    Version,
    /// Lambda started us as a wrapper of something that is not Python: not ours to run.
    Other(Vec<OsString>),
    Runtime(RuntimeStart),
}

/// What the platform fixes before any setting is read.
#[derive(Debug)]
pub struct RuntimeStart {
    /// Host and port of the Runtime API.
    pub runtime_api: String,
    pub python: PathBuf,
    /// Options of the interpreter itself, such as `-O`.
    pub python_options: Vec<OsString>,
    /// The script that starts the worker.
    pub worker: PathBuf,
    /// Another layer's wrapper script: it is started with the interpreter's command line as its arguments.
    pub wrapper: Option<PathBuf>,
    /// Managed Instances: so many invocations may run at a time.
    pub concurrency: Option<NonZeroU16>,
    /// Where each of several workers gets its stdout and stderr from; ours otherwise.
    pub output_socket: Option<PathBuf>,
}

impl RuntimeStart {
    /// What starts the worker, and its arguments: the interpreter, or the wrapper around it.
    pub fn command(&self) -> (&Path, Vec<&OsStr>) {
        let interpreter = [self.python.as_os_str()];
        let script = self.python_options.iter().map(OsString::as_os_str).chain([self.worker.as_os_str()]);
        match &self.wrapper {
            Some(wrapper) => (wrapper, interpreter.into_iter().chain(script).collect()),
            None => (&self.python, script.collect()),
        }
    }
}

/// The settings of one function.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "one for each setting that is on or off")]
pub struct Config {
    /// Lambda's handler setting, such as `app.lambda_handler`.
    pub handler: String,
    /// The folder of the function's code.
    pub task_root: PathBuf,
    pub function_name: String,
    /// Names or ARNs of the functions that the result goes to.
    pub next: Vec<String>,
    /// The field store's table.
    pub table: Option<String>,
    pub streaming: bool,
    /// Decorators that call the handler once and give its result back unchanged, as they are written.
    pub trusted_decorators: Vec<String>,
    /// The chain starts here: an envelope in the event is data.
    pub entry: bool,
    /// Envelopes are signed, and only signed ones are taken.
    pub signing_keys: Option<Keys>,
    /// A run that has completed is answered from its recorded result.
    pub checkpoint: bool,
    /// Nothing is reported, and no result is whole, before the source's own stream is.
    pub strict: bool,
    /// Which fields are ready before next is invoked early.
    pub start_after: StartAfter,
    /// Longest wait for one field; the reader's own deadline always holds.
    pub resolve_timeout: Option<Duration>,
    /// `always` or `never`, whatever packages the function has loaded; None: as they need it.
    pub whole_events: Option<&'static str>,
    /// How long the field store keeps a field.
    pub ttl: Duration,
    pub log_level: tracing::Level,
    /// One line of CloudWatch metrics for each invocation.
    pub metrics: bool,
    /// What each invocation did as X-Ray subsegments.
    pub traces: bool,
    /// Where X-Ray's daemon listens, as Lambda says it.
    pub xray_daemon: Option<String>,
    /// Lambda takes a snapshot of this environment when its init is over, and restores it later.
    pub snap_start: bool,
}

/// Reads the command line: on a managed runtime it is the interpreter and AWS's own bootstrap.
pub fn start(arguments: impl Iterator<Item = OsString>) -> Result<Start, ConfigError> {
    let arguments: Vec<OsString> = arguments.collect();
    if arguments.first().is_some_and(|first| first == "--version") {
        return Ok(Start::Version);
    }
    if arguments.first().is_some_and(|program| !is_python(program)) {
        return Ok(Start::Other(arguments));
    }
    let mut arguments = arguments.into_iter();
    let python = match arguments.next() {
        Some(python) => PathBuf::from(python),
        None => find_python()?,
    };
    Ok(Start::Runtime(RuntimeStart {
        runtime_api: platform("AWS_LAMBDA_RUNTIME_API")?,
        python,
        python_options: python_options(arguments),
        worker: find_worker()?,
        wrapper: find_wrapper()?,
        concurrency: concurrency()?,
        output_socket: text("_LAMBDA_TELEMETRY_LOG_FD_PROVIDER_SOCKET").map(PathBuf::from),
    }))
}

/// Everything up to the script is for the interpreter; the script is AWS's runtime, whose place we take.
fn python_options(mut arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut options = Vec::new();
    while let Some(option) = arguments.next().filter(|argument| argument.as_encoded_bytes().starts_with(b"-")) {
        // `-X importtime` is two words, `-Ximporttime` one.
        let takes_a_value = ["-W", "-X", "--check-hash-based-pycs"].iter().any(|&name| option == name);
        options.push(option);
        options.extend(if takes_a_value { arguments.next() } else { None });
    }
    options
}

/// Where errors can be reported to, whatever else is wrong.
pub fn runtime_api() -> Option<String> {
    text("AWS_LAMBDA_RUNTIME_API")
}

/// How log lines are to look, as Lambda's setting for that says.
pub fn log_form() -> Form {
    match text("AWS_LAMBDA_LOG_FORMAT") {
        Some(form) if form.eq_ignore_ascii_case("json") => Form::Json,
        _ => Form::Text,
    }
}

/// Becomes `command`; returns only if that fails.
pub fn replace_process(command: Vec<OsString>) -> ConfigError {
    let mut words = command.into_iter();
    let program = PathBuf::from(words.next().unwrap_or_default());
    let source = Command::new(&program).args(words).exec();
    ConfigError::Exec { program, source }
}

impl Config {
    pub fn from_env() -> Result<Self, ConfigError> {
        let handler = platform("_HANDLER")?;
        let task_root = match text("LAMBDA_TASK_ROOT") {
            Some(root) => PathBuf::from(root),
            None => env::current_dir().unwrap_or_else(|_| PathBuf::from("/var/task")),
        };
        let function_name = text("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|| "function".to_owned());
        let next = read("UNUM_NEXT", settings::functions)?.unwrap_or_default();
        let may_recurse = flag("UNUM_ALLOW_RECURSION")?;
        check_next(&next, Some(function_name.as_str()).filter(|_| !may_recurse), text("AWS_REGION").as_deref())?;
        let table = read("UNUM_TABLE", as_it_is)?;
        Ok(Self {
            handler,
            task_root,
            function_name,
            next,
            checkpoint: with_table("UNUM_CHECKPOINT", table.as_deref())?,
            strict: with_table("UNUM_STRICT", table.as_deref())?,
            table,
            streaming: one_of("UNUM_STREAMING", &settings::STREAMING)? != Some("off"),
            trusted_decorators: read("UNUM_TRUST_DECORATORS", as_it_is)?
                .map_or_else(Vec::new, |names| settings::list(&names)),
            entry: flag("UNUM_ENTRY")?,
            signing_keys: signing_keys()?,
            start_after: read("UNUM_START_AFTER", settings::start_after)?.unwrap_or(StartAfter::Count(1)),
            resolve_timeout: number("UNUM_RESOLVE_TIMEOUT_MS")?.map(Duration::from_millis),
            whole_events: one_of("UNUM_WHOLE_EVENTS", &settings::WHOLE_EVENTS)?.filter(|choice| *choice != "auto"),
            ttl: read("UNUM_TTL_SECONDS", settings::ttl_seconds)?.map_or(DEFAULT_TTL, Duration::from_secs),
            log_level: one_of("UNUM_LOG", &settings::LOG)?
                .and_then(|level| level.parse().ok())
                .unwrap_or(tracing::Level::INFO),
            metrics: one_of("UNUM_METRICS", &settings::METRICS)? == Some("emf"),
            traces: one_of("UNUM_TRACES", &settings::TRACES)? == Some("xray"),
            xray_daemon: text("AWS_XRAY_DAEMON_ADDRESS"),
            snap_start: text("AWS_LAMBDA_INITIALIZATION_TYPE").as_deref() == Some("snap-start"),
        })
    }

    /// Why the handler runs as written, before anyone looks at its source.
    pub fn streaming_off(&self) -> Option<&'static str> {
        if !self.streaming {
            Some("UNUM_STREAMING is off")
        } else if self.next.is_empty() {
            Some("UNUM_NEXT is not set")
        } else if self.table.is_none() {
            Some("UNUM_TABLE is not set")
        } else {
            None
        }
    }
}

/// `itself` is this function's name, where next must not be this function.
fn check_next(next: &[String], itself: Option<&str>, region: Option<&str>) -> Result<(), ConfigError> {
    let itself = itself.map(|name| Function { region, account: None, name, qualifier: None });
    for (number, name) in next.iter().enumerate() {
        let function = Function::parse(&name.as_str());
        if itself.as_ref().is_some_and(|itself| itself.may_be(&function, PartialEq::eq)) {
            return Err(ConfigError::Recursion { name: name.clone() });
        }
        let same = |earlier: &&String| Function::parse(&earlier.as_str()).may_be_same_version(&function, PartialEq::eq);
        if let Some(first) = next[..number].iter().find(same) {
            return Err(ConfigError::Twice { first: first.clone(), second: name.clone() });
        }
    }
    Ok(())
}

fn signing_keys() -> Result<Option<Keys>, ConfigError> {
    match (read("UNUM_SIGNING_KEY", settings::key)?, read("UNUM_SIGNING_KEY_PREVIOUS", settings::key)?) {
        (Some(current), previous) => Ok(Some(Keys::new(&current, previous.as_deref()))),
        (None, Some(_)) => Err(ConfigError::LonePreviousKey),
        (None, None) => Ok(None),
    }
}

/// A variable that is set and not empty; what is not UTF-8 in it is replaced.
fn text(name: &'static str) -> Option<String> {
    let value = env::var_os(name)?;
    Some(value.to_string_lossy().trim().to_owned()).filter(|value| !value.is_empty())
}

fn platform(name: &'static str) -> Result<String, ConfigError> {
    text(name).ok_or(ConfigError::NotOnLambda { name })
}

/// A setting by its rule; `None` where it is not set.
fn read<T>(
    name: &'static str,
    rule: impl FnOnce(&str, &str) -> Result<T, settings::Error>,
) -> Result<Option<T>, settings::Error> {
    // What replaces other bytes is the same for all of them: no key may be made of that.
    if env::var_os(name).is_some_and(|value| value.to_str().is_none()) {
        return Err(settings::Error::NotText { name: name.to_owned() });
    }
    text(name).map(|value| rule(name, &value)).transpose()
}

#[expect(clippy::unnecessary_wraps, reason = "a rule that refuses nothing")]
fn as_it_is(_name: &str, value: &str) -> Result<String, settings::Error> {
    Ok(value.to_owned())
}

fn number(name: &'static str) -> Result<Option<u64>, settings::Error> {
    read(name, |name, value| settings::number(name, value, 1))
}

fn flag(name: &'static str) -> Result<bool, settings::Error> {
    Ok(read(name, settings::flag)?.unwrap_or(false))
}

fn one_of(name: &'static str, choices: &[&'static str]) -> Result<Option<&'static str>, settings::Error> {
    read(name, |name, value| settings::one_of(name, value, choices))
}

/// A flag that means nothing without the field store.
fn with_table(name: &'static str, table: Option<&str>) -> Result<bool, ConfigError> {
    match flag(name)? {
        true if table.is_none() => Err(ConfigError::Invalid {
            name,
            value: "true".to_owned(),
            expected: "it needs the field store: set UNUM_TABLE, too",
        }),
        chosen => Ok(chosen),
    }
}

fn is_python(program: &OsStr) -> bool {
    Path::new(program).file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"python"))
}

fn find_python() -> Result<PathBuf, ConfigError> {
    if let Some(python) = text("UNUM_PYTHON") {
        let python = PathBuf::from(python);
        return if is_program(&python) {
            Ok(python)
        } else {
            Err(ConfigError::Invalid {
                name: "UNUM_PYTHON",
                value: python.display().to_string(),
                expected: "no program is there; it must be the path of a Python interpreter",
            })
        };
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .map(|folder| folder.join("python3"))
        .find(|python| is_program(python))
        .ok_or(ConfigError::NoPython)
}

fn concurrency() -> Result<Option<NonZeroU16>, ConfigError> {
    const NAME: &str = "AWS_LAMBDA_MAX_CONCURRENCY";
    let Some(value) = text(NAME) else { return Ok(None) };
    match value.parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => {
            Err(ConfigError::Invalid { name: NAME, value, expected: "it must be a whole number from 1 to 65535" })
        }
    }
}

fn find_wrapper() -> Result<Option<PathBuf>, ConfigError> {
    const NAME: &str = "UNUM_EXEC_WRAPPER";
    let Some(value) = text(NAME) else { return Ok(None) };
    let wrapper = PathBuf::from(&value);
    let expected = if !wrapper.is_absolute() || !is_program(&wrapper) {
        "it must be the full path of a wrapper script that can be executed"
    } else if wrapper.canonicalize().ok() == env::current_exe().ok() {
        "that is this layer's own program; it must be another layer's wrapper script"
    } else if was_started_by_itself() {
        "that script starts this layer's program again and again; it must start its arguments: `exec \"$@\"`"
    } else {
        return Ok(Some(wrapper));
    };
    Err(ConfigError::Invalid { name: NAME, value, expected })
}

/// Whether this program is an ancestor of this process.
fn was_started_by_itself() -> bool {
    const MOST_ANCESTORS: usize = 64;
    let parent_of = |&process: &u32| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // Behind the name, which may hold anything: the state, then the parent.
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
    };
    let Ok(own) = env::current_exe() else { return false };
    std::iter::successors(Some(std::os::unix::process::parent_id()), parent_of)
        .take_while(|&process| process != 0)
        .take(MOST_ANCESTORS)
        .any(|process| fs::read_link(format!("/proc/{process}/exe")).is_ok_and(|program| program == own))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

/// The worker stands beside this binary: `/opt/bootstrap` and `/opt/python/unum_streaming`.
fn find_worker() -> Result<PathBuf, ConfigError> {
    let layer = env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_path_buf)).unwrap_or_default();
    let worker = layer.join("python/unum_streaming/start.py");
    if worker.is_file() { Ok(worker) } else { Err(ConfigError::NoWorker(worker)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_is_neither_this_function_nor_one_function_twice() {
        const ARN: &str = "arn:aws:lambda:eu-west-1:123456789012:function:f";
        for (next, expected) in [
            ("f", "names `f`, and that is this function itself"),
            ("g,f:live", "names `f:live`, and"),
            (ARN, "this function itself"),
            ("123456789012:function:f", "this function itself"),
            ("g,g", "as `g` and as `g`"),
            ("g,h,g:$LATEST", "as `g` and as `g:$LATEST`"),
            ("g:1,123456789012:function:g:1", "as `g:1` and as `123456789012:function:g:1`"),
            ("g:1,g:2", ""),
            (&ARN.replace("eu-west-1", "us-east-1"), ""),
        ] {
            let checked = check_next(&settings::list(next), Some("f"), Some("eu-west-1"));
            match checked {
                Ok(()) => assert_eq!(expected, "", "{next}"),
                Err(error) => {
                    assert!(!expected.is_empty() && error.to_string().contains(expected), "{next}: {error}");
                }
            }
        }
        assert!(check_next(&settings::list("f"), None, None).is_ok());
    }

    #[test]
    fn keeps_the_options_of_the_interpreter() {
        for (arguments, expected) in [
            ("/var/runtime/bootstrap.py", ""),
            ("-O /var/runtime/bootstrap.py", "-O"),
            ("-X importtime -B -W ignore -Xdev /var/runtime/bootstrap.py -h", "-X importtime -B -W ignore -Xdev"),
        ] {
            let options = python_options(arguments.split(' ').map(OsString::from));
            assert_eq!(options.join(OsStr::new(" ")), expected, "{arguments}");
        }
    }

    #[test]
    fn knows_python_by_its_file_name() {
        for (program, expected) in
            [("/var/lang/bin/python3.12", true), ("python3", true), ("/usr/bin/node", false), ("/opt/python/x", false)]
        {
            assert_eq!(is_python(OsStr::new(program)), expected, "{program}");
        }
    }
}
