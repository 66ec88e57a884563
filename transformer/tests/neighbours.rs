//! Names that come out of the function's own modules: decorators, context managers and what they are made of.

#![allow(clippy::unwrap_used)]

use unum_transformer::{Kind, Modules, OtherModule, Request, Transformation, Wrapper, transform};

type File<'f> = (&'f str, bool, &'f str);

/// Dotted names, whether each is a package's `__init__`, and texts.
struct Files<'f>(&'f [File<'f>]);

impl Modules for Files<'_> {
    fn find(&self, name: &str) -> Option<OtherModule> {
        let &(name, is_package, text) = self.0.iter().find(|(known, ..)| *known == name)?;
        let path = format!("{}.py", name.replace('.', "/"));
        Some(OtherModule { name: name.to_owned(), path, is_package, source: text.as_bytes().to_vec() })
    }
}

fn ask(module: &str, text: &str, files: &[File]) -> Transformation {
    let modules = Files(files);
    transform(&Request { module, modules: &modules, ..Request::new(text.as_bytes(), "handler") })
}

const BODY: &str = "def handler(event, context):\n    a = f()\n    return {'a': a, 'b': g()}\n";

#[track_caller]
fn streams(head: &str, files: &[File]) {
    let transformed = ask("pkg.app", &format!("{head}{BODY}"), files);
    assert!(transformed.source.is_some() && transformed.route.is_wrapped, "{}: {head}", transformed.report.reason);
}

#[track_caller]
fn runs_as_written(head: &str, files: &[File]) {
    let transformed = ask("pkg.app", &format!("{head}{BODY}"), files);
    assert_eq!(transformed.source, None, "{head}\n{files:?}");
    let reason = &transformed.report.reason;
    assert!(["may do something else", "look at its own frames"].iter().any(|part| reason.contains(part)), "{reason}");
}

const COMMON: &str = "from aws_lambda_powertools import Logger, Metrics, Tracer\nlogger = Logger()\ntracer = Tracer()\nmetrics = Metrics(namespace='shop')\n";
const LOGGER: &str = "from aws_lambda_powertools import Logger\nlogger = Logger()\n";

#[test]
fn instances_that_several_modules_share() {
    streams(
        "from common import logger, tracer, metrics\n@logger.inject_lambda_context(log_event=True)\n\
         @tracer.capture_lambda_handler\n@metrics.log_metrics\n",
        &[("common", false, COMMON)],
    );
    let files = &[
        ("common", false, COMMON),
        ("pkg.common", false, LOGGER),
        ("again", false, "from common import logger as log\n"),
        ("tools", true, "from .logger import logger\n"),
        ("tools.logger", false, LOGGER),
        ("plain", true, ""),
        ("plain.logging", false, "import aws_lambda_powertools as powertools\nlogger = powertools.Logger('x')\n"),
    ];
    for head in [
        "from common import logger as log\n@log.inject_lambda_context\n",
        "import common\n@common.logger.inject_lambda_context\n",
        "import common as c\nlog = c.logger\n@log.inject_lambda_context\n",
        "from .common import logger\n@logger.inject_lambda_context\n",
        "from . import common\n@common.logger.inject_lambda_context\n",
        "from again import log\n@log.inject_lambda_context\n",
        "from tools import logger\n@logger.inject_lambda_context\n",
        "from tools.logger import logger\n@logger.inject_lambda_context\n",
        "import plain.logging\n@plain.logging.logger.inject_lambda_context\n",
        "from plain import logging as shared\n@shared.logger.inject_lambda_context\n",
    ] {
        streams(head, files);
    }
}

#[test]
fn instances_that_may_be_others() {
    let head = "from common import logger\n@logger.inject_lambda_context\n";
    let powertools = "from aws_lambda_powertools import Logger\n";
    for common in [
        // Bound otherwise, or more than once.
        "logger = Logger()\n",
        "from other import Logger\nlogger = Logger()\n",
        "if DEBUG:\n    logger = Logger()\n",
        "try:\n    logger = Logger()\nexcept ImportError:\n    logger = None\n",
        "logger = Logger()\nlogger = wrap(logger)\n",
        "logger = Logger()\ndef replace():\n    global logger\n    logger = Mine()\n",
        "logger = Logger()\nfor logger in loggers: pass\n",
        "logger = Logger()\ndel logger\n",
        "logger = Logger()\nfrom more import *\n",
        "logger: Logger\n",
        "logger, other = Logger(), 1\n",
        "logger = other = Logger()\n",
        "class Logger(Logger): pass\nlogger = Logger()\n",
        "def Logger(): return Mine()\nlogger = Logger()\n",
        "logger = Logger().child\n",
        "logger = [Logger()][0]\n",
        // Changed afterwards.
        "logger = Logger()\nlogger.inject_lambda_context = mine\n",
        "logger = Logger()\nLogger.inject_lambda_context = mine\n",
        "logger = Logger()\nsetattr(logger, 'inject_lambda_context', mine)\n",
        "logger = Logger()\nglobals()['logger'] = mine\n",
        "import aws_lambda_powertools as p\np.Logger = Mine\nfrom aws_lambda_powertools import Logger as L\nlogger = L()\n",
        "import sys\nsys.modules[__name__].logger = mine\nlogger = Logger()\n",
        // Which library it is, is not certain.
        "import sys\nsys.path.insert(0, 'lib')\nfrom aws_lambda_powertools import Logger\nlogger = Logger()\n",
        "logger = Logger()\nx = ﬁ\n",
        "logger = Logger(\n",
    ] {
        let known = if common.starts_with("logger = Logger()\n") && common.len() > 18 { powertools } else { "" };
        let class = if common.starts_with("class") || common.starts_with("def") || common.starts_with("if") {
            powertools
        } else {
            known
        };
        runs_as_written(head, &[("common", false, &format!("{class}{common}"))]);
    }
}

#[test]
fn importers_that_may_have_changed_them() {
    let files = &[("common", false, LOGGER), ("tools", true, LOGGER), ("tools.logger", false, LOGGER)];
    for head in [
        "import common\ncommon.logger = mine\nfrom common import logger\n@logger.inject_lambda_context\n",
        "import common\nsetattr(common, 'logger', mine)\n@common.logger.inject_lambda_context\n",
        "from common import logger\nlogger = mine\n@logger.inject_lambda_context\n",
        "from common import logger\nlogger.inject_lambda_context = mine\n@logger.inject_lambda_context\n",
        "from common import logger\ndef f():\n    global logger\n    logger = 1\n@logger.inject_lambda_context\n",
        "if x:\n    from common import logger\n@logger.inject_lambda_context\n",
        "from common import *\n@logger.inject_lambda_context\n",
        "import sys\nsys.path.insert(0, 'lib')\nfrom common import logger\n@logger.inject_lambda_context\n",
        // The package's own name, or the module in it?
        "from tools import logger\n@logger.inject_lambda_context\n",
        "from absent import logger\n@logger.inject_lambda_context\n",
        "from .common import logger\n@logger.inject_lambda_context\n",
    ] {
        runs_as_written(head, files);
    }
    // A name of the standard library's that is loaded already is not the user's file.
    let head = "from logging import logger\n@logger.inject_lambda_context\n";
    runs_as_written(head, &[("logging", false, LOGGER)]);
    // Round and round.
    let head = "from one import logger\n@logger.inject_lambda_context\n";
    let files = &[("one", false, "from two import logger\n"), ("two", false, "from one import logger\n")];
    runs_as_written(head, files);
}

#[test]
fn modules_on_the_way_may_have_changed_the_path() {
    let core = format!("from common import logger\n@logger.inject_lambda_context\n{BODY}");
    let files = &[("core", false, core.as_str()), ("common", false, LOGGER)];
    let ask = |before: &str| ask("app", &format!("{before}from core import handler\n"), files).source;
    assert!(ask("").is_some());
    assert_eq!(ask("import sys\nsys.path.insert(0, 'lib')\n"), None);
    assert_eq!(ask("import common\ncommon.logger = mine\n"), None);
}

const TIMED: &str = "import functools, time\ndef timed(func):\n    @functools.wraps(func)\n    def wrapper(*args, **kwargs):\n        \
                     start = time.time()\n        result = func(*args, **kwargs)\n        \
                     print(func.__name__, time.time() - start)\n        return result\n    return wrapper\n";

#[test]
fn decorators_of_other_modules() {
    let named = "def traced(name='x'):\n    label = name.upper()\n    def decorator(func):\n        def wrapper(event, context):\n            \
                 try:\n                return func(event, context)\n            except Exception:\n                print(label)\n                \
                 raise\n            finally:\n                print('end')\n        return wrapper\n    return decorator\n";
    let files = &[
        ("deco", false, TIMED),
        ("named", false, named),
        ("tools", true, "from .deco import timed\n"),
        ("tools.deco", false, TIMED),
        ("pkg.deco", false, TIMED),
    ];
    for head in [
        "from deco import timed\n@timed\n",
        "from deco import timed as t\nclock = t\n@clock\n",
        "import deco\n@deco.timed\n",
        "import tools.deco\n@tools.deco.timed\n",
        "from tools import timed\n@timed\n",
        "from .deco import timed\n@timed\n",
        "from . import deco\n@deco.timed\n",
        "from named import traced\n@traced(name='y')\n",
        "from deco import timed\nfrom named import traced\n@timed\n@traced()\n",
    ] {
        streams(head, files);
    }
}

#[test]
fn decorators_that_may_do_something_else() {
    let wrapper = |inside: &str| {
        let inside = inside.replace('\n', "\n        ");
        format!(
            "import contextlib\ndef timed(func):\n    def wrapper(event, context):\n        {inside}\n    return wrapper\n"
        )
    };
    let own = |text: &str| runs_as_written(&format!("{text}@timed\n"), &[]);
    let imported = |text: &str| runs_as_written("from deco import timed\n@timed\n", &[("deco", false, text)]);
    for inside in [
        "func(event, context)\nreturn func(event, context)",
        "return dict(func(event, context))",
        "result = func(event, context)\nresult['x'] = 1\nreturn result",
        "result = func(event, context)\nsave(result)\nreturn result",
        "result = func(event, context)\nif event: return {}\nreturn result",
        "try:\n    return func(event, context)\nexcept Exception:\n    return {}",
        "try:\n    return func(event, context)\nexcept Exception:\n    pass",
        "try:\n    return func(event, context)\nfinally:\n    return {}",
        "with contextlib.suppress(ValueError):\n    return func(event, context)",
        "with quiet():\n    return func(event, context)",
        "for turn in range(2):\n    result = func(event, context)\nreturn result",
        "yield func(event, context)",
        "return run(func, event)",
        "return run(lambda: func(event, context))",
        "global func\nreturn func(event, context)",
        "nonlocal func\nfunc = other\nreturn func(event, context)",
        "func = other\nreturn func(event, context)",
        "result = func(event, context)\nprint(eval('1'))\nreturn result",
    ] {
        let text = wrapper(inside);
        own(&text);
        imported(&text);
    }
    let passes =
        "def timed(func):\n    def wrapper(event, context):\n        return func(event, context)\n    return wrapper\n";
    for text in [
        // It is not what is written there.
        format!("def again(decorator):\n    return lambda func: lambda *a: twice(func, a)\n@again\n{passes}"),
        format!("{passes}timed = other\n"),
        format!("{passes}def replace():\n    global timed\n    timed = other\n"),
        format!("if x:\n    {}\n", passes.trim_end().replace('\n', "\n    ")),
        format!("{passes}from more import *\n"),
        format!("{passes}import sys\nsys.modules[__name__].timed = other\n"),
        passes.replace("    return wrapper\n", "    wrapper = twice(wrapper)\n    return wrapper\n"),
        passes.replace("    return wrapper\n", "    keep(wrapper)\n    return wrapper\n"),
        passes.replace("    return wrapper\n", "    keep(func)\n    return wrapper\n"),
        passes.replace("    return wrapper\n", "    func = twice(func)\n    return wrapper\n"),
        passes.replace("    return wrapper\n", "    if x: return func\n    return wrapper\n"),
        passes.replace("    def wrapper", "    @twice\n    def wrapper"),
        passes.replace("    def wrapper", "    async def wrapper"),
    ] {
        own(&text);
        imported(&text);
    }
    let maker = |decorator: &str| format!("def timed():\n    {decorator}    return timed\n");
    let inner = format!("@again\n{passes}").replace('\n', "\n    ");
    runs_as_written(&format!("{}@timed()\n", maker(inner.trim_end_matches("    "))), &[]);
}

#[test]
fn middlewares() {
    let import = "from aws_lambda_powertools.middleware_factory import lambda_handler_decorator\n";
    let body = "def logged(handler, event, context, extra=None):\n    print('before')\n    response = handler(event, context)\n    print('after')\n    return response\n";
    streams(&format!("{import}@lambda_handler_decorator\n{body}@logged\n"), &[]);
    streams(&format!("{import}@lambda_handler_decorator(trace_execution=True)\n{body}@logged(extra=1)\n"), &[]);
    let file = format!("{import}@lambda_handler_decorator\n{body}");
    streams("from deco import logged\n@logged\n", &[("deco", false, &file)]);
    let changed =
        |from: &str, to: &str| format!("{import}@lambda_handler_decorator\n{}@logged\n", body.replace(from, to));
    for head in [
        format!("{body}@logged\n"),
        format!("{import}@lambda_handler_decorator(other)\n{body}@logged\n"),
        format!("{import}@lambda_handler_decorator(decorator=other)\n{body}@logged\n"),
        format!("{import}@lambda_handler_decorator(**options)\n{body}@logged\n"),
        format!("{import}@twice\n@lambda_handler_decorator\n{body}@logged\n"),
        changed("    print('after')\n", "    response['x'] = 1\n"),
        changed("    print('after')\n", "    handler(event, context)\n"),
        changed("    print('after')\n", "    if event: return {}\n"),
        changed("    print('after')\n", "    if event: response = {}\n"),
        changed("    print('before')\n", "    handler = twice(handler)\n"),
        changed("handler(event, context)\n    print", "run(handler, event, context)\n    print"),
        format!("{import}@lambda_handler_decorator\n{body}logged = other\n@logged\n"),
    ] {
        runs_as_written(&head, &[]);
    }
}

/// The parameter of a decorator that has the handler's name is another variable.
#[test]
fn other_variables_of_the_handlers_name() {
    let is_read = |code: &str| ask("app", &format!("{code}{BODY}"), &[]).source.is_none();
    for code in [
        "def run(handler):\n    return handler()\n",
        "run = lambda handler: handler()\n",
        "names = [handler for handler in names]\n",
        "def run():\n    handler = 1\n    return lambda: handler\n",
    ] {
        assert!(!is_read(code), "{code}");
    }
    for code in [
        "def run():\n    return handler()\n",
        "def run(x=lambda: handler): pass\n",
        "class Run:\n    def go(self):\n        return handler()\n",
        "def outer(handler):\n    def inner():\n        global handler\n        return handler\n",
        "def outer(x):\n    class Run:\n        handler = handler\n",
        "names = [x for x in handler]\n",
    ] {
        assert!(is_read(code), "{code}");
    }
}

#[test]
fn partial_calls() {
    let real = "def real(event, context, config):\n    a = f()\n    return {'a': a, 'b': g(), 'n': event['n']}\n";
    let ask = |text: &str| ask("app", &format!("import functools\nfrom functools import partial\n{text}"), &[]);
    for text in ["handler = functools.partial(real, config=CONFIG)\n", "handler = partial(real, **options)\n"] {
        let transformed = ask(&format!("{real}{text}"));
        let edited = transformed.source.unwrap_or_else(|| panic!("{}", transformed.report.reason));
        assert!(!transformed.route.is_wrapped);
        assert!(edited.contains("__unum__.peek(event, 'n')"), "{edited}");
    }
    let shifted = "def real(config, event, context):\n    a = f()\n    return {'a': a, 'b': g(), 'n': event['n']}\n";
    let edited = ask(&format!("{shifted}handler = partial(real, CONFIG)\n")).source.unwrap();
    assert!(edited.contains("__unum__.peek(event, 'n')"), "{edited}");
    // Which one the event is, is not certain.
    assert_eq!(ask(&format!("{shifted}handler = partial(real, *more)\n")).source, None);
    assert_eq!(ask(&format!("{real}handler = partial(lambda *a: real(*a), 1)\n")).source, None);
    assert_eq!(
        ask(&format!("def partial(f): return twice(f)\n{real}handler = partial(real, config=1)\n")).source,
        None
    );
    assert_eq!(ask(&format!("{real}handler = partial(real, config=1)\nreal({{}}, None, 1)\n")).source, None);
    assert_eq!(ask(&format!("@unknown\n{real}handler = partial(real, config=1)\n")).source, None);
}

const CLASS: &str =
    "class Timer:\n    def __enter__(self): return self\n    def __exit__(self, *error):\n        print(error)\n";
const GENERATOR: &str = "from contextlib import contextmanager\n@contextmanager\ndef timed(name):\n    try:\n        yield name\n    except ValueError:\n        print(name)\n        raise\n    finally:\n        print('end')\n";

fn inside(context: &str) -> String {
    format!("def handler(event, context):\n    with {context}:\n        a = f()\n        return {{'a': a, 'b': g()}}\n")
}

#[test]
fn context_managers_that_let_exceptions_pass() {
    let files = &[
        ("tools", false, CLASS),
        ("clock", false, GENERATOR),
        (
            "common",
            false,
            "import threading\nfrom aws_lambda_powertools import Tracer\nlock = threading.Lock()\ntracer = Tracer()\n",
        ),
    ];
    for (head, context) in [
        (CLASS, "Timer()"),
        (CLASS, "Timer() as timer"),
        (GENERATOR, "timed('x'), timed('y')"),
        ("from tools import Timer\n", "Timer()"),
        ("from tools import Timer\nTIMER = Timer()\n", "TIMER"),
        ("import clock\n", "clock.timed('x')"),
        ("from common import lock\n", "lock"),
        ("import common\n", "common.lock"),
        ("from common import tracer\n", "tracer.provider.in_subsegment('## x') as segment"),
        ("from aws_xray_sdk.core import xray_recorder\n", "xray_recorder.in_subsegment('x')"),
        (
            "from opentelemetry import trace\ntracer = trace.get_tracer(__name__)\n",
            "tracer.start_as_current_span('x') as span",
        ),
        ("from aws_lambda_powertools import Logger\nlogger = Logger()\n", "logger.append_context_keys(id=1)"),
    ] {
        let transformed = ask("app", &format!("{head}{}", inside(context)), files);
        assert!(transformed.source.is_some(), "{}: {head}{context}", transformed.report.reason);
    }
}

#[test]
fn context_managers_that_may_swallow() {
    let class = |from: &str, to: &str| CLASS.replace(from, to);
    let generator = |from: &str, to: &str| GENERATOR.replace(from, to);
    let print = "        print(error)\n";
    let mut heads = vec![
        (class(print, "        return True\n"), "Timer()"),
        (class(print, "        return self.quiet\n"), "Timer()"),
        (class(print, "        if error: return 1\n"), "Timer()"),
        (class(print, "        yield\n"), "Timer()"),
        (class("    def __exit__", "    async def __exit__"), "Timer()"),
        (class("    def __exit__", "    @twice\n    def __exit__"), "Timer()"),
        (class(print, "        pass\n    __exit__ = other\n"), "Timer()"),
        (class("class Timer:", "class Timer(Base):"), "Timer()"),
        (class("class Timer:", "class Timer(metaclass=Meta):"), "Timer()"),
        (class("class Timer:", "@final\nclass Timer:"), "Timer()"),
        (class(print, "        pass\n    def __new__(cls): return Quiet()\n"), "Timer()"),
        (class("    def __exit__", "    def __leave__"), "Timer()"),
        (format!("{CLASS}Timer.__exit__ = other\n"), "Timer()"),
        (format!("{CLASS}x.__class__ = other\n"), "Timer()"),
        (format!("{CLASS}Timer = other\n"), "Timer()"),
        (format!("{CLASS}setattr(Timer, '__exit__', other)\n"), "Timer()"),
        (CLASS.to_owned(), "Timer"),
        (CLASS.to_owned(), "Timer().inner"),
        (CLASS.to_owned(), "make(Timer)()"),
        (format!("{CLASS}timer = Timer()\ntimer = Quiet()\n"), "timer"),
        (generator("        raise\n", ""), "timed('x')"),
        (generator("        raise\n", "        if name: raise\n"), "timed('x')"),
        (generator("        print('end')\n", "        return\n"), "timed('x')"),
        (generator("        yield name\n", "        yield from other(name)\n"), "timed('x')"),
        (generator("        yield name\n", "        x = yield (yield name)\n"), "timed('x')"),
        (generator("        yield name\n", "        return (yield name)\n"), "timed('x')"),
        (generator("        yield name\n", "        with timed(name):\n            yield\n"), "timed('x')"),
        (generator("    try:\n", "    try:\n      with quiet():\n"), "timed('x')"),
        (generator("        yield name\n", "        pass\n"), "timed('x')"),
        (generator("@contextmanager\n", ""), "timed('x')"),
        (generator("@contextmanager\n", "@again\n@contextmanager\n"), "timed('x')"),
        (generator("from contextlib import contextmanager\n", "from mine import contextmanager\n"), "timed('x')"),
        (format!("{GENERATOR}timed = other\n"), "timed('x')"),
        ("import contextlib\n".to_owned(), "contextlib.suppress(ValueError)"),
        ("import contextlib\n".to_owned(), "contextlib.ExitStack()"),
        ("from tools import lock\n".to_owned(), "lock"),
    ];
    heads.push((CLASS.to_owned(), "Timer(), Quiet()"));
    for (head, context) in heads {
        let transformed = ask("app", &format!("{head}{}", inside(context)), &[]);
        assert_eq!(transformed.source, None, "{head}{context}");
    }
    // A local variable of the same name is another one.
    let local = format!("{CLASS}{}", inside("Timer()").replace("    with", "    Timer = make()\n    with"));
    assert_eq!(ask("app", &local, &[]).source, None);
    let elsewhere = format!("{CLASS}def look():\n    return eval('1')\n");
    let text = format!("from tools import Timer\n{}", inside("Timer()"));
    assert_eq!(ask("app", &text, &[("tools", false, &elsewhere)]).source, None);
}

/// What a module may have besides what its text binds, and what packages may have done before what is in them is looked at.
#[test]
fn modules_that_answer_otherwise() {
    let odd = |more: &str| format!("{LOGGER}{more}");
    for more in [
        "def __getattr__(name):\n    return mine\n",
        "exec('logger = mine')\n",
        "locals()['logger'] = mine\n",
        "vars().update(logger=mine)\n",
        "import sys, common\nclass M(type(sys)):\n    logger = property(mine)\ncommon.__class__ = M\n",
        "import common\ncommon.logger = mine\n",
        "import common\ncommon.logger += mine\n",
    ] {
        runs_as_written("from common import logger\n@logger.inject_lambda_context\n", &[("common", false, &odd(more))]);
    }
    for init in [
        "def __getattr__(name):\n    return mine\n",
        "__path__ = ['elsewhere']\n",
        "from . import logger\nlogger.logger = mine\n",
        "import sys\nsys.modules['tools.logger'] = mine\n",
    ] {
        let files = &[("tools", true, init), ("tools.logger", false, LOGGER)];
        for head in [
            "from tools.logger import logger\n@logger.inject_lambda_context\n",
            "import tools.logger\n@tools.logger.logger.inject_lambda_context\n",
        ] {
            runs_as_written(head, files);
        }
    }
    // `as` reads the package's attribute.
    let head = "import tools.logger as shared\n@shared.logger.inject_lambda_context\n";
    streams(head, &[("tools", true, ""), ("tools.logger", false, LOGGER)]);
    runs_as_written(head, &[("tools", true, "from . import other as logger\n"), ("tools.logger", false, LOGGER)]);
    // A module hands out no builtins.
    runs_as_written("from common import staticmethod\n@staticmethod\n", &[("common", false, LOGGER)]);
    for path in ["import sys as s\ns.path.insert(0, 'lib')\n", "from sys import path\npath.insert(0, 'lib')\n"] {
        let head = format!("{path}from common import logger\n@logger.inject_lambda_context\n");
        runs_as_written(&head, &[("common", false, LOGGER)]);
    }
    let itself = "import pkg.app as app\nfrom common import logger\nlog = logger\ndef swap():\n    app.log = mine\n@log.inject_lambda_context\n";
    runs_as_written(itself, &[("common", false, LOGGER)]);
}

#[test]
fn wraps_that_is_another_one() {
    for deco in [
        "from functools import wraps\ndef deco(func, wraps=None):\n    @wraps(func)\n    def wrapper(event, context):\n        return func(event, context)\n    return wrapper\n",
        "from functools import wraps\ndef deco(func):\n    from alt import wraps\n    @wraps(func)\n    def wrapper(event, context):\n        return func(event, context)\n    return wrapper\n",
    ] {
        runs_as_written("from deco import deco\n@deco\n", &[("deco", false, deco)]);
    }
}

/// Who may stand between the worker and the handler: what the publisher compares the frames with.
#[test]
fn wrappers_are_told_from_the_innermost_outwards() {
    let common = "import functools\ndef traced(f):\n    @functools.wraps(f)\n    def inner(e, c):\n        return f(e, c)\n    \
                  return inner\nlogger = get()\n";
    let files = &[("common", false, common), ("pkg.own", false, "logger = get()\n"), ("shop", false, COMMON)];
    let wrappers = |head: &str| {
        let modules = Files(files);
        let text = format!("{head}{BODY}");
        let trusted = ["logger.inject".to_owned(), "own.logger.inject".to_owned()];
        let transformed = transform(&Request {
            module: "pkg.app",
            path: "/task/pkg/app.py",
            modules: &modules,
            trusted_decorators: &trusted,
            ..Request::new(text.as_bytes(), "handler")
        });
        assert!(transformed.source.is_some(), "{}", transformed.report.reason);
        transformed.route.wrappers
    };
    let own = |file: &str, function: &str, first_line| Wrapper::Function {
        file: file.to_owned(),
        function: function.to_owned(),
        first_line,
    };
    let modules = |names: &[&str]| Wrapper::Modules { modules: names.iter().map(|&name| name.to_owned()).collect() };
    assert_eq!(
        wrappers(
            "from shop import logger as log, metrics\nfrom common import traced\ndef mine(f):\n    def run(*a):\n        return f(*a)\n    \
             return run\n@log.inject_lambda_context\n@mine\n@metrics.log_metrics\n@traced\n"
        ),
        [
            own("common.py", "inner", 3),
            modules(&["aws_lambda_powertools.metrics"]),
            own("/task/pkg/app.py", "run", 4),
            modules(&["aws_lambda_powertools.logging"]),
        ]
    );
    assert_eq!(
        wrappers(
            "from aws_lambda_powertools.middleware_factory import lambda_handler_decorator\n@lambda_handler_decorator\n\
             def passing(handler, event, context):\n    return handler(event, context)\n@passing\n"
        ),
        [own("/task/pkg/app.py", "passing", 2), modules(&["aws_lambda_powertools.middleware_factory"])]
    );
    // A whole package, unless it is the handler's own.
    let trusted = |module: &str| {
        let mut names = [module, "decorator", "wrapt"];
        names.sort_unstable();
        modules(&names)
    };
    for (head, module) in [
        ("from common import logger\n@logger.inject\n", "common"),
        ("from tools.logs import logger\n@logger.inject()\n", "tools"),
        ("from . import own\n@own.logger.inject\n", "pkg.own"),
        ("from .own import logger\n@logger.inject\n", "pkg.own"),
        ("import tools.logs as t\nlogger = t.Logger()\n@logger.inject\n", "tools"),
        ("class logger:\n    def inject(f): return f\n@logger.inject\n", "pkg.app"),
    ] {
        assert_eq!(wrappers(head), [trusted(module)], "{head}");
    }
}

/// What decorators and context managers were taken for: the worker looks whether they still are that.
#[test]
fn definitions_that_were_relied_on() {
    let common = "import contextlib, json\nclass Timer:\n    def __enter__(self): pass\n    def __exit__(self, *e):\n        return None\n\
                  @contextlib.contextmanager\ndef span():\n    yield\ndef note(value):\n    print(json.dumps(value))\n\
                  def traced(f):\n    def inner(e, c):\n        with Timer():\n            result = f(e, c)\n            note(result)\n            \
                  return result\n    return inner\n";
    let text = "import common as c\nfrom common import Timer\ntimer = Timer()\n@c.traced\ndef handler(event, context):\n    \
                with timer, c.span():\n        a = f()\n        return {'a': a, 'b': g()}\n";
    let found = ask("pkg.app", text, &[("common", false, common)]);
    assert!(found.source.is_some(), "{}", found.report.reason);
    let definitions = found.definitions.iter().map(|one| (&*one.module, &*one.name, one.kind, &*one.file, one.line));
    let mut definitions: Vec<_> = definitions.collect();
    definitions.sort_by_key(|&(module, name, ..)| (module, name));
    assert_eq!(
        definitions,
        [
            ("common", "Timer", Kind::Class, "common.py", 4),
            ("common", "json", Kind::Global, "", 0),
            ("common", "note", Kind::Function, "common.py", 9),
            ("pkg.app", "c.span", Kind::Generator, "common.py", 6),
            ("pkg.app", "c.traced", Kind::Function, "common.py", 11),
            ("pkg.app", "timer", Kind::Instance, "common.py", 4),
        ]
    );
    assert!(
        found.relied_on.iter().any(|one| one.0 == "json.dumps") && found.relied_on.iter().all(|one| one.0 != "json")
    );
}
