"""Partial parameter streaming for AWS Lambda: what handlers may import. Everything loads on first use."""

_HOME = {
    "LazyFutureDict": "lazy",
    "make_future_ref": "lazy",
    "is_future": "lazy",
    "resolve_future": "lazy",
    "read_intermediary": "lazy",
    "StreamingPublisher": "publisher",
    "publish_field": "publisher",
    "write_intermediary": "publisher",
    "StreamingError": "errors",
    "StreamingTimeoutError": "errors",
    "StreamingSourceError": "errors",
    "StreamingStoreError": "errors",
}

__all__ = list(_HOME)


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = __import__(__name__ + "." + _HOME[name], fromlist=[name])
    return globals().setdefault(name, getattr(module, name))


def __dir__():
    return sorted(set(globals()) | set(_HOME))
