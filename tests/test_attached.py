"""With only the layer attached and nothing set, a function behaves as without it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from functions import Functions, Result

HANDLERS = {
    "echo": (
        "def lambda_handler(event, context):\n    return event\n",
        [{}, {"a": [1, 2.5, "é"]}, [1], "x", None],
    ),
    "fields": (
        "def lambda_handler(event, context):\n"
        "    a = [event['n']]\n"
        "    b = {'x': 1 / event['n']}\n"
        "    return {'a': a, 'b': b}\n",
        [{"n": 2}, {"n": 0}, {}],
    ),
    "context": (
        "def lambda_handler(event, context):\n"
        "    names = ['function_name', 'function_version', 'memory_limit_in_mb', 'identity', 'client_context']\n"
        "    return [[name for name in dir(context) if name[0] != '_'], [str(getattr(context, name)) for name in names]]\n",
        [{}],
    ),
    "logging": (
        "import logging, sys\n"
        "logging.getLogger().setLevel('INFO')\n"
        "def lambda_handler(event, context):\n"
        "    print('out')\n"
        "    print('err', file=sys.stderr)\n"
        "    logging.info('info %s', 1)\n"
        "    logging.getLogger('a.b').warning('warning')\n"
        "    return len(logging.getLogger().handlers)\n",
        [{}],
    ),
    "environment": (
        "import os, sys\n"
        "IGNORED = {'AWS_LAMBDA_EXEC_WRAPPER', '_X_AMZN_TRACE_ID', 'AWS_LAMBDA_RUNTIME_API', 'AWS_LAMBDA_FUNCTION_NAME',\n"
        "           'AWS_LAMBDA_LOG_GROUP_NAME', 'AWS_LAMBDA_LOG_STREAM_NAME', 'AWS_ACCESS_KEY_ID',\n"
        "           'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'}\n"
        "def lambda_handler(event, context):\n"
        "    variables = {k: v for k, v in os.environ.items() if k not in IGNORED and 'LOCALSTACK' not in k}\n"
        "    return [os.getcwd(), sys.argv, sys.path[0], __name__, __file__, sorted(variables.items())]\n",
        [{}],
    ),
    "unmarshallable": ("def lambda_handler(event, context):\n    return {'a': object()}\n", [{}]),
    "exits": (
        "import sys\ndef lambda_handler(event, context):\n    sys.exit(event['code'])\n",
        [{"code": 3}],
    ),
    "dies": ("import os\ndef lambda_handler(event, context):\n    os._exit(event['code'])\n", [{"code": 1}]),
    "no-such-handler": ("x = 1\n", [{}]),
    "no-such-import": ("import does_not_exist\n", [{}]),
    "syntax-error": ("def lambda_handler(event, context)\n    pass\n", [{}]),
    "raises-at-import": ("raise RuntimeError('at import')\n", [{}]),
}


@pytest.mark.parametrize("name", HANDLERS)
def test_as_without_the_layer(
    functions: Functions, streaming_layer: str, runtimes: list[str], name: str
) -> None:
    source, events = HANDLERS[name]
    files = {"app.py": source}

    def outcomes(**options: Any) -> list[Any]:
        function = functions.create(files, runtime=runtimes[-1], handler="app.lambda_handler", **options)
        return [outcome(functions.invoke(function, event), function) for event in events]

    with ThreadPoolExecutor() as pool:
        plain = pool.submit(outcomes)
        layered = pool.submit(
            outcomes, layers=[streaming_layer], environment={"AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap"}
        )
        for ours, theirs in zip(layered.result(), plain.result(), strict=True):
            assert ours == theirs


def outcome(result: Result, function: str) -> list[Any]:
    """What the invoker sees, without what differs from run to run."""
    payload, log = (
        re.sub(
            r"\d{4}-\d\d-\d\d[T ][\d:.]+(Z|\+00:00)?",
            "TIME",
            text.replace(result.request_id, "ID").replace(function, "F"),
        )
        for text in (result.raw.decode(), result.log)
    )
    log = re.sub(r"[\d.]+ ms", "N ms", log)
    return [result.error, payload, log]
