"""Runs the user's handler on the main thread: one Init, then event after event until the bootstrap goes away."""

import builtins
import os
import sys

from . import encoding, errors, importer, logs
from .context import LambdaContext
from .errors import Fault
from .runtime_client import LambdaRuntimeClient, error_json

# The current invocation's, for the functions that users import.
publisher = None
futures = None
is_loading = True

# Compiled packages that read what a dict stores past its methods, where a field that has not come is no value, and packages that
# take for a dict only what is exactly one: where one of them is loaded, the handler gets its event whole. By any part of their
# modules' names, for they may be within another package.
PAST_METHODS = frozenset(
    "_ioncmodule _upb bson cbor2 cel deepdiff duckdb immutables joblib jsonpickle jsonschema_rs kuzu lupa msgspec oracledb orjson "
    "ormsgpack pandas pikepdf polars pyarrow pydantic_core rapidjson rtoml tantivy ujson yyjson".split()
)
_KNOWN_AS = {"_ioncmodule": "amazon.ion", "_upb": "protobuf"}
_whole_events = None

# Loaded behind the user's module; what each of them imports of ours stands before it.
_PUBLISHING = ("opcodes", "bytecode", "finality", "publisher")

_UNHANDLED = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. However, in rare "
    "cases, a Lambda runtime update can cause unexpected function behavior. For functions using managed runtimes, "
    "runtime updates can be triggered by a function change, or can be applied automatically. To determine if the "
    "runtime has been updated, check the runtime version in the INIT_START log entry. If this error correlates with "
    "a change in the runtime version, you may be able to mitigate this error by temporarily rolling back to the "
    "previous runtime version. For more information, see "
    "https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html\r"
)
_PREVIEW = (
    "LAMBDA_WARNING: This is a preview runtime version and should not be used for production workloads. For further "
    "information and to provide feedback, see https://docs.{}/lambda/latest/dg/lambda-runtimes.html\r"
)
_PREVIEW_ENVIRONMENTS = ("AWS_Lambda_python3.15",)


def run(channel, modules):
    """`modules` loads those of ours, whatever the user's code has done to the import system."""
    global _whole_events, is_loading
    settings, text = _next(channel, b"I")
    logs.install()
    settings = encoding.decode(settings)
    handler, reliance = _load(channel, modules, settings, str(text, "utf-8"))
    is_loading = False
    transformed = reliance is not None and reliance.replaced is None
    _whole_events = settings.get("whole_events")
    ready = (_how_it_runs(reliance), ", ".join(_past_methods()).encode())
    if settings.get("snap_start"):
        if transformed:
            _open_publisher(channel, modules, settings, reliance)
        _outlive_the_snapshot(channel, ready)
    channel.send(b"R", ready)
    # While the bootstrap asks for the first event, unless it came with the snapshot.
    if transformed and publisher is None:
        _open_publisher(channel, modules, settings, reliance)
    while True:
        invocation, event = _next(channel, b"E")
        invocation = encoding.decode(invocation)
        _begin(invocation)
        # Looked for by its name each time: a tool may have put its own in the place of it.
        handle_event_request(
            LambdaRuntimeClient(channel, invocation),
            handler,
            invocation["request_id"],
            event if handle_event_request is _handle_event_request else bytes(event),
            invocation.get("content_type"),
            invocation.get("client_context"),
            invocation.get("cognito_identity"),
            invocation.get("function_arn"),
            invocation.get("deadline_ms"),
            invocation.get("tenant_id"),
            logs.sink,
        )
        # Destructors of the event's and the result's objects have run by now.
        reason = publisher is not None and publisher.new_reason()
        channel.send(b"D", (_name(reason),) if reason else ())


def _outlive_the_snapshot(channel, ready):
    from . import snapshot

    _run_hooks(channel, snapshot.run_before_snapshot, "Runtime.BeforeSnapshotError", 64)
    channel.send(b"R", ready)
    _next(channel, b"B")
    _run_hooks(channel, snapshot.run_after_restore, "Runtime.AfterRestoreError", 65)


def _run_hooks(channel, run, error_type, exit_code):
    try:
        run()
    except BaseException as error:  # sys.exit, too, ends no hook in silence
        _end(channel, errors.report(error), error_type, exit_code)


def _load(channel, modules, settings, text):
    """The handler, and what the transformed text relies on if that is what runs."""
    report = reliance = None
    try:
        _warn_of_preview()
        if text:
            modules.read(("compiler", "reliance", "columns", *_PUBLISHING))
            modules.load("compiler", "reliance")
            from .reliance import Reliance

            _close_calls(settings)
        handler, transformed = importer.load(settings, text, modules)
        if transformed:
            reliance = Reliance(
                settings.get("relied_on") or (),
                settings["module"],
                settings["path"],
                settings.get("definitions") or (),
                [hop["file"] for hop in (settings.get("route") or {}).get("hops", ())],
            )
    except Exception as error:
        report = errors.report(error)
    if report is not None:
        _fail_init(channel, report)  # out of the handling, see `handle_event_request`
    return handler, reliance


class _Closed:
    """Behind the injected calls while the module is loaded: should a handler be called there, it publishes nothing."""

    def publish(self, *pairs):
        pass

    offer = passed = peek = publish

    def emit(self, *pairs):
        return pairs[1][0]


def _close_calls(settings):
    for guard in _guards(settings):
        setattr(builtins, guard, False)
    setattr(builtins, settings["injected"], _Closed())


def _guards(settings):
    return [f"{settings['injected']}{number}__" for number in range(settings.get("guards", 0))]


def _how_it_runs(reliance):
    """`1` if as transformed; else why not, as far as that is not known anyway."""
    if reliance is None:
        return b""
    return b"1" if reliance.replaced is None else _name(reliance.reason())


def _open_publisher(channel, modules, settings, reliance):
    """Where it cannot be, the calls stay closed, and the result is sent when it is returned."""
    try:
        modules.load(*_PUBLISHING)
        install_publisher(channel, settings, reliance)
    except Exception:
        pass


def install_publisher(channel, settings, reliance=None):
    global publisher
    from .publisher import Publisher

    route, idle = settings.get("route"), settings.get("idle")
    publisher = Publisher(
        channel,
        settings["handler"],
        settings["keys"],
        route,
        idle,
        _guards(settings),
        reliance,
        settings.get("path"),
    )
    setattr(builtins, settings["injected"], publisher)


def _fail_init(channel, report):
    import logging

    logging.warning(_UNHANDLED)
    _end(channel, report, report.error_type, 1)


def _end(channel, report, error_type, exit_code):
    errors.log(report.document, logs.sink, error_json)
    LambdaRuntimeClient(channel).post_init_error(report.document, error_type)
    sys.exit(exit_code)


def _warn_of_preview():
    if os.environ.get("AWS_EXECUTION_ENV") in _PREVIEW_ENVIRONMENTS and not os.environ.get(
        "LAMBDA_DISABLE_PREVIEW_WARN"
    ):
        import logging

        china = os.environ.get("AWS_REGION", "").startswith("cn-")
        logging.warning(_PREVIEW.format("amazonaws.cn" if china else "aws.amazon.com"))


def _next(channel, kind):
    """The blobs of the next frame of this kind. Without a bootstrap, the program is over."""
    while True:
        frame = channel.receive_alone()
        if frame is None:
            sys.exit()
        if frame[0] == kind:
            return frame[1]  # anything else answers a wait that was interrupted


def _begin(invocation):
    logs.request_id = invocation["request_id"]
    logs.tenant_id = invocation.get("tenant_id")
    _set_trace_id(invocation.get("trace_id"))


def handle_event_request(
    lambda_runtime_client,
    request_handler,
    invoke_id,
    event_body,
    content_type,
    client_context_json,
    cognito_identity_json,
    invoked_function_arn,
    epoch_deadline_time_in_ms,
    tenant_id,
    log_sink,
    invocation_id=None,
):
    """One invocation. Name and parameters are those of AWS's runtime: see `runtime_client`."""
    client, channel, invocation = (
        lambda_runtime_client,
        lambda_runtime_client.channel,
        lambda_runtime_client.invocation,
    )
    report = None
    try:
        context = LambdaContext(
            invoke_id,
            _header(client_context_json, "Client Context"),
            _header(cognito_identity_json, "Cognito Identity"),
            epoch_deadline_time_in_ms,
            invoked_function_arn,
            tenant_id,
        )
        event = _event(channel, invocation, content_type, event_body)
        # A variable of its own: the result's objects live until its response is posted.
        response = _call(request_handler, event, context, invocation.get("publish"))
        result, result_type = _answer(client, response)
    except Exception as error:
        report, behind = _report(error, invoke_id)
    _close(channel)
    _leave_if_forked(channel)
    if report is None:
        client.post_invocation_result(invoke_id, result, result_type, invocation_id)
        return
    # Out of the handling: if it fails, that is told without the error.
    errors.log(report.document, log_sink, error_json)
    if behind is not None:
        errors.log(behind, log_sink, error_json)
    client.post_invocation_error(
        invoke_id, error_json(report.document), error_json(report.cause), invocation_id
    )


# Whether the name above still stands for it: then a large event needs no copy to be `bytes`, as it is for tools.
_handle_event_request = handle_event_request


def _call(handler, event, context, publish):
    """Calls the handler, always from one line, for stack traces show it; its frame alone may publish fields."""
    if publisher is not None:
        caller = None
        if publish:
            try:
                caller = sys._getframe()
            except Exception:
                pass  # an audit hook of another module's refuses it: nothing is published
        publisher.open(caller)
    try:
        return handler(event, context)
    finally:
        if publisher is not None:
            publisher.close()


def _report(error, invoke_id):
    """What is told about `error`, and the document of what else is logged, or None. If its text tells of what stands in a field's
    place, or it is a field's failure without its text, told is why the field is not there; if it hides that, that is logged."""
    report = errors.report(error, invoke_id)
    if futures is None:
        return report, None
    text = report.document["errorMessage"]
    unread = futures.error_named(text)
    if not text and type(error) in errors.OURS:
        unread = futures.failure(type(error))
    if unread:
        return errors.report(unread.with_traceback(error.__traceback__), invoke_id), None
    failure = errors.failure_behind(error)
    if failure is None:
        return report, None
    failure = futures.failure(type(failure)) if not str(failure) else failure
    if failure is None or str(failure) in text:
        return report, None
    return report, {
        "errorMessage": str(failure),
        "errorType": type(failure).__name__,
        "requestId": invoke_id or "",
    }


def _close(channel):
    global futures
    if futures is not None:
        from . import lazy

        lazy.watch(None)
        channel.close_asking(futures)
        futures = None


def _answer(client, result):
    """The result's bytes or JSON text, and its content type; late fields go to the client."""
    try:
        if isinstance(result, bytes) and not _has_published():
            _refuse_a_failed_field(result)
            return result, "application/unknown"
        # At the same depth of the stack whether it streams or not: a deeply nested result is an error in both or none.
        text = encoding.encode(result)
        _refuse_a_failed_field(text)
        if _has_published():
            client.late, client.changed = _finish(text)
        return text, "application/json"
    except (Fault, errors.StreamingError):
        raise
    except Exception as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def _refuse_a_failed_field(text):
    """A package may have written the name of what stands in its place: as its value, say, or as that of its type."""
    failure = futures and futures.failure_in(text)
    if failure:
        raise failure


def _finish(text):
    """The blobs of late fields, and those of the message about changed ones, if any did."""
    try:
        late = publisher.finish(text)
    except publisher.Changed as error:
        return [], [_name(blob) for blob in (error.message, *error.names)]
    return [_name(blob) for pair in late for blob in pair], None


def _has_published():
    return publisher is not None and publisher.has_published()


def _leave_if_forked(channel):
    if channel.in_child:
        os._exit(0)  # a child that returned from the handler has nobody to tell


def _header(text, name):
    if not text:
        return None
    import json

    try:
        return json.loads(text)
    except Exception as error:
        raise Fault("Runtime.LambdaContextUnmarshalError", f"Unable to parse {name} JSON: {error}") from error


def _event(channel, invocation, content_type, data):
    global futures
    if content_type != "application/json":
        return bytes(data)
    try:
        event = encoding.decode(data)
    except Exception as error:
        raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error
    names = invocation.get("futures")
    if not names or type(event) is not dict:
        return event
    from . import lazy

    futures = lazy.Futures(channel, names, invocation.get("session"), invocation.get("source"))
    event = lazy.lazy_event(event, futures)
    if _whole_events == "always" or _past_methods():
        return lazy.whole(event, futures)
    if _whole_events != "never":
        lazy.watch(event, PAST_METHODS)
    return event


def _past_methods():
    if _whole_events == "never":
        return []
    found = PAST_METHODS.intersection(".".join(map(str, sys.modules)).split("."))
    return sorted(_KNOWN_AS.get(name, name) for name in found)


def _set_trace_id(trace_id):
    if trace_id is not None:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id
    elif "_X_AMZN_TRACE_ID" in os.environ:
        del os.environ["_X_AMZN_TRACE_ID"]


def _name(text):
    return text.encode("utf-8", "surrogatepass")
