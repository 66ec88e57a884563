"""The object behind the injected calls: publishes the fields of a result that nobody can change any more."""

import builtins
import sys
from sys import _getframe, getprofile, getrefcount, gettrace

from . import encoding
from .bytecode import Bytecode
from .errors import StreamingError, pass_on_unless_ours
from .finality import (
    BORROWS,
    IN_BOX,
    IN_VARIABLE,
    SCALARS,
    counts_are_reliable,
    is_held_by_callers,
    is_immutable,
    owns_all,
)

_monitoring = getattr(sys, "monitoring", None)
# https://docs.python.org/3/library/sys.monitoring.html#tool-identifiers
_MONITORING_TOOLS = 6
# Before, `f_locals` of a frame is a copy, always the same one: the frame's, and our variable and argument refer to it.
_HAS_PROXIES = sys.version_info >= (3, 13)
IN_FRAME = 3

# How often calls in a loop are tried: before its first round and after it. What a round binds anew, another row say in a
# variable that held one of the value's, it has bound by then; to look once more could cost a walk over the whole value each round.
MAX_PASSES = 2


class _Absent:
    """What `peek` gives where there is nothing to publish."""


_ABSENT = _Absent()


class Changed(Exception):
    """The result says something else of published fields. Whether anyone has seen them is the bootstrap's to know."""

    def __init__(self, message, names):
        super().__init__(message)
        self.message = message
        self.names = names


class Publisher:
    """What handlers call as `__unum__`. No call raises, and none counts but those of the handler's own frame."""

    Changed = Changed

    def __init__(self, channel, handler, keys, route=None, idle=None, guards=(), reliance=None, file=None):
        self._channel = channel
        self._handler = handler
        self._keys = keys
        self._known = frozenset(keys)
        route = route or {}
        hops = route.get("hops", ())
        self._hops = [
            (hop["file"] or file, hop["function"], hop["first_line"], hop["last_line"]) for hop in hops
        ]
        self._wrappers = _steps(route.get("wrappers", ()), file)
        self._idle = dict(idle or ())
        self._trusted = counts_are_reliable()
        self._reliance = reliance
        self._bytecode = Bytecode()
        self._caller = None
        self._has_frame = False
        self._why_not = None
        self._told = set()
        self._published = {}
        self._unsure = set()
        # Builtins, which are read faster than an attribute: `__unum__0__ and (__unum__.publish(…) or __unum__.passed(0))`.
        self._guards = guards
        self._guard(False)

    def publish(self, *pairs):
        if self._caller is not None:
            try:
                frame = _getframe(1)
                if self._is_handler(frame):
                    self._publish(pairs, IN_VARIABLE, frame)
            except RecursionError:
                pass  # no call can be made here
            except Exception as error:
                pass_on_unless_ours(error)  # if it is, the field is sent at the return

    def offer(self, *pairs):
        if self._caller is not None:
            try:
                if self._is_handler(_getframe(1)):
                    boxes = [(item,) if i % 2 else item for i, item in enumerate(pairs)]
                    self._publish(boxes, None, None)
            except RecursionError:
                pass
            except Exception as error:
                pass_on_unless_ours(error)

    def emit(self, *pairs):
        if self._caller is not None:
            try:
                if self._is_handler(_getframe(1)):
                    self._publish(pairs, IN_BOX, None)
            except RecursionError:
                pass
            except Exception as error:
                pass_on_unless_ours(error)
        return pairs[1][0]

    def passed(self, number):
        """Stands behind the calls that have this guard: when they have been tried often enough, it lets no more of them run."""
        try:
            self._passes[number] += 1
            if self._passes[number] >= MAX_PASSES:
                setattr(builtins, self._guards[number], False)
        except RecursionError:
            pass
        except Exception as error:
            pass_on_unless_ours(error)

    def peek(self, mapping, key, default=_ABSENT):
        """The value at `key` if it is there and immutable: looking at it changes nothing and waits for nothing."""
        if self._caller is None:
            return _ABSENT
        try:
            if (
                type(mapping) is not dict
                and type(mapping) not in encoding.events()
                or type(key) not in SCALARS
            ):
                return _ABSENT
            value = dict.get(mapping, key, default)
            return value if is_immutable(value) else _ABSENT
        except RecursionError:
            return _ABSENT
        except Exception as error:
            pass_on_unless_ours(error)
            return _ABSENT

    # For the worker.

    def open(self, caller):
        """Fields may be published from now on, by the one frame that `caller` calls; by none if it is None."""
        self._has_frame = False
        self._why_not = None
        self._published = {}  # before the caller: a thread that still sends for the last invocation must find another dict
        self._unsure = set()
        self._caller = caller
        self._guard(caller is not None)

    def close(self):
        try:
            self._guard(False)
            with self._channel.writing:  # a thread's field is sent before the outcome, or not at all
                self._caller = None
        except BaseException:  # of a signal handler of the user's, while this waited
            self._caller = None
            raise

    def has_published(self):
        return bool(self._published)

    def new_reason(self):
        """Why fields of this invocation waited for the return although they were final; None if that has been told before."""
        why = self._why_not
        if why is None or why in self._told:
            return None
        self._told.add(why)
        return why

    def finish(self, text):
        """Name and JSON text of every field that is still to be sent; `text` is the whole result's.

        It is only read, never made again: encoding may run the user's code, and that runs once. Raises Changed where it
        does not say of a published field what was published.
        """
        published, unsure = self._published, self._unsure
        self._published, self._unsure = {}, set()
        late = []
        at = 0
        for name in self._keys:
            start = ("{" if at == 0 else ", ") + encoding.encode(name) + ": "
            if not text.startswith(start, at):
                raise self._changed(None, f"the result has not the keys {self._keys}: {_short(text[at:])}")
            at += len(start)
            end = encoding.end_of_value(text, at)
            value = text[at:end]
            if name in published and published[name].decode("utf-8") != value:
                raise self._changed(name, f"{_short(published[name].decode('utf-8'))} became {_short(value)}")
            if name not in published or name in unsure:
                late.append((name, value))
            at = end
        if text[at:] != "}":
            raise self._changed(None, f"the result has other keys, too: {_short(text[at:])}")
        return late

    def publish_explicitly(self, name, value):
        published = self._published
        if self._caller is None:
            raise StreamingError(f"field `{name}` cannot be published: no invocation is publishing now")
        if name not in self._keys:
            known = ", ".join(f"`{key}`" for key in self._keys)
            raise StreamingError(f"field `{name}` cannot be published: {self._handler} returns {known}")
        if name not in published:
            text = encoding.encode(value).encode("utf-8")  # may run the user's code, and take its time
            if not self._send([(name, text)], published):
                raise StreamingError(f"field `{name}` cannot be published: its invocation is over")

    def _guard(self, lets_pass):
        self._passes = [0] * len(self._guards)
        for guard in self._guards:
            setattr(builtins, guard, lets_pass)

    # Below: only after the call was found to be the handler's.

    def _is_handler(self, frame):
        """Whether it is the first frame that got here on the route; that one bears a mark from then on.

        A reference to it would keep the handler's locals alive while its decorators go on. The mark is a flag of the
        frame's that only tracing looks at, and that every new frame has set.
        """
        is_marked = self._has_frame and not frame.f_trace_lines
        if gettrace() is not None or getprofile() is not None or _is_monitored(frame.f_code):
            # Whoever looks at each line or call would see ours.
            if is_marked:
                frame.f_trace_lines = True  # and it is found no more
            self._why_not = "a debugger, profiler or tracer is told what it does"
            return False
        if not self._has_frame and frame.f_trace_lines:
            stray = self._off_the_route(frame)
            if stray is None:
                frame.f_trace_lines = False
                self._has_frame = is_marked = True
                self._why_not = None
            else:
                self._why_not = stray
        return is_marked

    def _off_the_route(self, frame):
        """None if the call got here on the route that the transformer has followed: no other result is returned. Else what it
        is off the route by."""
        codes = [frame.f_code]
        outer = frame.f_back
        for file, function, first_line, last_line in self._hops:
            if outer is None or (outer.f_code.co_filename, outer.f_code.co_name) != (file, function):
                return _stray(frame, outer)
            if not first_line <= outer.f_lineno <= last_line or not self._bytecode.returns_its_call(outer):
                return _stray(frame, outer)
            codes.append(outer.f_code)
            outer = outer.f_back
        for modules, wrapper in self._wrappers:
            while outer is not None and outer is not self._caller:
                code = outer.f_code
                if (code.co_filename, code.co_name, code.co_firstlineno) == wrapper:
                    outer = outer.f_back
                    break
                if code in codes or not _is_of(outer.f_globals.get("__name__"), modules):
                    return _stray(frame, outer)
                outer = outer.f_back
        return None if outer is self._caller else _stray(frame, outer)

    def _publish(self, pairs, expected, frame):
        if self._reliance is not None and self._reliance.is_broken():
            self._why_not = self._reliance.reason()
            return
        batch = []
        for i in range(0, len(pairs), 2):
            if i and not batch and not self._published:
                return  # what follows is ready anyway: alone it is no reason to start next
            name = pairs[i]
            if name in self._published or name not in self._known:
                continue
            if self._is_final(pairs[i + 1], expected, frame, name):
                batch.append((name, _text_of_final(pairs[i + 1][0])))
        if batch:
            self._send(batch, self._published)

    def _send(self, batch, published):
        """Whether the invocation is not over whose fields `published` are."""
        if self._channel.in_child:
            return True
        with self._channel.writing:
            if self._caller is None or self._published is not published:
                return False
            new, blobs = {}, []
            for name, text in batch:
                if name not in published:  # another thread may have been quicker
                    new[name] = text
                    blobs.append(name.encode("utf-8", "surrogatepass"))
                    blobs.append(text)
            if new:
                # If a signal handler of the user's raises before the frame is queued whole, the return sends these again.
                self._unsure.update(new)
                published.update(new)
                self._channel.send_held(b"P", blobs)
                self._unsure.difference_update(new)
        return True

    def _is_final(self, box, expected, frame, name):
        if is_immutable(box[0]):
            return True
        if not self._trusted or expected is None:
            return False
        if frame is None:
            return getrefcount(box[0]) == expected and owns_all(box[0])
        if not self._bytecode.is_local(frame, name):
            return False
        if BORROWS and is_held_by_callers(box[0], frame, self._caller):
            return False
        if getrefcount(box[0]) == expected and owns_all(box[0]):
            return True
        return name in self._idle and self._is_held_idly(box, frame, self._idle[name])

    def _is_held_idly(self, box, frame, names):
        """Whether others refer to the value's containers only from variables of the handler that are not read any more."""
        from . import holders

        variables = frame.f_locals
        if not _HAS_PROXIES:
            code = frame.f_code
            if getrefcount(variables) > IN_FRAME:
                return False  # somebody keeps this copy
            if not {*code.co_varnames, *code.co_cellvars, *code.co_freevars}.issuperset(variables):
                return False  # somebody has put something into it
        held = [value for value in map(variables.get, names) if type(value) in holders.CONTAINERS]
        if not _HAS_PROXIES:
            variables.clear()  # a copy that stays at the frame, and would hold all of them
        if BORROWS:
            held = [value for value in held if not is_held_by_callers(value, frame, self._caller)]
        return holders.owned_beside(box, held)

    def _changed(self, name, how):
        what = "fields were" if name is None else f"field `{name}` was"
        names = self._keys if name is None else [name]
        return Changed(f"{what} published by {self._handler} and changed before the return: {how}", names)


def _steps(wrappers, file):
    """What stands between the worker and the handler, from the innermost outwards: modules whose functions may, as many as there
    are, then the one function that must; behind the last one none."""
    steps, modules = [], ()
    for wrapper in wrappers:
        if "modules" in wrapper:
            modules += tuple(wrapper["modules"])
        else:
            function = wrapper["file"] or file, wrapper["function"], wrapper["first_line"]
            steps.append((modules, function))
            modules = ()
    return [*steps, (modules, None)] if modules else steps


def _stray(frame, outer):
    name = frame.f_code.co_name
    if outer is None:
        return f"`{name}` runs in another thread than Lambda's call"
    code = outer.f_code
    return f"`{name}` was called by way of `{code.co_name}` ({code.co_filename}:{outer.f_lineno}), whose result may be another one"


def _is_of(module, modules):
    return type(module) is str and any(module == one or module.startswith(one + ".") for one in modules)


def _text_of_final(value):
    """Its JSON text in UTF-8. What is final was found to be made of exact built-in types and to hold no cycle; only for the
    numbers of `decimal` there is the long way."""
    try:
        return encoding.encode_plain(value).encode("utf-8")
    except Exception as error:
        pass_on_unless_ours(error)
        return encoding.encode(value).encode("utf-8")


def _short(text):
    return text if len(text) <= 80 else text[:77] + "..."


def _is_monitored(code):
    """Whether a tool of `sys.monitoring`, which Python 3.12 and later have, is told what this code does."""
    if _monitoring is None:
        return False
    return any(
        _monitoring.get_tool(tool) is not None
        and (_monitoring.get_events(tool) or _monitoring.get_local_events(tool, code))
        for tool in range(_MONITORING_TOOLS)
    )


# The explicit way, for handlers that are not transformed call by call.


def publish_field(name, value):
    """Publishes field `name` of the current invocation's result now; raises StreamingError if it cannot be."""
    from . import worker

    if worker.publisher is None:
        why = "no invocation is publishing now" if worker.is_loading else "the handler runs as written"
        raise StreamingError(f"field `{name}` cannot be published: {why}")
    worker.publisher.publish_explicitly(name, value)


def write_intermediary(key, value):
    """The same, by the name that it had beside `read_intermediary`. Keys are names of fields, not keys of the store."""
    publish_field(key, value)


class StreamingPublisher:
    """Publishes fields of the current invocation's result. Session and source are the bootstrap's to know."""

    def __init__(self, session_id=None, source_function=None, field_names=None):
        self.session_id = session_id
        self.source_function = source_function
        self.field_names = field_names

    def publish(self, name, value):
        publish_field(name, value)
