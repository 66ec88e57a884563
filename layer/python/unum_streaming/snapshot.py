"""SnapStart's hooks: what the user registered with `snapshot_restore_py`. It is here only if their code imported it."""

import sys


def run_before_snapshot():
    hooks = _registered("get_before_snapshot")
    while hooks:
        function, args, kwargs = hooks.pop()  # the last registered comes first
        function(*args, **kwargs)


def run_after_restore():
    for function, args, kwargs in _registered("get_after_restore"):
        function(*args, **kwargs)


def _registered(getter):
    """The registry itself, a list: a hook may register another."""
    module = sys.modules.get("snapshot_restore_py")
    return [] if module is None else getattr(module, getter)()
