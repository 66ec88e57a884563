"""One worker over the protocol: what handlers and tools see of AWS's runtime."""

import json
import os

from driver import Worker


def test_tools_around_an_invocation_get_its_event_as_bytes(start):
    worker = start("""
    import sys
    runtime = sys.modules["__main__"].awslambdaricmain.bootstrap
    original, seen = runtime.handle_event_request, []
    def wrapped(client, handler, invoke_id, event_body, *others, **more):
        seen.append([type(event_body).__name__, len(event_body)])
        return original(client, handler, invoke_id, event_body, *others, **more)
    runtime.handle_event_request = wrapped
    def handler(event, context):
        return seen
    """)
    for size in (1, 65_400, 100_000):
        seen = worker.invoke(b'"' + b"x" * size + b'"').value
        assert seen[-1] == ["bytes", size + 2]


def test_the_context_says_what_the_environment_says_now(start):
    worker = start("""
    import os
    own = os.environ
    def handler(event, context):
        found = [context.function_name, type(context.function_name).__name__]
        if event == "plain":
            os.environ = dict(own, AWS_LAMBDA_FUNCTION_NAME="other")
        elif event is None:
            del os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        else:
            os.environ["AWS_LAMBDA_FUNCTION_NAME"] = event
        return found
    """)
    events = ["f", "", "ü", None, "plain", "last"]
    expected = [None, "f", "", "ü", None, "other"]
    assert [worker.invoke(event).value for event in events] == [[one, type(one).__name__] for one in expected]


def test_framed_logs(python, tmp_path):
    text = "import logging\ndef handler(e, c):\n    logging.error('é')\n    c.log('x')\n    logging.log(15, 'low')\n    raise ValueError('v')\n"
    (tmp_path / "app.py").write_text(text)
    for form, kinds in (
        ("Text", [0xA55A0017, 0xA55A0003, 0xA55A0017]),
        ("JSON", [0xA55A0016, 0xA55A0003, 0xA55A0016]),
    ):
        log = os.open(str(tmp_path / form), os.O_RDWR | os.O_CREAT)
        os.set_inheritable(log, True)
        env = {"PATH": os.environ["PATH"], "LAMBDA_TASK_ROOT": str(tmp_path), "AWS_LAMBDA_LOG_LEVEL": "INFO"}
        env.update(AWS_LAMBDA_LOG_FORMAT=form, _LAMBDA_TELEMETRY_LOG_FD=str(log))
        with Worker(python, env=env, pass_fds=(log,)) as worker:
            worker.init({"handler": "app.handler"})
            outcome = worker.invoke({})
        assert (outcome.kind, outcome.stdout) == ("raised", "")
        data, found = os.pread(log, 1 << 16, 0), []
        os.close(log)
        while data:
            size = int.from_bytes(data[4:8], "big")
            found.append((int.from_bytes(data[:4], "big"), data[16 : 16 + size].decode()))
            data = data[16 + size :]
        assert [kind for kind, _ in found] == kinds
        assert found[1][1] == "x"
        assert "é" in found[0][1] and "ValueError" in found[2][1]
        if form == "JSON":
            assert json.loads(found[0][1])["message"] == "é"
