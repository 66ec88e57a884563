"""Failures of every kind: what is posted and printed, how the process ends, whether the next event is served."""

from __future__ import annotations

from differential.calls import calls, calls_each, direct
from differential.row import Row

FROM_3_11 = ("3.11", "3.12", "3.13", "3.14")
AGAIN = ({}, {})
JSON_LOGS = {"AWS_LAMBDA_LOG_FORMAT": "JSON"}
INNER = {
    "package/__init__.py": "",
    "package/inner/__init__.py": "",
    "package/inner/module.py": "def fail():\n    raise KeyError(__name__)\n",
}

# Each is raised and reported, and the next event is served.
REPORTED = {
    "chains": (
        "chained",
        "implicitly_chained",
        "suppressed",
        "chained_to_itself",
        "raised_again",
        "raised_by_a_helper_again",
        "raises_no_exception",
        "raises_a_bad_cause",
    ),
    "places": (
        "in_a_finally",
        "in_a_with",
        "in_a_generator",
        "in_a_comprehension",
        "in_a_lambda",
        "in_a_property",
        "stop_iteration",
        "stop_iteration_in_a_generator",
        "absent_late_import",
        "traceback_is_removed",
        "builtin_fails",
    ),
    "classes": (
        "assertion",
        "assertion_without_words",
        "custom",
        "nested_class",
        "local_class",
        "lookalike",
        "renamed_class",
        "empty_class_name",
        "class_name_with_a_line_break",
        "class_that_lies",
        "metaclass_with_a_name",
        "unpicklable",
        "with_attributes_that_raise",
    ),
    "messages": (
        "str_is_a_subclass",
        "str_prints",
        "without_a_message",
        "message_is_a_number",
        "message_is_a_tuple",
        "message_of_several_lines",
        "message_outside_ascii",
        "unicode_error",
        "oserror",
    ),
    "long_message": ("long_message",),
    "message_with_a_delete_character": ("message_with_a_delete_character",),
    "recursion": ("recursion", "recursion_is_caught", "recursion_in_c", "recursion"),
    "recursion_in_the_result": ("recursion_in_the_result",),
    "deep_traces": ("deep_trace", "deep_trace_of_two"),
}

# The same of handlers/endings.py: failures that end nothing.
SURVIVED = {
    "exits_that_are_none": ("exit_is_caught", "exits_in_a_thread", "exit_is_caught"),
    "out_of_memory": ("out_of_memory", "exit_is_caught", "out_of_memory"),
    "threads": ("in_a_thread", "in_a_thread_with_a_hook"),
    "unraisable": ("in_del", "in_a_weakref_callback"),
    "excepthook": ("excepthook_is_not_asked",),
    "warnings": ("filters", "warns", "warnings_are_errors", "filters"),
    "environment": ("replaces_the_environment", "exit_is_caught"),
}

# Where the report itself fails, or no report is made: the process ends, and with it the environment.
UNTOLD = ("str_raises", "str_is_none", "message_with_a_surrogate", "class_name_outside_ascii")
ENDING = (
    "keyboard_interrupt",
    "generator_exit",
    "base_exception",
    "subclass_of_system_exit",
    "aborts",
    "in_atexit",
    "atexit_of_an_uncaught",
    "excepthook_is_replaced",
    "closes_stdout",
)

ROWS: list[Row] = [
    *(calls_each(name, "errors", *functions) for name, functions in REPORTED.items()),
    *(
        calls_each(f"{name}_in_json", "errors", *REPORTED[name], env=JSON_LOGS)
        for name in ("chains", "classes", "messages", "deep_traces")
    ),
    *(
        calls_each(f"{name}_framed", "errors", *REPORTED[name], framed_log=True)
        for name in ("classes", "messages")
    ),
    *(calls_each(name, "endings", *functions) for name, functions in SURVIVED.items()),
    *(calls("errors", function, *AGAIN) for function in UNTOLD),
    *(calls("endings", function, *AGAIN) for function in ENDING),
    calls("errors", "str_raises", name="str_raises_in_json", env=JSON_LOGS),
    calls("endings", "keyboard_interrupt", name="keyboard_interrupt_in_json", env=JSON_LOGS),
    calls("errors", "message_with_a_surrogate", name="message_with_a_surrogate_framed", framed_log=True),
    calls_each("classes_framed_in_json", "errors", *REPORTED["classes"], framed_log=True, env=JSON_LOGS),
    calls("endings", "warns", name="warnings_framed_in_json", framed_log=True, env=JSON_LOGS),
    *(
        calls("endings", "system_exit", {"args": args}, name=f"system_exit_{label}")
        for label, args in {
            "without_a_code": [],
            "0": [0],
            "1": [1],
            "255": [255],
            "256": [256],
            "minus_1": [-1],
            "huge": [2**70],
            "none": [None],
            "true": [True],
            "float": [1.5],
            "text": ["words"],
            "list": [[1, 2]],
            "two": [1, 2],
        }.items()
    ),
    *(calls("endings", "hard_exit", {"code": code}, name=f"hard_exit_{code}") for code in (0, 1, 77)),
    *(
        calls("endings", "kills_itself", {"signal": signal}, name=f"killed_by_{signal}")
        for signal in ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1")
    ),
    calls(
        "endings",
        "fails_in_most_ways",
        *({"way": way} for way in ("raise", "return", "marshal", "raise", "return", "exit", "return")),
    ),
    calls("endings", "removed_working_directory", {"folder": "gone"}),
    calls("errors", "bad_late_import", *AGAIN, files={"bad_syntax.py": "def f(:\n    pass\n"}),
    calls("errors", "in_another_module", *AGAIN, files=INNER),
    *(calls("error_surroundings", function, *AGAIN) for function in ("without_a_source", "segfaults")),
    calls("error_surroundings", "segfaults", name="segfaults_framed", framed_log=True),
    *(
        calls("error_groups", function, *AGAIN, pythons=FROM_3_11)
        for function in ("group", "base_group", "notes")
    ),
    calls("error_groups", "notes", name="notes_in_json", env=JSON_LOGS, pythons=FROM_3_11),
    direct("errors", "in_the_middle", {"fail": True}, {"fail": False}, {"fail": True}, streams=True),
    *(direct("errors", handler, *AGAIN) for handler in ("chained", "recursion")),
    *(
        direct("signatures", handler, *AGAIN)
        for handler in (
            "any_parameters",
            "coroutine",
            "generator",
            "HandlerClass",
            "instance",
        )
    ),
    *(
        direct("signatures", handler, *AGAIN, name=f"runtime_frames_{handler}")
        for handler in (
            "not_callable",
            "no_parameters",
            "one_parameter",
            "three_parameters",
            "keyword_only",
            "unbound",
            "handler_is_a_builtin",
        )
    ),
    calls("errors", "raises_a_shared_exception", *AGAIN, name="runtime_frames_shared_exception"),
    Row("runtime_frames_none", "handler = None\n"),
    Row("runtime_frames_module", "import os as handler\n"),
    Row(
        "warnings_at_import",
        "import warnings\nwarnings.warn('at import')\ndef handler(event, context): pass\n",
    ),
]

# What the report of an error needs may be gone.
NO_DESCRIPTORS = """import os
import resource

resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
kept = []


def handler(event, context):
    if event:
        kept.clear()
        return "closed"
    while True:
        kept.append(open(os.devnull))
"""
NO_PATHS = """import sys


def handler(event, context):
    {}
    raise ValueError("told all the same")
"""
ROWS += [
    Row("no_descriptors_left", NO_DESCRIPTORS, events=["{}", "1"]),
    *(
        Row(f"no_{name}_left", NO_PATHS.format(statement))
        for name, statement in (
            ("path", "sys.path.clear()"),
            ("finders", "sys.meta_path.clear()"),
            ("path_at_all", "sys.path = None"),
        )
    ),
]
