"""Runs programs as written and transformed, one JSON line each, and answers what differs. Python 3.8.

The layer's own worker calls the handler and encodes its result; only the channel to the bootstrap is another one. A job
that is `trusting` has a publisher that counts no references: what it is given is taken to be the handler's own.
"""

import io
import json
import os
import re
import resource
import sys
import types
import warnings
from _thread import RLock

MODULE = "app"
MEMORY_BYTES = 2 << 30
TOLD_OF_AN_ERROR = ("kind", "fault", "error", "body")
COMPARED = (*TOLD_OF_AN_ERROR, "content_type", "event", "effects", "state")
_ADDRESS = re.compile(r"0x[0-9a-f]+")
_MAX_SHOWN = 600


class RecordingChannel:
    in_child = False

    def __init__(self):
        self.fields = []
        self.writing = RLock()

    def send_held(self, kind, blobs):
        assert kind == b"P", kind
        self.fields += pairs(blobs)

    def take(self):
        fields, self.fields = self.fields, []
        return fields


def main():
    sys.path.insert(0, sys.argv[1])
    from unum_streaming import worker

    sys.modules["odd_names"] = odd_names()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    warnings.simplefilter("ignore")
    answers = io.open(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # what a program prints is no answer
    for line in io.open(0, encoding="utf-8"):
        answers.write(json.dumps(compare(worker, json.loads(line))) + "\n")


def odd_names():
    """A module whose `all` is not Python's."""
    module = types.ModuleType("odd_names")
    module.all = lambda value: value.append(len(value))
    return module


def compare(worker, job):
    plain = run(worker, job, job["source"], None)
    streamed = run(worker, job, job["transformed"], job["settings"])
    found = []
    for number, (one, other) in enumerate(zip(plain, streamed)):
        found += ["invocation %d: %s" % (number, line) for line in differences(one, other)]
    published = [name for outcome in streamed for name, _ in outcome["early"]]
    return {
        "differences": found,
        "published": len(published),
        "fields": sum(len(members(outcome)) for outcome in plain),
        "returned": sum(outcome["kind"] == "returned" for outcome in plain),
        "invocations": len(plain),
    }


def run(worker, job, source, settings):
    """The outcomes of every event, each given twice in a row; without settings nothing is published."""
    channel = RecordingChannel()
    worker.publisher = None
    if settings:
        worker.install_publisher(channel, settings)
        if job.get("trusting"):
            worker.publisher._is_final = trust
            if worker.publisher._wrappers:
                worker.publisher._wrappers = [((MODULE,), None)]
    module = sys.modules[MODULE] = types.ModuleType(MODULE)
    try:
        exec(compile_(source, job["path"]), vars(module))
        handler = getattr(module, job["handler"])
    except Exception as error:
        return [{"kind": "import", "error": errors(error), "early": channel.take(), "state": state(module)}]
    outcomes = []
    for event in job["events"]:
        for _ in range(2):
            outcome = invoke(worker, handler, json.loads(json.dumps(event)))
            outcomes.append(dict(outcome, early=channel.take(), effects=effects(module), state=state(module)))
    return outcomes


def trust(box, expected, frame, name):
    from unum_streaming.publisher import is_immutable

    return expected is not None or is_immutable(box[0])


def compile_(source, path):
    return compile(source, path, "exec", dont_inherit=True)


def invoke(worker, handler, event):
    try:
        client = worker.LambdaRuntimeClient(None)
        body, content_type = worker._answer(client, worker._call(handler, event, None, True))
    except Exception as error:
        fault = getattr(error, "error_type", None)
        return {"kind": "raised", "fault": fault, "error": str(error) if fault else errors(error), "late": []}
    return {
        "kind": "returned",
        "content_type": content_type,
        "body": body if isinstance(body, str) else text(body),
        "late": pairs(client.late),
        "event": event,
    }


def pairs(blobs):
    return [(blobs[i].decode(), text(blobs[i + 1])) for i in range(0, len(blobs), 2)]


def text(data):
    """Without the addresses of objects, which no two runs have in common."""
    return _ADDRESS.sub("0x", data if isinstance(data, str) else data.decode())


def errors(error):
    """An exception and those that it came of: type, message, and the frames that a traceback shows."""
    found = []
    while error is not None and len(found) < 20:
        frames = []
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append((os.path.basename(code.co_filename), trace.tb_lineno, code.co_name))
            trace = trace.tb_next
        found.append((type(error).__name__, text(str(error)), frames))
        error = error.__cause__ or error.__context__
    return found


def effects(module):
    trace = getattr(module, "TRACE", None)
    if type(trace) is not list:
        return []
    taken = [(name, text(args)) for name, args in trace]
    trace.clear()
    return taken


def state(module):
    """What the module's globals hold, as text."""
    return {name: shown(value) for name, value in vars(module).items() if not name.startswith("__")}


def shown(value):
    parts = [value]
    if isinstance(value, types.FunctionType):
        parts += [
            value.__doc__,
            value.__defaults__,
            [cell_contents(cell) for cell in value.__closure__ or ()],
        ]
    elif type(value).__module__ == MODULE and hasattr(value, "__dict__"):
        parts.append(vars(value))
    return text(repr(parts))


def cell_contents(cell):
    try:
        return cell.cell_contents
    except ValueError:
        return "empty"


def differences(plain, streamed):
    for name in COMPARED if plain["kind"] == streamed["kind"] else TOLD_OF_AN_ERROR:
        one, other = plain.get(name), streamed.get(name)
        if one != other:
            yield "%s: %s as written, %s streamed" % (name, short(one), short(other))
    early, late = streamed["early"], streamed.get("late", [])
    names = [name for name, _ in early]
    if len(set(names)) != len(names):
        yield "published twice: %r" % names
    if plain["kind"] != "returned" or streamed["kind"] != "returned":
        return  # a handler that raised may have published; next is told
    if late and not early:
        yield "late fields without an early one: %r" % (late,)
    if early:
        yield from wrong_in_event(plain, early + late)


def wrong_in_event(plain, pairs):
    """What next would see, put together in the order of the result, is to be the result."""
    names = members(plain)
    sent = dict(pairs)
    if sorted(name for name, _ in pairs) != sorted(names):
        yield "early and late fields are not the result's: %s, %s" % (short(pairs), short(plain["body"]))
        return
    event = "{%s}" % ", ".join(
        "%s: %s" % (json.dumps(name, ensure_ascii="\\u" in plain["body"]), sent[name]) for name in names
    )
    if event != plain["body"]:
        yield "next sees %s instead of %s" % (short(event), short(plain["body"]))


def members(outcome):
    if not outcome.get("body", "").startswith("{"):
        return []
    return list(json.loads(outcome["body"]))


def short(value):
    text = repr(value)
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + " ..."


if __name__ == "__main__":
    main()
