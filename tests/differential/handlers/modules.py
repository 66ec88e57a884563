"""What handlers see of the module that they are in, of the paths it was found on, and of the modules around it."""

import abc
import importlib
import inspect
import linecache
import os
import pickle
import sys


class Thing:
    """A class of the handler's module."""

    def __init__(self, value=1):
        self.value = value

    def method(self):
        return self.value


class Base(abc.ABC):
    @abc.abstractmethod
    def run(self): ...


counter = 0


def attributes(event, context):
    module = sys.modules[__name__]
    spec = module.__spec__
    cached = getattr(module, "__cached__", None)
    return {
        "names": [name for name in vars(module) if name.startswith("__")],
        "name": [__name__, __file__, __package__, __doc__],
        "cached": cached and os.path.relpath(cached, os.path.dirname(__file__)),
        "spec": [spec.name, spec.origin, spec.has_location, spec.submodule_search_locations, spec.parent],
        "spec_type": [type(spec).__name__, type(spec).__module__],
        "loader": [
            type(module.__loader__).__name__,
            type(module.__loader__).__module__,
            module.__loader__ is spec.loader,
        ],
        "loader_members": vars(module.__loader__),
        "state": spec.loader_state,
        "builtins": type(__builtins__).__name__,
    }


def paths(event, context):
    return {
        "path": list(dict.fromkeys(sys.path)),
        "argv": sys.argv,
        "cwd": os.getcwd(),
        "PYTHONPATH": os.environ.get("PYTHONPATH"),
        "prefix": [sys.prefix, sys.exec_prefix, sys.base_prefix],
        "executable": sys.executable,
        "hooks": len(sys.path_hooks),
        "written": sys.dont_write_bytecode,
    }


def source(event, context):
    """Itself, as inspect finds it."""
    module = sys.modules[__name__]
    return {
        "handler": inspect.getsource(source),
        "class": inspect.getsource(Thing),
        "method": inspect.getsource(Thing.method),
        "module": len(inspect.getsource(module)),
        "lines": inspect.getsourcelines(source)[1],
        "file": inspect.getfile(source) == inspect.getsourcefile(Thing) == __file__,
        "module_of": inspect.getmodule(source) is module,
        "linecache": linecache.getline(__file__, 1),
        "doc": inspect.getdoc(source),
        "signature": str(inspect.signature(source)),
        "code": [
            source.__code__.co_firstlineno,
            source.__code__.co_filename,
            source.__module__,
            source.__qualname__,
        ],
        "loader": __loader__.get_source(__name__) == inspect.getsource(module),
        "data": len(__loader__.get_data(__file__)),
        "is_package": __loader__.is_package(__name__),
        "filename": __loader__.get_filename(__name__),
    }


def pickles(event, context):
    copies = [pickle.loads(pickle.dumps(Thing(n), n)) for n in range(pickle.HIGHEST_PROTOCOL + 1)]
    function = pickle.loads(pickle.dumps(pickles))
    return [[type(one) is Thing, one.value, type(one).__module__] for one in copies] + [function is pickles]


def reloads(event, context):
    global counter
    counter += 1
    before = Thing
    again = importlib.reload(sys.modules[__name__])
    return [
        counter,
        again is sys.modules[__name__],
        again.Thing is before,
        again.Thing.__module__,
        again.counter,
    ]


def imports_itself(event, context):
    module = importlib.import_module(__name__)
    return [
        module is sys.modules[__name__],
        module.Thing is Thing,
        importlib.util.find_spec(__name__) is module.__spec__,
    ]


def finds_specs(event, context):
    import importlib.util

    found = [importlib.util.find_spec(name) for name in ("app", "json", "email.message", "no_such_module")]
    return [spec and [type(spec.loader).__name__, sorted(vars(spec.loader))] for spec in found]


def finders(event, context):
    return [getattr(finder, "__name__", type(finder).__name__) for finder in sys.meta_path]


def looks_for_logging_first(event, context):
    import importlib.util

    found = [importlib.util.find_spec("logging").name for _ in range(2)]
    import logging

    logging.warning("found %s", found)
    return [type(handler).__name__ for handler in logging.getLogger().handlers]


def main_module(event, context):
    main = sys.modules["__main__"]
    return [
        main.__name__,
        main is sys.modules[__name__],
        os.path.basename(sys.argv[0]),
        main.__package__,
        main.__spec__,
    ]


def of_the_runtime(event, context):
    """What lies beside AWS's runtime may be imported."""
    import simplejson

    return [simplejson.dumps({"a": 1}), os.path.dirname(os.path.dirname(simplejson.__file__))]


def asserts(event, context):
    kept = []
    assert kept.append(1) is None
    return [kept, __debug__, asserts.__doc__, Thing.__doc__, sys.flags.optimize, source.__doc__]


def warns(event, context):
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn("from the handler", stacklevel=1)
        warnings.warn("from its caller", stacklevel=2)
    return [[str(one.message), one.category.__name__, one.lineno > 0] for one in caught]
