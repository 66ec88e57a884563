//! Handlers whose result comes out of another module, and decorators that are trusted.

#![allow(clippy::unwrap_used)]

use unum_transformer::{Hop, Modules, OtherModule, Request, Transformation, transform};

const WORK: &str = "def work(event):\n    a = f()\n    return {'a': a, 'b': g()}\n";

/// Dotted names and texts; `package` in the name's place of a path says that it is an `__init__`.
struct Files(&'static [(&'static str, bool, &'static str)]);

impl Modules for Files {
    fn find(&self, name: &str) -> Option<OtherModule> {
        let &(name, is_package, text) = self.0.iter().find(|(known, ..)| *known == name)?;
        let path = format!("{}.py", name.replace('.', "/"));
        Some(OtherModule { name: name.to_owned(), path, is_package, source: text.as_bytes().to_vec() })
    }
}

fn ask(
    module: &str,
    is_package: bool,
    text: &str,
    files: &'static [(&'static str, bool, &'static str)],
) -> Transformation {
    let modules = Files(files);
    let request = Request { module, is_package, modules: &modules, ..Request::new(text.as_bytes(), "handler") };
    transform(&request)
}

#[track_caller]
fn streams_from(transformation: &Transformation, module: &str) {
    let report = &transformation.report;
    assert_eq!(report.module.as_deref(), Some(module), "{}", report.reason);
    assert_eq!(transformation.other.as_ref().unwrap().name, module);
    assert!(transformation.source.as_ref().unwrap().contains("__unum__.publish('a', (a,))"));
    assert_eq!(report.handler, "handler");
}

#[test]
fn re_exported_handlers() {
    let files =
        &[("core", false, WORK), ("pkg.core", false, WORK), ("pkg.deep.core", false, WORK), ("core.work", false, "")];
    for (module, is_package, text, expected) in [
        ("app", false, "from core import work as handler\n", "core"),
        ("pkg.app", false, "from .core import work as handler\n", "pkg.core"),
        ("pkg", true, "from .core import work as handler\n", "pkg.core"),
        ("pkg.deep.app", false, "from ..core import work as handler\n", "pkg.core"),
        ("pkg.deep", true, "from .core import work\nhandler = work\n", "pkg.deep.core"),
        ("app", false, "import core\nhandler = core.work\n", "core"),
        ("pkg.app", false, "from . import core\nhandler = core.work\n", "pkg.core"),
    ] {
        let transformation = ask(module, is_package, text, files);
        streams_from(&transformation, expected);
        assert_eq!(transformation.route.hops, []);
    }
}

#[test]
fn helpers_of_other_modules() {
    let files = &[("core", false, WORK)];
    let hop = |line| {
        let (file, function) = (String::new(), "handler".to_owned());
        Hop { file, function, first_line: line, last_line: line }
    };
    for (text, line) in [
        ("from core import work\ndef handler(e, c):\n    print(e)\n    return work(e)\n", 4),
        ("import core\ndef handler(e, c):\n    return core.work(e)\n", 3),
    ] {
        let transformation = ask("app", false, text, files);
        streams_from(&transformation, "core");
        assert_eq!(transformation.route.hops, [hop(line)]);
    }
}

#[test]
fn helpers_that_are_returned_inside_with() {
    let files = &[("core", false, WORK)];
    let ask = |body: &str| {
        let body = body.replace('\n', "\n    ");
        let head = "import contextlib, threading\nfrom core import work\nlock = threading.Lock()\n";
        ask("app", false, &format!("{head}def handler(e, c):\n    {}\n", body.trim_end()), files)
    };
    for body in [
        "with lock:\n    return work(e)\n",
        "with lock, contextlib.nullcontext():\n    with lock:\n        return work(e) if e else {}\n",
    ] {
        let transformed = ask(body);
        streams_from(&transformed, "core");
        assert_eq!(transformed.route.hops.len(), 1);
    }
    for body in [
        "with contextlib.suppress(ValueError):\n    return work(e)\n",
        "with lock, other():\n    return work(e)\n",
        "try:\n    with lock:\n        return work(e)\nfinally:\n    return {}\n",
        "try:\n    with lock:\n        return work(e)\nexcept ValueError:\n    pass\n",
        "for x in e:\n    with lock:\n        work(e)\n",
    ] {
        assert_eq!(ask(body).source, None, "{body}");
    }
}

#[test]
fn several_modules_on_the_way() {
    let files = &[
        ("one", false, "from two import work as handle\n"),
        ("two", false, "from core import work\nfrom three import *\n"),
        ("core", false, WORK),
    ];
    let transformation = ask("app", false, "from one import handle as handler\n", files);
    // After `import *` it is not certain which function it is.
    assert_eq!(transformation.source, None);
    let files = &[
        ("one", false, "from two import work as handle\n"),
        ("two", false, "from core import work\n"),
        ("core", false, WORK),
    ];
    streams_from(&ask("app", false, "from one import handle as handler\n", files), "core");
}

#[test]
fn what_cannot_be_followed_runs_as_written() {
    let files = &[
        ("core", false, "def work(event):\n    return event\n"),
        ("broken", false, "def work(\n"),
        ("a", false, "from b import work\n"),
        ("b", false, "from a import work\n"),
    ];
    for (text, reason) in [
        (
            "from elsewhere import work as handler\n",
            "`work` comes out of elsewhere, which is not among the function's own files",
        ),
        (
            "from ...far import work as handler\n",
            "`work` comes out of ...far, which is not among the function's own files",
        ),
        ("from core import absent as handler\n", "no function `absent` in the module"),
        ("from broken import work as handler\n", "unexpected EOF while parsing at line 2"),
        ("from a import work as handler\n", "the handler comes out of too many modules"),
        (
            "from core import work\ndef handler(e, c):\n    return work(e)\n",
            "`event` is a parameter: its keys are not known before the call",
        ),
        ("import os\ndef handler(e, c):\n    return os.environ(e)\n", "the keys of what this call gives are not known"),
    ] {
        let transformation = ask("app", false, text, files);
        assert_eq!(transformation.source, None);
        assert_eq!(transformation.report.reason, reason, "{text}");
    }
}

#[test]
fn decorators_that_are_trusted() {
    let text = "import x\n@x.traced(level=2)\n@audit\ndef handler(event, context):\n    a = f()\n    return {'a': a, 'b': g()}\n";
    let ask = |names: &[&str]| {
        let trusted: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        transform(&Request { trusted_decorators: &trusted, ..Request::new(text.as_bytes(), "handler") })
    };
    let untrusted = ask(&["audit"]);
    assert_eq!(untrusted.report.reason, "`x.traced` may do something else with the result");
    assert_eq!(untrusted.report.line, Some(2));
    assert!(untrusted.report.help.unwrap().ends_with("UNUM_TRUST_DECORATORS=x.traced"));
    let trusted = ask(&["audit", "x.traced"]);
    assert!(trusted.source.is_some() && trusted.route.is_wrapped);
}

#[test]
fn newer_syntax_is_no_hindrance() {
    let handler =
        |body: &str| format!("def handler(event, context):\n    a = f()\n{body}    return {{'a': a, 'b': g()}}\n");
    for text in [
        // Elsewhere in the module.
        format!("def other[T = int](x: T) -> T: return x\n{}", handler("")),
        format!("class Box[T = int]: pass\n{}", handler("")),
        format!("try:\n    import x\nexcept A, B:\n    x = None\n{}", handler("")),
        format!("{}NAME = f\"{{x['a'] + f\"{{y[\"b\"]}}\"}}\"\n", handler("")),
        format!("template = t\"{{x}}\"\n{}", handler("")),
        // Inside the handler.
        handler("    print(f\"{event[\"x\"]} {f\"{a}\"!r:>{len(\"ab\")}}\" 'tail')\n"),
        handler("    print(t'{event}')\n"),
        handler("    try:\n        h()\n    except KeyError, ValueError:\n        raise\n"),
    ] {
        let transformation = transform(&Request::new(text.as_bytes(), "handler"));
        let edited = transformation.source.unwrap_or_else(|| panic!("{}: {text}", transformation.report.reason));
        assert!(edited.contains("    a = f(); __unum__.publish('a', (a,))\n"), "{edited}");
    }
}

#[test]
fn what_cannot_be_read_is_told() {
    let broken = "x = (\ndef handler(event, context):\n    return {'a': f(), 'b': g()}\n";
    let mentions =
        "def other[T = int](): return handler\ndef handler(event, context):\n    return {'a': f(), 'b': g()}\n";
    let looks =
        "def other[T = int](): return locals()\ndef handler(event, context):\n    return {'a': f(), 'b': g()}\n";
    for (text, reason) in [
        (broken, "invalid syntax. Got unexpected token 'def' at line 2"),
        (mentions, "a statement that cannot be read mentions `handler`"),
        (looks, "a statement that cannot be read mentions `locals`"),
    ] {
        let report = transform(&Request::new(text.as_bytes(), "handler")).report;
        assert_eq!(report.reason, reason);
    }
}

#[test]
fn names_that_are_bound_again_in_odd_places() {
    let handler = "def handler(event, context):\n    a = f()\n    return {'a': a, 'b': g()}\n";
    for again in [
        "if True:\n    def helper():\n        pass\n    handler = other\n",
        "for handler in handlers:\n    class K: pass\n",
        "@(handler := other)\ndef helper():\n    pass\n",
        "def helper(x=(handler := other)):\n    pass\n",
        "def helper():\n    global handler\n    handler = other\n",
        "class K((handler := other)):\n    pass\n",
        "try:\n    def helper(): pass\nfinally:\n    import handler\n",
    ] {
        let report = transform(&Request::new(format!("{handler}{again}").as_bytes(), "handler")).report;
        assert_eq!(report.reason, "`handler` may be bound more than once", "{again}");
    }
    // The object may be this module.
    let report = transform(&Request::new(format!("{handler}x.handler = 1\n").as_bytes(), "handler")).report;
    assert_eq!(report.reason, "an attribute `handler` is assigned to: it may be this one");
    // Inside a class or a function it is another name.
    for other in ["class K:\n    handler = other\n", "def helper(handler):\n    handler = 1\n", "x.handler(1)\n"] {
        assert!(
            transform(&Request::new(format!("{handler}{other}").as_bytes(), "handler")).source.is_some(),
            "{other}"
        );
    }
}

#[test]
fn builtins_that_are_bound_in_odd_places() {
    let text = |more: &str| {
        format!(
            "def handler(event, context):\n    a = [1]\n    x = len(a)\n    b = g()\n    return {{'a': a, 'b': b, 'x': x}}\n{more}"
        )
    };
    let published = |more: &str| {
        let edited = transform(&Request::new(text(more).as_bytes(), "handler")).source;
        edited.is_some_and(|edited| edited.contains("    a = [1]; __unum__.publish('a', (a,))\n"))
    };
    assert!(published(""));
    assert!(!published("try:\n    def helper():\n        pass\n    len = keep\nexcept E:\n    pass\n"));
    assert!(!published("from tools import *\n"));
    assert!(!published("import builtins\nsetattr(builtins, 'len', keep)\n"));
    assert!(!published("def len(rows):\n    rows.append(1)\n"));
    assert!(published("def len(rows):\n    return 1\n"));
}

#[test]
fn a_backslash_in_front_of_anything() {
    let handler = "def handler(event, context):\n    a = f()\n    return {'a': a, 'b': g()}\n";
    assert!(transform(&Request::new(format!("\\é\n{handler}").as_bytes(), "handler")).source.is_some());
    let report = transform(&Request::new(format!("{handler}\\é").as_bytes(), "handler")).report;
    assert!(report.reason.contains("at line 4"), "{}", report.reason);
}

#[test]
fn a_validator_of_results_may_fill_in_what_they_lack() {
    let streams = |decorator: &str| {
        let text = format!(
            "from aws_lambda_powertools.utilities.validation import validator\n{decorator}\ndef handler(event, context):\n    \
             a = f()\n    return {{'a': a, 'b': g()}}\n"
        );
        transform(&Request::new(text.as_bytes(), "handler")).source.is_some()
    };
    assert!(streams("@validator(inbound_schema=IN, envelope='detail')"));
    for decorator in ["@validator(outbound_schema=OUT)", "@validator(**schemas)", "@validator(IN, OUT)", "@validator"] {
        assert!(!streams(decorator), "{decorator}");
    }
}

/// It calls again where the handler raises what the store may raise, too.
#[test]
fn idempotent_may_call_more_than_once() {
    let text = "from aws_lambda_powertools.utilities.idempotency import idempotent\n@idempotent(persistence_store=store)\n\
                def handler(event, context):\n    a = f()\n    return {'a': a, 'b': g()}\n";
    let report = transform(&Request::new(text.as_bytes(), "handler")).report;
    assert_eq!(report.reason, "`idempotent` may do something else with the result");
}

/// Tools that put other functions in the place of this module's, or look for the source of the call that they are in.
#[test]
fn tools_that_see_or_change_what_runs() {
    let streams = |import: &str, work: &str| {
        let text = format!(
            "{import}\ndef audit(a):\n    print(len(a))\ndef handler(event, context):\n    a = [1]\n    {work}\n    audit(a)\n    \
             return {{'a': a, 'b': g()}}\n"
        );
        let transformed = transform(&Request::new(text.as_bytes(), "handler")).source;
        transformed.is_some_and(|text| text.contains("a = [1]; __unum__.publish"))
    };
    assert!(streams("import json", "n = len(a)"));
    for import in [
        "import wrapt\nwrapt.wrap_function_wrapper(__name__, 'audit', w)",
        "from wrapt import wrap_object as w\nw(__name__, 'audit', f)",
        "from varname import varname",
        "from icecream import ic",
    ] {
        assert!(!streams(import, "n = len(a)"), "{import}");
    }
}
