//! What well-known functions do with the values that they are given: one table, to read and to extend.
//!
//! An entry says that the function neither changes nor keeps its arguments, as long as these are what JSON can hold.

/// What comes back from a call that leaves its arguments alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// Nothing of the arguments.
    Fresh,
    /// A new container or iterator with pieces of the arguments.
    Holder,
    /// Perhaps an argument itself, or a piece of one.
    Piece,
    /// A number; with a second argument to begin with, perhaps that one.
    Total,
}

use Gives::{Fresh, Holder, Piece, Total};

/// Python's own functions, by name.
pub fn builtin(name: &str) -> Option<Gives> {
    Some(match name {
        "abs" | "all" | "any" | "ascii" | "bin" | "bool" | "bytes" | "callable" | "chr" | "complex" | "divmod"
        | "float" | "format" | "hash" | "hex" | "id" | "int" | "isinstance" | "len" | "oct" | "ord" | "pow"
        | "print" | "range" | "repr" | "round" | "str" | "type" => Fresh,
        "dict" | "enumerate" | "filter" | "frozenset" | "iter" | "list" | "map" | "reversed" | "set" | "slice"
        | "sorted" | "tuple" | "zip" => Holder,
        "max" | "min" | "next" => Piece,
        "sum" => Total,
        _ => return None,
    })
}

/// Functions of modules, by dotted path as they are imported.
#[expect(clippy::unnested_or_patterns, clippy::match_same_arms, reason = "a line for each module")]
pub fn function(path: &str) -> Option<Gives> {
    let (module, name) = path.rsplit_once('.')?;
    Some(match (module, name) {
        ("json", "dumps")
        | ("copy", "deepcopy")
        | ("base64", "b64encode" | "b64decode" | "urlsafe_b64encode" | "urlsafe_b64decode")
        | ("binascii", "crc32" | "hexlify" | "unhexlify")
        | ("bisect", "bisect" | "bisect_left" | "bisect_right")
        | ("cmath", _)
        | ("decimal", "Decimal")
        | ("fractions", "Fraction")
        | ("hashlib", "md5" | "sha1" | "sha256" | "sha512" | "blake2b")
        | ("html", "escape" | "unescape")
        | ("random", "Random" | "random" | "randint" | "seed" | "uniform")
        | ("re", "compile" | "escape" | "findall" | "fullmatch" | "match" | "search" | "split" | "sub")
        | ("string", "capwords")
        | ("textwrap", "dedent" | "fill" | "indent" | "shorten" | "wrap")
        | (
            "time",
            "asctime" | "ctime" | "gmtime" | "localtime" | "mktime" | "monotonic" | "monotonic_ns" | "perf_counter"
            | "perf_counter_ns" | "process_time" | "process_time_ns" | "sleep" | "strftime" | "strptime"
            | "thread_time" | "time" | "time_ns",
        )
        | ("unicodedata", _)
        | (
            "urllib.parse",
            "quote" | "quote_plus" | "unquote" | "unquote_plus" | "urlencode" | "urlparse" | "urlsplit",
        )
        | ("uuid", "UUID" | "uuid3" | "uuid4" | "uuid5")
        | ("zlib", "adler32" | "compress" | "crc32")
        | (
            "datetime.datetime",
            "fromisoformat" | "fromtimestamp" | "now" | "strptime" | "utcnow" | "utcfromtimestamp",
        )
        | ("datetime.date", "fromisoformat" | "fromtimestamp" | "today")
        | ("datetime", "date" | "datetime" | "timedelta")
        | ("operator", "contains" | "countOf" | "eq" | "ge" | "gt" | "le" | "lt" | "ne" | "not_" | "truth") => Fresh,
        ("math", "prod") => Total,
        ("math", _) => Fresh,
        ("statistics", "fmean" | "mean" | "pstdev" | "pvariance" | "stdev" | "variance") => Fresh,
        ("statistics", _) => Piece,
        ("copy", "copy")
        | ("collections", "Counter" | "OrderedDict" | "deque")
        | ("heapq", "merge" | "nlargest" | "nsmallest")
        | (
            "itertools",
            "accumulate" | "chain" | "combinations" | "compress" | "count" | "cycle" | "dropwhile" | "filterfalse"
            | "groupby" | "islice" | "pairwise" | "permutations" | "product" | "repeat" | "starmap" | "takewhile"
            | "tee" | "zip_longest",
        )
        | ("itertools.chain", "from_iterable")
        | ("random", "choices" | "sample") => Holder,
        ("random", "choice") | ("functools", "reduce") | ("operator", "getitem") => Piece,
        ("numpy", _) => return numpy(name),
        _ => return None,
    })
}

/// Whether the path is one of Python's own functions or of its standard library's that are in these tables.
pub fn is_known(path: &str) -> bool {
    match path.split_once('.') {
        Some(("builtins", name)) => builtin(name).is_some(),
        Some((root, _)) => !is_library(root) && function(path).is_some(),
        None => false,
    }
}

/// Functions of arrays; an array of objects gives these objects back.
fn numpy(name: &str) -> Option<Gives> {
    Some(match name {
        "all" | "any" | "argmax" | "argmin" | "argsort" | "corrcoef" | "cov" | "histogram" | "isnan" | "polyfit"
        | "std" | "var" => Fresh,
        "abs" | "average" | "cumsum" | "diff" | "dot" | "exp" | "log" | "log10" | "log2" | "max" | "mean"
        | "median" | "min" | "nanmean" | "nanstd" | "percentile" | "prod" | "quantile" | "round" | "sqrt" | "sum" => {
            Piece
        }
        "array" | "asarray" | "concatenate" | "unique" => Holder,
        _ => return None,
    })
}

/// Packages in this table that are installed with a function's own files.
pub fn is_library(package: &str) -> bool {
    matches!(package, "aws_lambda_powertools" | "aws_xray_sdk" | "numpy" | "opentelemetry")
}

/// Modules that are loaded before the handler's: whatever `sys.path` becomes, the name stands for them.
pub fn is_loaded_before(module: &str) -> bool {
    matches!(
        module,
        "builtins"
            | "collections"
            | "contextlib"
            | "decimal"
            | "functools"
            | "itertools"
            | "json"
            | "logging"
            | "math"
            | "operator"
            | "re"
            | "string"
            | "threading"
            | "time"
            | "warnings"
    )
}

/// More than these are something that the table does not know of.
pub fn most_arguments(path: &str) -> usize {
    match path {
        // The second one is where it remembers what it has copied, what it compares with, or a base class.
        "copy.deepcopy" | "builtins.iter" | "builtins.type" => 1,
        _ => usize::MAX,
    }
}

/// By this keyword, or by `**` perhaps, the function is given a class whose methods get the other arguments.
pub fn takes_a_class(path: &str, keyword: Option<&str>) -> bool {
    path == "json.dumps" && keyword.is_none_or(|keyword| keyword == "cls")
}

/// What comes back is a number, a text or a truth value.
pub fn gives_scalar(path: &str) -> bool {
    matches!(
        path,
        "builtins.all"
            | "builtins.any"
            | "builtins.ascii"
            | "builtins.bin"
            | "builtins.bool"
            | "builtins.chr"
            | "builtins.float"
            | "builtins.format"
            | "builtins.hash"
            | "builtins.hex"
            | "builtins.id"
            | "builtins.int"
            | "builtins.isinstance"
            | "builtins.len"
            | "builtins.oct"
            | "builtins.ord"
            | "builtins.repr"
            | "builtins.str"
            | "json.dumps"
            | "time.monotonic"
            | "time.perf_counter"
            | "time.time"
    )
}

/// Functions that only count, wrap or show their arguments: no operator of theirs runs.
pub fn is_inert(path: &str) -> bool {
    matches!(
        path,
        "builtins.bool"
            | "builtins.dict"
            | "builtins.enumerate"
            | "builtins.id"
            | "builtins.iter"
            | "builtins.len"
            | "builtins.list"
            | "builtins.print"
            | "builtins.repr"
            | "builtins.reversed"
            | "builtins.str"
            | "builtins.tuple"
            | "builtins.type"
            | "builtins.zip"
            | "itertools.chain"
            | "itertools.islice"
            | "itertools.zip_longest"
            | "json.dumps"
    )
}

/// Methods of an exact `dict`, `list`, `tuple`, `str` or number that change nothing.
pub fn method(name: &str) -> Option<Gives> {
    Some(match name {
        "get" => Piece,
        "copy" | "items" | "keys" | "values" => Holder,
        "count" | "index" | "as_integer_ratio" | "bit_length" | "conjugate" | "hex" | "is_integer" | "quantize"
        | "capitalize" | "casefold" | "center" | "encode" | "endswith" | "expandtabs" | "find" | "format"
        | "isalnum" | "isalpha" | "isascii" | "isdecimal" | "isdigit" | "isidentifier" | "islower" | "isnumeric"
        | "isprintable" | "isspace" | "istitle" | "isupper" | "join" | "ljust" | "lower" | "lstrip" | "partition"
        | "removeprefix" | "removesuffix" | "replace" | "rfind" | "rindex" | "rjust" | "rpartition" | "rsplit"
        | "rstrip" | "split" | "splitlines" | "startswith" | "strip" | "swapcase" | "title" | "upper" | "zfill" => {
            Fresh
        }
        _ => return None,
    })
}

/// Makes a new container of its own, empty or of what it is given.
pub fn makes_container(path: &str) -> bool {
    matches!(
        path,
        "builtins.dict"
            | "builtins.list"
            | "builtins.set"
            | "collections.Counter"
            | "collections.OrderedDict"
            | "collections.defaultdict"
            | "collections.deque"
    )
}

/// Context managers that never keep an exception from going on.
pub fn lets_exceptions_pass(path: &str) -> bool {
    matches!(
        path,
        "builtins.open"
            | "aws_lambda_powertools.Logger().append_context_keys"
            | "aws_lambda_powertools.Tracer().provider.in_subsegment"
            | "aws_lambda_powertools.logging.Logger().append_context_keys"
            | "aws_lambda_powertools.metrics.single_metric"
            | "aws_lambda_powertools.single_metric"
            | "aws_lambda_powertools.tracing.Tracer().provider.in_subsegment"
            | "aws_xray_sdk.core.xray_recorder.capture"
            | "aws_xray_sdk.core.xray_recorder.in_segment"
            | "aws_xray_sdk.core.xray_recorder.in_subsegment"
            | "concurrent.futures.ProcessPoolExecutor"
            | "concurrent.futures.ThreadPoolExecutor"
            | "contextlib.closing"
            | "contextlib.nullcontext"
            | "contextlib.redirect_stderr"
            | "contextlib.redirect_stdout"
            | "decimal.localcontext"
            | "gzip.open"
            | "io.BytesIO"
            | "io.StringIO"
            | "multiprocessing.Pool"
            | "opentelemetry.trace.get_tracer().start_as_current_span"
            | "opentelemetry.trace.use_span"
            | "socket.create_connection"
            | "tarfile.open"
            | "tempfile.NamedTemporaryFile"
            | "tempfile.SpooledTemporaryFile"
            | "tempfile.TemporaryDirectory"
            | "tempfile.TemporaryFile"
            | "threading.Condition"
            | "threading.Lock"
            | "threading.RLock"
            | "threading.Semaphore"
            | "urllib.request.urlopen"
            | "warnings.catch_warnings"
            | "zipfile.ZipFile"
    )
}

/// This one does nothing else, either, unless it is told to validate the result: then it may fill in what that lacks.
pub const VALIDATOR: &str = "aws_lambda_powertools.utilities.validation.validator";
pub const VALIDATES_THE_RESULT: &str = "outbound_schema";

/// Decorators that call the function once and give back what it returns, unchanged, and the modules whose functions do
/// that; an instance is written `Class()`.
///
/// Taken from the behaviour of Powertools for AWS Lambda (Python) 3 and the AWS X-Ray SDK 2. Powertools' `idempotent` is not
/// one of them: it calls the function anew where that raises what the store may raise, too.
pub fn transparent_decorator(path: &str) -> Option<&'static [&'static str]> {
    Some(match path {
        "aws_lambda_powertools.Logger().inject_lambda_context"
        | "aws_lambda_powertools.logging.Logger().inject_lambda_context" => &["aws_lambda_powertools.logging"],
        "aws_lambda_powertools.Metrics().log_metrics"
        | "aws_lambda_powertools.metrics.EphemeralMetrics().log_metrics"
        | "aws_lambda_powertools.metrics.Metrics().log_metrics"
        | "aws_lambda_powertools.metrics.log_metrics" => &["aws_lambda_powertools.metrics"],
        "aws_lambda_powertools.Tracer().capture_lambda_handler"
        | "aws_lambda_powertools.Tracer().capture_method"
        | "aws_lambda_powertools.tracing.Tracer().capture_lambda_handler"
        | "aws_lambda_powertools.tracing.Tracer().capture_method" => &["aws_lambda_powertools.tracing"],
        "aws_lambda_powertools.utilities.data_classes.event_source" => {
            &[MAKER_OF_DECORATORS, "aws_lambda_powertools.utilities.data_classes"]
        }
        "aws_lambda_powertools.utilities.parser.event_parser"
        | "aws_lambda_powertools.utilities.parser.parser.event_parser" => {
            &[MAKER_OF_DECORATORS, "aws_lambda_powertools.utilities.parser"]
        }
        VALIDATOR => &[MAKER_OF_DECORATORS, "aws_lambda_powertools.utilities.validation"],
        "aws_xray_sdk.core.xray_recorder.capture" => &["aws_xray_sdk", "wrapt"],
        "builtins.staticmethod" => &[],
        _ => return None,
    })
}

/// Libraries that decorators are made with, and what the layers of OpenTelemetry, Datadog and New Relic call the handler by.
pub fn makers_of_wrappers(module: &str) -> &'static [&'static str] {
    match module {
        "otel_wrapper" => &["opentelemetry", "wrapt"],
        "datadog_lambda" => &["ddtrace", "wrapt"],
        "newrelic_lambda_wrapper" => &["newrelic", "newrelic_lambda", "wrapt"],
        _ => &["decorator", "wrapt"],
    }
}

pub const MAKER_OF_DECORATORS: &str = "aws_lambda_powertools.middleware_factory";

/// What they may be told, beside the function.
pub const OPTION_OF_MAKERS: &str = "trace_execution";

/// Makes a decorator of a function that is called with the decorated one, the event and the context, once for each call,
/// and whose result is the decorated one's then.
pub fn makes_a_decorator(path: &str) -> bool {
    matches!(
        path,
        "aws_lambda_powertools.middleware_factory.factory.lambda_handler_decorator"
            | "aws_lambda_powertools.middleware_factory.lambda_handler_decorator"
    )
}
