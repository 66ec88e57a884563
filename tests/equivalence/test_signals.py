"""A handler's own time limit: the error that its signal handler raises is the handler's, wherever it strikes."""

from cases import Case, stage
from compare import run

# The first ring that does not strike the handler's own frame raises: in `wait`, or while the value is published.
HANDLER = """
import signal
import threading


class Alarm(Exception):
    pass


def arm():
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.002)


def ring(number, frame):
    if frame.f_code.co_name in ("lambda_handler", "arm"):
        arm()
    else:
        raise Alarm


def wait():
    threading.Event().wait(1)


LARGE = "é" * 2000000


def lambda_handler(event, context):
    arm()
    a = LARGE
    try:
        b = wait()
    except Alarm:
        b = "in time"
    c = [repr(b)]
    return {"a": a, "b": b, "c": c}
"""


def test_a_time_limit_is_kept_while_publishing(python, tmp_path):
    version, executable = python
    source = tmp_path / "limited.py"
    source.write_text(HANDLER)
    staged = stage(Case(source), tmp_path / "task")
    assert staged.transformed
    runs = run(staged, [{}], executable, version)
    for outcome in runs.plain + runs.streamed:
        in_time = outcome.kind == "returned" and b'"b": "in time"' in outcome.body
        assert in_time or outcome.error_type == "Alarm", (
            outcome.kind,
            outcome.error_type,
            outcome.body[-60:],
        )
