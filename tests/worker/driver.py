"""Stands where the bootstrap stands: starts the worker, speaks its protocol, and keeps what came back.

with Worker(python) as worker:
    worker.init({"handler": "app.handler"})              # Ready or InitFailed
    outcome = worker.invoke({"n": 1}, answer=lambda name: Value(b"2"))
    outcome.kind, outcome.body, outcome.published, outcome.late, outcome.waits, outcome.stdout
"""

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

LAYER = Path(__file__).resolve().parents[2] / "layer" / "python"
START = LAYER / "unum_streaming" / "start.py"
DEADLINE_S = 60


@dataclass
class Value:
    """Answers one name of a Wait with JSON bytes."""

    json: bytes


@dataclass
class Unavailable:
    """Answers one name of a Wait with an error; kind is `timeout`, `source_failed` or `store`."""

    kind: str
    message: str


@dataclass
class Ready:
    stdout: str
    stderr: str
    as_written: str = None
    """Why not as transformed; none: that is what runs."""


@dataclass
class InitFailed:
    document: dict
    error_type: str
    stdout: str
    stderr: str


@dataclass
class Outcome:
    """What one invocation did. kind is `returned`, `raised` or `exited`."""

    kind: str
    body: bytes = b""
    content_type: str = ""
    document: dict = None
    cause: dict = None
    error_type: str = ""
    exit_code: int = None
    published: list = field(default_factory=list)  # [[(name, JSON bytes), …] for each Published frame]
    late: list = field(default_factory=list)  # [(name, JSON bytes), …]
    changed: list = field(
        default_factory=list
    )  # [message, name, …] of published fields that the result denies
    waits: list = field(default_factory=list)  # [[name, …] for each Wait frame]
    held_back: str = None  # why final fields waited for the return
    stdout: str = ""
    stderr: str = ""

    @property
    def value(self):
        return json.loads(self.body)

    @property
    def early(self):
        """Published fields in order: [(name, JSON bytes), …]."""
        return [pair for frame in self.published for pair in frame]


class Worker:
    """One worker process. `env` is its whole environment; the default holds only PATH."""

    def __init__(self, python=sys.executable, env=None, cwd=None, start=START, options=(), pass_fds=()):
        self._output = {name: tempfile.TemporaryFile() for name in ("stdout", "stderr")}  # noqa: SIM115
        self._read_to = {"stdout": 0, "stderr": 0}
        self._buffer = b""
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        their_lifeline, self._lifeline = os.pipe()
        theirs = (theirs_in, theirs_out, their_lifeline)
        self.process = subprocess.Popen(
            [str(python), *options, str(start), *map(str, theirs)],
            env={"PATH": os.environ["PATH"]} if env is None else env,
            cwd=cwd,
            pass_fds=(*theirs, *pass_fds),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **self._output,
        )
        for descriptor in theirs:
            os.close(descriptor)

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.close()

    def init(self, settings, source=""):
        """Loads the handler; `source` is the transformed text, empty to run the file as written."""
        kind, self.started = self.receive()
        if kind == "S":
            self.send("I", json.dumps(settings).encode(), source.encode())
            kind, blobs = self.receive()
        if kind == "R":
            as_written = None if blobs[0] == b"1" else _text(blobs[0])
            self.ready = Ready(self.output("stdout"), self.output("stderr"), as_written)
            return self.ready
        if kind == "F":
            self.exit_code()
            return InitFailed(
                json.loads(blobs[0]), blobs[1].decode(), self.output("stdout"), self.output("stderr")
            )
        return Outcome("exited", exit_code=self.exit_code(), **self._outputs())

    def invoke(self, event, answer=None, on_published=None, **meta):
        """Sends one event (bytes, or a value to be dumped) and serves the worker until it has an outcome.

        `answer(name)` gives a Value or Unavailable, or None to leave the wait unanswered; `on_published(pairs)` is
        called for each Published frame. `meta` overrides members of the invocation.
        """
        self.send_event(event, **meta)
        return self.serve(answer, on_published)

    def send_event(self, event, **meta):
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        self.send("E", json.dumps({**INVOCATION, **meta}).encode(), body)

    def serve(self, answer=None, on_published=None):
        outcome = Outcome("exited")
        while True:
            kind, blobs = self.receive()
            if kind == "P":
                outcome.published.append(_pairs(blobs))
                if on_published:
                    on_published(outcome.published[-1])
            elif kind == "W":
                outcome.waits.append([_text(blob) for blob in blobs])
                for name in outcome.waits[-1]:
                    self.reply(name, answer(name))
            elif kind == "C":
                # Here every published field counts as sent, so the bootstrap would fail the invocation.
                outcome.changed = [_text(blob) for blob in blobs]
            else:
                return self._finished(outcome, kind, blobs)

    def reply(self, name, answer):
        if isinstance(answer, Value):
            self.send("V", _blob(name), answer.json)
        elif answer is not None:
            self.send("X", _blob(name), answer.kind.encode(), _blob(answer.message))

    def send(self, kind, *blobs):
        body = kind.encode() + b"".join(len(blob).to_bytes(4, "big") + blob for blob in blobs)
        frame = memoryview(len(body).to_bytes(4, "big") + body)
        try:
            while frame:
                frame = frame[os.write(self._to, frame) :]
        except BrokenPipeError:
            pass  # receive() tells how it ended

    def receive(self):
        """The next frame as kind and blobs; kind is None when the worker is gone."""
        deadline = time.monotonic() + DEADLINE_S
        while len(self._buffer) < 4 or len(self._buffer) < 4 + int.from_bytes(self._buffer[:4], "big"):
            ready, _, _ = select.select([self._from], [], [], deadline - time.monotonic())
            if not ready:
                self.process.kill()
                raise TimeoutError(
                    "no frame from the worker\n" + self.output("stdout") + self.output("stderr")
                )
            data = os.read(self._from, 1 << 20)
            if not data:
                return None, []
            self._buffer += data
        end = 4 + int.from_bytes(self._buffer[:4], "big")
        frame, self._buffer = self._buffer[4:end], self._buffer[end:]
        blobs, at = [], 1
        while at < len(frame):
            size = int.from_bytes(frame[at : at + 4], "big")
            blobs.append(frame[at + 4 : at + 4 + size])
            at += 4 + size
        return chr(frame[0]), blobs

    def output(self, name):
        """What was written to stdout or stderr since this was last asked."""
        text = os.pread(self._output[name].fileno(), 1 << 24, self._read_to[name])
        self._read_to[name] += len(text)
        return text.decode("utf-8", "replace")

    def exit_code(self):
        return self.process.wait(DEADLINE_S)

    def close(self):
        os.close(self._to)
        try:
            self.exit_code()
        finally:
            os.close(self._from)
            os.close(self._lifeline)
            for file in self._output.values():
                file.close()

    def _outputs(self):
        return {"stdout": self.output("stdout"), "stderr": self.output("stderr")}

    def _finished(self, outcome, kind, blobs):
        if kind == "O":
            outcome.kind, outcome.content_type, outcome.body = "returned", _text(blobs[0]), blobs[1]
            outcome.late = _pairs(blobs[2:])
            if outcome.changed:
                outcome.kind, outcome.error_type = "raised", "Unum.FieldChanged"
        elif kind == "Z":
            outcome.kind, outcome.document = "raised", json.loads(blobs[0])
            outcome.error_type = outcome.document["errorType"]
            outcome.cause = json.loads(blobs[1]) if blobs[1] else None
        else:
            assert kind is None, kind
            outcome.exit_code = self.exit_code()
        if outcome.kind in ("returned", "raised"):
            done, told = self.receive()
            assert done in ("D", None), done
            outcome.held_back = _text(told[0]) if told else None
        outcome.stdout, outcome.stderr = self.output("stdout"), self.output("stderr")
        return outcome


INVOCATION = {
    "request_id": "11111111-2222-3333-4444-555555555555",
    "deadline_ms": 4102444800000,
    "function_arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
    "trace_id": None,
    "client_context": None,
    "cognito_identity": None,
    "tenant_id": None,
    "content_type": "application/json",
    "publish": False,
    "futures": [],
    "source": None,
}


def _pairs(blobs):
    return [(_text(name), value) for name, value in zip(blobs[::2], blobs[1::2])]


def _blob(text):
    return text.encode("utf-8", "surrogatepass")


def _text(blob):
    return blob.decode("utf-8", "surrogatepass")
