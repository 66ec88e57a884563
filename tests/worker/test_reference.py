"""What users see is what awslambdaric shows them: each scenario runs under both."""

import json
import os
import re
import subprocess
import tempfile

import pytest

from driver import INVOCATION, InitFailed, Ready, Worker
from runners import HERE, reference_packages

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
ADDRESS = re.compile(r"0x[0-9a-f]+")
WARNED_AT = re.compile(r"^\S+:\d+: RuntimeWarning: (.*)\n  .*$", re.M)
ON_LAMBDA = {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.12"}

MODULES = {
    "syntax.py": "def handler(event, context)\n    pass\n",
    "unindented.py": "def handler(event, context):\npass\n",
    "raises.py": "def f():\n    raise ValueError('at import é')\nf()\n",
    "nested.py": "import raises\n",
    "missing.py": "import no_such_module\n",
    "missing_name.py": "from os import no_such_name\n",
    "bad_dependency.py": "import syntax\n",
    "exits.py": "import sys\nsys.exit(3)\n",
    "exits_text.py": "import sys\nsys.exit('bye')\n",
    "package/__init__.py": "",
    "package/inner/__init__.py": "",
    "package/inner/module.py": "def handler(event, context):\n    raise KeyError(__name__)\n",
    "package/relative.py": "from .inner import module\ndef handler(event, context):\n    return __package__\n",
    "folder/module.py": "def handler(event, context):\n    return __name__\n",
    "late_attribute.py": "def __getattr__(name):\n    raise AttributeError(name)\n",
    "null.py": "x = 1\0\n",
    "warns.py": "import logging\nlogging.warning('at import')\ndef handler(event, context):\n    pass\n",
    "bootstrap.py": "def handler(event, context):\n    import raises\n",
}


@pytest.fixture(scope="session")
def task_root(tmp_path_factory):
    root = tmp_path_factory.mktemp("task")
    (root / "app.py").write_text((HERE / "handlers.py").read_text())
    for name, text in MODULES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def environment(task_root, env):
    return {
        "PATH": os.environ["PATH"],
        "LAMBDA_TASK_ROOT": str(task_root),
        "AWS_LAMBDA_FUNCTION_NAME": "f",
        "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": "",
        **env,
    }


def clean(text):
    return ADDRESS.sub("", TIME.sub("TIME", text))


def clean_stderr(text):
    """Python's warning about a coroutine names the runtime's own line."""
    return WARNED_AT.sub(r"RuntimeWarning: \1", text)


def cause(text):
    found = json.loads(text)
    found["paths"].sort()
    return clean(json.dumps(found))


def theirs(python, task_root, handler, events, env):
    scenario = {"handler": handler, "events": [{**INVOCATION, **event} for event in events]}
    with tempfile.TemporaryFile() as file:
        done = subprocess.run(
            [str(python), str(HERE / "reference" / "bootstrap.py"), reference_packages(), str(file.fileno())],
            input=json.dumps(scenario).encode(),
            capture_output=True,
            env=environment(task_root, env),
            cwd=task_root,
            pass_fds=(file.fileno(),),
            timeout=60,
        )
        file.seek(0)
        posted = [json.loads(line) for line in file]
    for post in posted:
        if "document" in post:
            post["document"] = clean(post["document"])
        if "cause" in post:
            post["cause"] = cause(post["cause"])
    return {
        "posted": posted,
        "stdout": clean(done.stdout.decode("utf-8", "replace")),
        "stderr": clean_stderr(done.stderr.decode()),
        "exit": done.returncode,
    }


def ours(python, task_root, handler, events, env, transformed):
    settings, text = {"handler": handler}, ""
    if transformed:
        path = task_root / "app.py"
        settings.update(module="app", path=str(path), injected="__unum__", keys=["a"])
        text = path.read_text()
    posted, stdout, stderr = [], "", ""
    with Worker(python, env=environment(task_root, env), cwd=task_root) as worker:
        started = worker.init(settings, text)
        stdout, stderr = started.stdout, started.stderr
        if isinstance(started, InitFailed):
            posted.append({"kind": "init_failed", "document": clean(dumps(started.document, env))})
        if isinstance(started, Ready):
            for event in events:
                outcome = worker.invoke(
                    event["body"].encode("utf-8", "surrogateescape"), publish=True, **event
                )
                stdout, stderr = stdout + outcome.stdout, stderr + outcome.stderr
                if outcome.kind == "exited":
                    break
                posted.append(as_posted(outcome, env))
        if worker.process.poll() is None:
            os.close(worker._to)
            worker._to = os.open(os.devnull, os.O_WRONLY)
        code = worker.exit_code()
    return {"posted": posted, "stdout": clean(stdout), "stderr": clean_stderr(stderr), "exit": code}


def dumps(document, env):
    return json.dumps(document, ensure_ascii="AWS_EXECUTION_ENV" not in env)


def as_posted(outcome, env):
    if outcome.kind == "returned":
        return {
            "kind": "returned",
            "body": outcome.body.decode("latin-1"),
            "content_type": outcome.content_type,
        }
    document = clean(dumps(outcome.document, env))
    return {"kind": "raised", "document": document, "cause": cause(dumps(outcome.cause, env))}


def check(python, task_root, handler, *events, env=ON_LAMBDA, transformed=False):
    events = [{"body": event} if isinstance(event, str) else event for event in events] or [{"body": "{}"}]
    expected = theirs(python, task_root, handler, events, env)
    found = ours(python, task_root, handler, events, env, transformed)
    if found["exit"] or expected["exit"]:
        # The interpreter's own report of what ended the process names the runtime's frames, theirs and ours.
        for side in (expected, found):
            side["stderr"] = side["stderr"].strip().rpartition("\n")[2]
    assert found == expected


@pytest.mark.parametrize("transformed", [False, True], ids=["as written", "transformed"])
@pytest.mark.parametrize(
    "handler",
    [
        "nothing",
        "text",
        "raw",
        "kind",
        "decimals",
        "named",
        "unserializable",
        "circular",
        "circular_twice",
        "coroutine",
        "raises",
        "recurses",
        "raises_without_message",
        "raises_from",
        "raises_own",
        "raises_in_another_file",
        "raises_in_compiled_text",
        "unicode_error",
        "interrupted",
        "generator_exit",
        "hard_exit",
        "describe",
        "prints",
        "logs",
        "configures_logging",
        "loader",
        "paths",
        "instance",
    ],
)
def test_handlers(python, task_root, handler, transformed):
    check(python, task_root, "app." + handler, "{}", "{}", transformed=transformed)


def test_remaining_time_is_never_negative(python, task_root):
    check(python, task_root, "app.expired", {"body": "{}", "deadline_ms": 5})


def test_a_handler_that_cannot_be_called_shows_no_frames_of_ours(python, task_root):
    found = ours(python, task_root, "app.not_callable", [{"body": "{}"}], ON_LAMBDA, False)
    document = json.loads(found["posted"][0]["document"])
    assert document["errorMessage"] == "'int' object is not callable"
    assert document["stackTrace"] == []


@pytest.mark.parametrize("handler", ["text", "raises", "unicode_error", "decimals", "logs"])
def test_handlers_where_the_runtime_escapes(python, task_root, handler):
    check(python, task_root, "app." + handler, env={})


@pytest.mark.parametrize("code", ["0", "3", "null", '"text"', "true", "[1]", "300"])
def test_exit_codes(python, task_root, code):
    check(python, task_root, "app.exits", f'{{"code": {code}}}')


@pytest.mark.parametrize(
    "body",
    ["", "{", '{"a": 1,}', "[1, 2.50, 1e3]", '"\\ud83d\\ude00"', "NaN", '{"b": "\u2028é"}', "null", "\udcff"],
)
def test_events(python, task_root, body):
    check(python, task_root, "app.echo", body)


def test_an_event_that_is_not_json_comes_as_bytes(python, task_root):
    check(python, task_root, "app.kind", {"body": "raw", "content_type": "text/plain"}, {"body": "1"})


def test_trace_ids(python, task_root):
    events = [{"body": "1", "trace_id": "Root=1-a"}, {"body": "1"}, {"body": "1", "trace_id": "Root=1-b"}]
    check(python, task_root, "app.trace", *events)


@pytest.mark.parametrize(
    "headers",
    [
        {
            "client_context": '{"client": {"installation_id": "i", "app_title": 1}, "custom": {"a": 1}, "env": {}}'
        },
        {"client_context": '{"w3c": {"traceparent": "t", "baggage": 5, "x": "y"}}'},
        {"client_context": '{"w3c": [1]}', "tenant_id": "tenant"},
        {"client_context": "{", "cognito_identity": "{}"},
        {"client_context": ""},
        {"client_context": "null"},
        {"cognito_identity": '{"cognitoIdentityId": "a", "cognitoIdentityPoolId": "b", "c": 1}'},
        {"cognito_identity": "nope"},
        {"deadline_ms": 5},
    ],
    ids=str,
)
def test_context(python, task_root, headers):
    check(python, task_root, "app.describe", {"body": "{}", **headers})


@pytest.mark.parametrize(
    "handler",
    [
        "nodot",
        "",
        ".x",
        "a..b",
        "app.no_such_handler",
        "no_such_module.handler",
        "no/such.handler",
        "sys.exit",
        "time.sleep",
        "late_attribute.handler",
        *(
            name[:-3] + ".handler"
            for name in MODULES
            if "/" not in name and name not in ("bootstrap.py", "late_attribute.py", "warns.py")
        ),
    ],
)
def test_init_errors(python, task_root, handler):
    check(python, task_root, handler)


@pytest.mark.parametrize("handler", ["raises.handler", "app.no_such_handler", "app.raises"])
@pytest.mark.parametrize("level", [{}, {"AWS_LAMBDA_LOG_LEVEL": "INFO"}])
def test_errors_in_json_logs(python, task_root, handler, level):
    check(python, task_root, handler, env={**ON_LAMBDA, "AWS_LAMBDA_LOG_FORMAT": "JSON", **level})


@pytest.mark.parametrize(
    "handler",
    [
        "package/inner/module.handler",
        "package.inner.module.handler",
        "package/relative.handler",
        "package.relative.handler",
        "folder/module.handler",
        "warns.handler",
    ],
)
def test_module_names(python, task_root, handler):
    check(python, task_root, handler)


@pytest.mark.parametrize("level", ["", "DEBUG", "TRACE", "info", "ERROR", "nonsense"])
@pytest.mark.parametrize("form", ["JSON", "json", "Text", ""])
def test_logs(python, task_root, form, level):
    env = {"AWS_LAMBDA_LOG_FORMAT": form, "AWS_LAMBDA_LOG_LEVEL": level, **ON_LAMBDA}
    check(python, task_root, "app.logs", {"body": "{}", "tenant_id": "t"}, env=env)


def test_preview_warning(python, task_root):
    check(python, task_root, "app.nothing", env={"AWS_EXECUTION_ENV": "AWS_Lambda_python3.15"})
    check(
        python,
        task_root,
        "app.nothing",
        env={"AWS_EXECUTION_ENV": "AWS_Lambda_python3.15", "AWS_REGION": "cn-north-1"},
    )
