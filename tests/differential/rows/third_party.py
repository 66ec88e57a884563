"""Handlers on top of packages that people use, as they write them."""

from __future__ import annotations

import json
from pathlib import Path

import environment
from differential.calls import calls_each, direct
from differential.row import Row

VERSIONS = tuple(environment.THIRD_PARTY)
POWERTOOLS = {
    "POWERTOOLS_TRACE_DISABLED": "1",
    "POWERTOOLS_METRICS_NAMESPACE": "Shop",
    "POWERTOOLS_DEV": None,
}
XRAY = {"AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:9"}


def _install(task_root: Path, python: Path) -> None:
    """As a deployment package has them: beside the handler's module."""
    packages = environment.third_party(python.name.removeprefix("python"))
    assert packages is not None
    for entry in packages.iterdir():
        if entry.name != environment.STAMP:
            (task_root / entry.name).symlink_to(entry)


def _uses(module: str, function: str, *events: object, name: str | None = None, **rest: object) -> Row:
    return direct(
        f"third_party/{module}",
        function,
        *events,
        name=name or f"{module}_{function}",
        pythons=VERSIONS,
        prepare=_install,
        **rest,
    )


def _uses_each(
    module: str, *functions: str, event: dict[str, object], name: str | None = None, **rest: object
) -> Row:
    return calls_each(
        name or module,
        f"third_party/{module}",
        *functions,
        event=event,
        pythons=VERSIONS,
        prepare=_install,
        **rest,
    )


def _proxy(
    method: str, path: str, body: object = None, query: dict[str, str] | None = None
) -> dict[str, object]:
    """API Gateway's REST event."""
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": {"Content-Type": "application/json", "Host": "api.example.com"},
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": query and {key: [value] for key, value in query.items()},
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "stage": "prod",
            "requestId": "gateway-1",
            "path": path,
            "httpMethod": method,
            "identity": {"sourceIp": "192.0.2.1"},
        },
        "body": body and json.dumps(body),
        "isBase64Encoded": False,
    }


def _http(method: str, path: str, body: object = None) -> dict[str, object]:
    """API Gateway's HTTP event, version 2.0."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "q=a%20b",
        "queryStringParameters": {"q": "a b"},
        "headers": {"content-type": "application/json", "host": "api.example.com"},
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1", "protocol": "HTTP/1.1"},
            "requestId": "gateway-2",
            "stage": "$default",
        },
        "body": json.dumps(body) if body else None,
        "isBase64Encoded": False,
    }


def _sqs(*failing: bool) -> dict[str, object]:
    return {
        "Records": [
            {
                "messageId": f"m-{n}",
                "receiptHandle": "r",
                "body": json.dumps({"n": n, "fail": fail}),
                "attributes": {},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:1:q",
                "awsRegion": "us-east-1",
            }
            for n, fail in enumerate(failing)
        ]
    }


ORDER = {"id": 7, "items": ["a", "b"]}
MODEL = {"id": 7, "items": [{"name": "Tür", "price": "1.50"}], "day": "2026-11-25"}
BRIDGE = {
    "version": "0",
    "id": "e-1",
    "detail-type": "order",
    "source": "shop",
    "account": "1",
    "time": "2026-11-25T00:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail": ORDER,
}
WEB = (
    _proxy("GET", "/orders/3", query={"q": "a b"}),
    _proxy("GET", "/orders/0"),
    _proxy("GET", "/orders/x"),
    _proxy("POST", "/orders", {"name": "Tür"}),
    _proxy("GET", "/nowhere"),
    _proxy("GET", "/broken"),
    _http("GET", "/orders/3"),
    _http("POST", "/orders", {"name": "Tür"}),
)

ROWS: list[Row] = [
    _uses("powertools", "logs", {"order": 2}, {"order": 3}, streams=True),
    _uses(
        "powertools",
        "logs",
        {"order": 2},
        name="powertools_logs_in_json",
        env={"AWS_LAMBDA_LOG_FORMAT": "JSON"},
    ),
    _uses("powertools", "log_levels"),
    _uses(
        "powertools",
        "log_levels",
        name="powertools_log_levels_of_lambda",
        env={"AWS_LAMBDA_LOG_LEVEL": "WARN", "POWERTOOLS_LOG_LEVEL": "DEBUG"},
    ),
    _uses("powertools", "correlates", _proxy("GET", "/")),
    _uses("powertools", "logs_an_exception", {"order": 0}, {"order": 1}, streams=True),
    _uses("powertools", "counts", {"order": 1}, {"order": 2}, env=POWERTOOLS),
    _uses("powertools", "counts_nothing", env=POWERTOOLS),
    _uses("powertools", "traced", {"order": 3}, env=POWERTOOLS, streams=True),
    _uses("powertools", "all_three", {"order": 3}, {"order": 4}, env=POWERTOOLS, streams=True),
    _uses("powertools", "parses", ORDER, {"id": "x"}, ORDER),
    _uses("powertools", "parses_an_envelope", BRIDGE, ORDER),
    _uses("powertools", "parses_by_itself", ORDER),
    _uses("powertools", "validates", {"order": 1}, {"order": "one"}, {}),
    _uses("powertools", "batch", _sqs(False, True, False), _sqs(False), _sqs(True)),
    _uses("powertools", "sqs_records", _sqs(False, True)),
    _uses("powertools", "proxy_event", _proxy("GET", "/a", query={"q": "1"})),
    _uses("rest", "handler", *(event for event in WEB if "httpMethod" in event), _proxy("GET", "/raw")),
    _uses("rest", "http_handler", _http("GET", "/orders/3"), _http("GET", "/orders/0")),
    _uses("models", "dumped", MODEL, {"id": 0}, MODEL, streams=True),
    _uses_each(
        "models",
        "dumped",
        "dumped_as_python",
        "returned_as_it_is",
        "held_in_the_result",
        "refuses_kindly",
        event=MODEL,
    ),
    _uses_each("models", "refuses", "refuses_kindly", event={"id": 0}, name="models_refused"),
    _uses("arrays", "as_lists", {"data": [1, 2.5]}, {"data": [3]}, streams=True),
    _uses("arrays", "array", {"data": [1]}),
    _uses_each(
        "arrays",
        "as_lists",
        "array",
        "integer",
        "float32",
        "float64",
        "boolean",
        "text",
        "keys",
        "as_a_key",
        "warns",
        "fails",
        event={"data": [1, 2.5]},
    ),
    _uses("clients", "gets_an_item", {"id": "a"}, {"id": "é"}),
    _uses_each(
        "clients",
        "numbers_of_a_table",
        "is_refused",
        "is_refused_and_goes_on",
        "body_is_a_stream",
        "signs",
        "settings",
        "user_agent",
        "trace_header_is_sent",
        event={},
    ),
    _uses("xray", "captured", {"n": 1}, {"n": 0}, {"n": 2}, env=XRAY),
    _uses_each("xray", "segments", "boto3_is_patched", "captured", event={"n": 0}, env=XRAY),
    _uses("sentry", "raises", {"n": 1}, {"n": 0}),
    _uses_each(
        "sentry",
        "returns",
        "raises",
        "captures",
        "logs",
        "marshal_error",
        "is_wrapped",
        event={"n": 0},
        # Sentry is around the handler, not part of it: what it makes of the result is not known.
        streams=False,
    ),
    _uses("sentry", "exits"),
    _uses("sentry_at_import", "handler"),
    _uses("web", "handler", *WEB),
    _uses("web", "with_lifespan", _http("GET", "/nowhere")),
]
