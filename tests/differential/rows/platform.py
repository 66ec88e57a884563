"""The process that a handler finds itself in, the ones it starts, and what lasts from one invocation to the next."""

from __future__ import annotations

from differential.calls import calls, calls_each, direct
from differential.row import FAR_AWAY, TRACE_ID, Event, Row

METHODS = ("fork", "spawn", "forkserver")

# What does not depend on what was called before.
TOGETHER = {
    "variables": ("variables", "variables_of_a_child", "variables_have_values"),
    "signals": (
        "signal_dispositions",
        "signal_mask",
        "signal_masks_of_a_child",
        "alarm",
        "signal_to_itself",
        "sigterm_handler_is_called",
        "sigpipe",
        "alarm",
    ),
    "children": (
        "runs_python",
        "child_imports_from_the_task",
        "child_writes",
        "child_status",
        "child_reads_stdin",
        "descriptors_may_be_closed",
        "first_free_descriptor_is_reused",
        "task_root_is_readable",
    ),
    "forks": ("os_fork_exits", "fork_writes", "fork_through_a_pipe", "fork_raises_and_is_caught", "threads"),
    "threads": ("threads", "executor", "daemon_thread_stays", "daemon_thread_stays"),
    "warm": (
        "warm_state",
        "warm_state",
        "changes_the_environment",
        "changes_the_environment",
        "working_directory_is_kept",
        "working_directory_is_kept",
    ),
}
# The same of handlers/interpreter.py.
INTERPRETER = {
    "flags_and_limits": (
        "flags",
        "xoptions",
        "collector",
        "limits_of_python",
        "recursion_depth_that_is_left",
        "resource_limits",
        "umask",
        "own_process",
    ),
    "surroundings": (
        "random_is_seeded",
        "random_with_a_seed",
        "locale_and_encodings",
        "stdin",
        "time_zone",
        "meta_path",
        "path_hooks",
        "imports_ours",
        "json_module_is_untouched",
        "tracemalloc_works",
        "profile_and_trace",
    ),
    "asyncio": (
        "asyncio_get_event_loop",
        "asyncio_run",
        "asyncio_with_threads",
        "asyncio_fails",
        "asyncio_subprocess",
        "asyncio_loop_is_kept",
        "asyncio_run",
        "asyncio_loop_is_kept",
    ),
    "modules_that_users_notice": ("modules_that_users_notice",),
    "main_module": ("main_module",),
}

IN_CHILDREN = ("square", "several", "prints", "logs", "fails", "exits", "passes_the_event")


ROWS: list[Row] = [
    *(
        calls_each(name, module, *functions)
        for module, groups in (("process", TOGETHER), ("interpreter", INTERPRETER))
        for name, functions in groups.items()
    ),
    calls("process", "descriptors"),
    calls("process", "descriptors_of_a_spawned"),
    calls("interpreter", "context_variables", {"n": 1}, {"n": 2}, {"n": 3}),
    *(calls("process", function, {"n": 1}, {"n": 2}) for function in ("thread_goes_on", "child_outlives")),
    calls(
        "process",
        "files_in_tmp",
        {"n": 1, "path": "kept"},
        {"n": 2, "path": "kept"},
        name="files_are_kept",
    ),
    *(
        calls(
            "process",
            function,
            Event(trace_id=TRACE_ID),
            Event(trace_id=None),
            Event(trace_id="Root=1-other"),
            Event(trace_id=None),
        )
        for function in ("trace_id", "trace_id_is_changed")
    ),
    calls("process", "remaining_time", {"at_most": FAR_AWAY}),
    *(
        calls("multiprocess", function, {"method": method, "n": 4}, name=f"{method}_{function}")
        for method in METHODS
        for function in IN_CHILDREN
    ),
    *(
        calls("multiprocess", function, {"method": "fork"}, name=f"fork_{function}")
        for function in ("with_a_queue", "pool", "process_pool_executor")
    ),
    *(
        direct(
            "multiprocess",
            "square",
            {"method": method, "n": 3},
            {"method": method, "n": 5},
            name=f"{method}_itself",
        )
        for method in METHODS
    ),
    calls("multiprocess", "names"),
    calls("process", "warm_state", {}, {}, name="shutdown_without_a_handler", end="SIGTERM"),
    Row("nothing_is_invoked", "print('loaded')\ndef handler(event, context): pass\n", [], end="SIGTERM"),
    *(
        calls(
            "interpreter",
            function,
            name=f"{function}_without_lambda_variables",
            env={"LANG": None, "TZ": None},
        )
        for function in ("locale_and_encodings", "time_zone")
    ),
    *(
        calls("interpreter", function, name=f"{function}_with_options", options=("-O", "-X", "dev"))
        for function in ("flags", "xoptions")
    ),
    *(
        calls("interpreter", "locale_and_encodings", name=f"locale_of_{label}", env=env)
        for label, env in {
            "c": {"LANG": "C", "LC_ALL": "C"},
            "latin_1": {"PYTHONIOENCODING": "latin-1:replace"},
            "utf8_mode": {"PYTHONUTF8": "1"},
        }.items()
    ),
    calls(
        "interpreter", "flags", name="flags_by_variables", env={"PYTHONHASHSEED": "7", "PYTHONOPTIMIZE": "1"}
    ),
]
