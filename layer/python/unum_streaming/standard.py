"""Modules of the standard library that are loaded late, whatever the function's own files are called."""

import os

_FOLDER = os.path.dirname(os.__file__)


def module(name):
    """A module of its own, that nobody else sees."""
    from _frozen_importlib import BuiltinImporter, module_from_spec
    from _frozen_importlib_external import PathFinder

    spec = BuiltinImporter.find_spec(name) or PathFinder.find_spec(name, [_FOLDER, _FOLDER + "/lib-dynload"])
    found = module_from_spec(spec)
    spec.loader.exec_module(found)
    return found
