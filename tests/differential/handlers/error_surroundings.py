"""Failures in modules that can look at their own code, which run as written."""

import ctypes
import resource


def without_a_source(event, context):
    made = {}
    exec(compile("def fail():\n    raise ValueError('no file')\n", "<made up>", "exec"), made)
    made["fail"]()


def segfaults(event, context):
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.string_at(0)
