"""Compiles the transformed text of a module to what the import system would make of a file with that text."""

import os
import sys
from _imp import _fix_co_filename

_STRING = "<string>"  # what `exec` calls a text's file
_QUOTES = ('"""', "'''")
_BOM = b"\xef\xbb\xbf"
# https://peps.python.org/pep-0552: compiled from a text of this hash, which Python has compared.
_CHECKED_HASH = 0b11
_LINES = "co_linetable" if sys.version_info >= (3, 10) else "co_lnotab"


def compiled(text, path, loader, shifts, modules):
    """The module's code; `shifts` are insertions, see `columns`. Raises SyntaxError or ValueError.

    It warns of what the compiler warns of unless `loader`, by its own rules, would take code that is compiled already. If that
    is another program than the file's text, ValueError: whatever was read there is not what runs.
    """
    cached = _cached(loader)
    if cached is not None and not _is_of_the_text(cached, loader):
        raise ValueError(f"{path} is compiled already, from another text")
    code = _uninterrupted(_code, text, path, cached is None)
    # From 3.11 on tracebacks mark columns.
    if sys.version_info < (3, 11) or not shifts:
        return code
    modules.load("columns")
    from .columns import as_written

    return as_written(code, shifts)


def runs_another_text(path):
    """Whether Python takes for the code of this file something that was compiled from another text, as far as that can be told."""
    try:
        from _frozen_importlib_external import SourceFileLoader

        loader = SourceFileLoader(path, path)
        cached = _cached(loader)
        return cached is not None and not _is_of_the_text(cached, loader)
    except Exception:
        return True


def _is_of_the_text(cached, loader):
    """A time and a size that fit say little: whoever packs files may set all times alike. To compile the text takes a
    millisecond or more, but code that is compiled already is rare where functions are deployed."""
    from _frozen_importlib_external import cache_from_source
    from _imp import check_hash_based_pycs

    try:
        flags = loader.get_data(cache_from_source(loader.path))[4:8]
        if int.from_bytes(flags, "little") == _CHECKED_HASH and check_hash_based_pycs != "never":
            return True
        data = loader.get_data(loader.path)
        is_plain = not data.startswith(_BOM) and not any(
            b"coding" in line for line in data.split(b"\n", 2)[:2]
        )
        text = data.decode("utf-8") if is_plain else data
        return _is_same(cached, _uninterrupted(_code, text, loader.path, False))
    except (SyntaxError, ValueError, OSError):
        return False


def _is_same(code, other):
    pairs = zip(code.co_consts, other.co_consts)
    return (
        code == other
        and getattr(code, _LINES) == getattr(other, _LINES)
        and all(_is_same(one, two) for one, two in pairs if type(one) is type(code))
    )


def _uninterrupted(compile_, *arguments):
    """Without the garbage collection that so many new objects would cause: they all stay, and it takes a tenth of the time."""
    import gc

    if not gc.isenabled():
        return compile_(*arguments)
    gc.disable()
    try:
        return compile_(*arguments)
    finally:
        gc.enable()


def _code(text, path, warns):
    code = _without_syntax_trees(text, path, warns)
    if code is not None:
        return code
    if warns:
        return compile(text, path, "exec", dont_inherit=True)
    with _Filter("ignore", None):
        return compile(text, path, "exec", dont_inherit=True)


class _Stopped(BaseException):
    pass


def _stop(*_, **__):
    raise _Stopped  # no variable: it would hold the frame, and with it all that have called this one


class _Names(dict):
    __getitem__ = __setitem__ = __delitem__ = _stop


def _without_syntax_trees(text, path, warns):
    """None where this way is not open.

    `compile` takes syntax trees, too, and before anything else it makes all their classes: 1.5 ms of a cold start. `exec` has
    none, but runs what it compiles: so it is given only what first of all imports, or sets a name, or makes a class, and each
    of these ends it. What it calls the text's file is then set right, as for a file that was moved.
    """
    if type(text) is not str or not _is_stopped_at_once(text) or _is_watched():
        return None
    try:
        with _Filter("error" if warns else "ignore", _STRING):  # the file is not known yet: then not this way
            exec(text, {"__builtins__": {"__import__": _stop, "__build_class__": _stop}}, _Names())
        return None
    except _Stopped as stopped:
        code = stopped.__traceback__.tb_next.tb_frame.f_code
    except Exception as error:
        if _comes_from_elsewhere(error.__traceback__.tb_next):
            raise
        return None
    if code.co_filename != _STRING or code.co_name != "<module>":
        return None
    _fix_co_filename(code, path)
    return code


def _comes_from_elsewhere(trace):
    """Whether a signal handler raised it while the text ran: neither the text nor who forbids it, such as an audit hook."""
    if trace is None or trace.tb_frame.f_code.co_filename != _STRING:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_filename != _STRING


def _is_stopped_at_once(text):
    """Whether the first statement is a docstring, an import, or a definition whose first line computes nothing."""
    at = 0
    while True:
        end = text.find("\n", at)
        if end < 0:
            return False
        line = text[at:end].rstrip(" \t\r")
        if line and not line.startswith("#"):
            break
        at = end + 1
    if line.startswith(("import ", "from ")):
        return True
    if line.startswith(("def ", "class ")):
        is_whole = line.endswith(":") and line.count("(") == line.count(")") <= 1
        return is_whole and not any(character in line for character in "#=[{")
    if not line.startswith(_QUOTES) or sys.flags.optimize > 1:
        return False
    closing = text.find(line[:3], at + 3)
    is_escaped = "\\" in text[at : max(closing, at)]
    return closing >= 0 and not is_escaped and not text[closing + 3 : text.find("\n", closing)].strip(" \t\r")


def _is_watched():
    """By somebody who would see what runs here: a debugger, a profiler, a coverage tool, functions in the place of these two."""
    monitoring = getattr(sys, "monitoring", None)
    return (
        sys.gettrace() is not None
        or sys.getprofile() is not None
        or (monitoring is not None and any(monitoring.get_tool(tool) is not None for tool in range(6)))
        or not type(exec) is type(compile) is type(len)
    )


class _Filter:
    """The first in the list that the compiler goes by, whether or not `warnings` is loaded, while something is compiled."""

    def __init__(self, action, module):
        self.entry = (action, None, Warning, module, 0)

    def __enter__(self):
        self.filters = getattr(sys.modules.get("warnings"), "filters", None)
        if self.filters is None:
            from _warnings import filters

            self.filters = filters
        self.filters.insert(0, self.entry)

    def __exit__(self, *_):
        self.filters.remove(self.entry)


class _NotCached(Exception):
    pass


def _cached(loader):
    """The code that `loader` would take without compiling its file."""
    from _frozen_importlib_external import cache_from_source

    try:
        os.stat(cache_from_source(loader.path))
    except (OSError, NotImplementedError):
        return None  # as it mostly is; to ask the loader takes longer

    def source_to_code(*_, **__):
        raise _NotCached

    loader.source_to_code = source_to_code
    try:
        return loader.get_code(loader.name)
    except _NotCached:
        return None
    finally:
        del loader.source_to_code
