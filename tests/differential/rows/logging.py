"""What handlers write, by whatever way: text and order on both streams, and the platform's own log descriptor."""

from __future__ import annotations

from differential.calls import calls, calls_each, direct
from differential.row import Event, Row, shared

JSON_LOGS = {"AWS_LAMBDA_LOG_FORMAT": "JSON"}
TEXT_LOGS = {"AWS_LAMBDA_LOG_FORMAT": "Text"}
LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "debug", "nonsense", "")

# What leaves `logging` as it was.
TOGETHER = {
    "messages": (
        "order",
        "extra",
        "adapter",
        "own_level",
        "own_record_factory",
        "own_logger_class",
        "message_is_an_object",
        "message_with_a_mapping",
        "message_of_several_lines",
        "outside_ascii",
        "long_message",
        "in_threads",
        "captured_warnings",
        "context_log",
        "order",
    ),
    "stack": ("stack", "order"),
    "handlers": ("own_handler", "where", "handler_fails", "disable", "own_handler"),
    "exceptions": ("exception", "fails_after_logging", "marshal_error", "exception"),
}

# The same of handlers/streams.py.
STREAMS = {
    "streams": (
        "stdout_is_replaced",
        "stdout_is_redirected",
        "stdout_is_wrapped",
        "without_a_line_break",
        "bytes_to_the_buffer",
        "surrogates",
        "surrogate_escapes",
        "odd_prints",
        "subprocess_prints",
        "stdout_is_wrapped",
    ),
    "objects": ("stdout_at_import_is_the_same", "stdout_as_an_object"),
    "stacks": ("stack_is_printed", "traceback_is_printed", "faulthandler_dumps"),
    "segfault": ("faulthandler_at_a_segfault",),
}

# What changes `logging` for what comes after it.
ALONE = (
    "every_level",
    "every_level_enabled",
    "levels_of_loggers",
    "root",
    "root_by_repr",
    "removes_the_handler",
    "basic_config",
    "basic_config_with_force",
    "basic_config_to_stdout",
    "own_formatter",
    "own_filter",
    "filter_on_the_handler",
    "exception_outside_of_a_handler",
    "dict_config",
    "dict_config_incremental",
)

IN_JSON = (
    "every_level_enabled",
    "levels_of_loggers",
    "root",
    "basic_config",
    "own_filter",
    "filter_on_the_handler",
    "extra_that_json_cannot_hold",
)

AT_IMPORT = (
    "logs_at_import",
    "logs_configured_at_import",
    "logs_forced_at_import",
    "logs_late",
    "without_logging",
)

ROWS: list[Row] = [
    *(
        calls_each(f"{name}{suffix}", module, *functions, **how)
        for module, groups in (("logs", TOGETHER), ("streams", STREAMS))
        for name, functions in groups.items()
        for suffix, how in (("", {}), ("_in_json", {"env": JSON_LOGS}), ("_framed", {"framed_log": True}))
    ),
    calls_each("messages_framed_in_json", "logs", *TOGETHER["messages"], framed_log=True, env=JSON_LOGS),
    calls_each("exceptions_framed_in_json", "logs", *TOGETHER["exceptions"], framed_log=True, env=JSON_LOGS),
    *(calls("logs", function) for function in ALONE),
    *(calls("logs", function, name=f"{function}_in_json", env=JSON_LOGS) for function in IN_JSON),
    *(
        calls("logs", function, name=f"{function}_framed", framed_log=True)
        for function in ("every_level_enabled", "root", "removes_the_handler")
    ),
    calls("logs", "every_level_enabled", name="every_level_framed_in_json", framed_log=True, env=JSON_LOGS),
    *(
        calls(
            "logs",
            "every_level",
            name=f"level_{level or 'empty'}_in_{kind}",
            env=env | {"AWS_LAMBDA_LOG_LEVEL": level},
        )
        for level in LEVELS
        for kind, env in (("json", JSON_LOGS), ("text", TEXT_LOGS))
    ),
    *(
        calls(
            "logs",
            "every_level",
            name=f"level_{level}_framed_in_{kind}",
            env=env | {"AWS_LAMBDA_LOG_LEVEL": level},
            framed_log=True,
        )
        for level in ("TRACE", "WARN", "CRITICAL")
        for kind, env in (("json", JSON_LOGS), ("text", TEXT_LOGS))
    ),
    calls("logs", "order", name="format_in_lower_case", env={"AWS_LAMBDA_LOG_FORMAT": "json"}),
    *(
        calls("logs", function, name=f"runtime_frames_{function}")
        for function in ("message_with_wrong_arguments", "message_with_a_surrogate")
    ),
    calls(
        "logs", "exception_outside_of_a_handler", name="runtime_frames_no_exception_in_json", env=JSON_LOGS
    ),
    calls("logs", "message_with_a_surrogate", name="framed_runtime_frames_surrogate", framed_log=True),
    calls("logs", "after_the_return", {"n": 1}, {"n": 2}),
    *(
        calls("logs", "request_ids", *({"n": n} for n in (1, 2, 3)), name=f"request_ids_in_{kind}", env=env)
        for kind, env in (("json", JSON_LOGS), ("text", TEXT_LOGS))
    ),
    *(
        calls(
            "logs",
            "order",
            Event(tenant_id="tenant é"),
            Event(),
            Event(tenant_id="other"),
            name=f"tenants_in_{kind}",
            env=env,
        )
        for kind, env in (("json", JSON_LOGS), ("text", TEXT_LOGS))
    ),
    *(
        Row(f"{module}{suffix}", shared(module), ["{}", "{}"], env=env)
        for module in AT_IMPORT
        for suffix, env in (
            ("", {}),
            ("_in_json", JSON_LOGS),
            ("_at_debug", {"AWS_LAMBDA_LOG_LEVEL": "DEBUG"}),
        )
    ),
    *(Row(f"{module}_framed", shared(module), ["{}", "{}"], framed_log=True) for module in AT_IMPORT),
    *(direct("logs", function) for function in ("exception", "stack", "where")),
]
