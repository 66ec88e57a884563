"""The handler's second argument: every attribute and method, and what they are made from."""

from __future__ import annotations

from differential.row import FAR_AWAY, Event, Row, shared

CLIENT_CONTEXTS = {
    "whole": '{"client": {"installation_id": "i", "app_title": 1}, "custom": {"a": 1, "b": {"c": [1.5]}}, "env": {"x": "y"}}',
    "of_other_members": '{"services": {"a": 1}, "client": {"other": 1}}',
    "empty_object": "{}",
    "without_client": '{"custom": "text", "env": null}',
    "client_is_null": '{"client": null}',
    "null": "null",
    "w3c": '{"w3c": {"traceparent": "t", "tracestate": "s", "baggage": 5, "x": "y"}, "custom": {"w3c": 1}}',
    "w3c_is_no_object": '{"w3c": [1]}',
    "outside_ascii": '{"custom": {"é": "\U0001f600"}}',
    "spaces": ' { "custom" : { } } ',
    "nan": '{"custom": NaN}',
}
BAD_CLIENT_CONTEXTS = {
    "broken": "{",
    "words": "not json",
}
ODD_CLIENT_CONTEXTS = {
    "list": "[1]",
    "text": '"text"',
    "number": "5",
    "client_is_a_list": '{"client": [1]}',
}
IDENTITIES = {
    "whole": '{"cognitoIdentityId": "a", "cognitoIdentityPoolId": "b", "c": 1}',
    "empty_object": "{}",
    "null": "null",
    "values_of_other_types": '{"cognitoIdentityId": {"a": 1}, "cognitoIdentityPoolId": null}',
    "broken": "nope",
}
READS = """\
def handler(event, context):
    first = {"id": context.aws_request_id}
    second = [context.function_name, context.get_remaining_time_in_millis() > 0]
    return {"first": first, "second": second}
"""


def row(name: str, handler: str, *events: Event, **rest: object) -> Row:
    return Row(name, shared("context"), events or ("{}",), handler=f"app.{handler}", **rest)


ROWS: list[Row] = [
    row("attributes", "attributes"),
    row(
        "of_each_invocation",
        "attributes",
        Event(),
        Event(tenant_id="blue"),
        Event(function_arn="arn:other:PROD"),
    ),
    row("class", "of_the_class"),
    row("members_can_be_set", "sets_members"),
    row("members_can_be_deleted", "deletes_members"),
    row("copies", "copies"),
    row("pickles", "pickles"),
    row("is_not_json", "itself"),
    row("equality_and_hash", "equality"),
    row("kept_from_the_invocation_before", "keeps", Event(), Event(), Event()),
    Row("read_while_streaming", READS, streams=True),
    row("tenant", "attributes", Event(tenant_id="tenant é"), Event(tenant_id="0"), Event()),
    row("remaining_time_is_an_int", "remaining_time"),
    row("out_of_time", "remaining_time_itself", Event(deadline_ms=5)),
    row("deadline", "deadline", Event(deadline_ms=FAR_AWAY + 123)),
    row("clock_of_the_user", "clock_is_replaced", Event()),
    row("no_arn", "attributes", Event(function_arn=None)),
    row("log_of_any_object", "logs_any_object"),
    row("log_framed", "logs_any_object", framed_log=True),
    row("log_without_handlers", "logs_without_handlers"),
    *(
        row(f"client_context_{name}", "client_context", Event(client_context=text), Event())
        for name, text in (CLIENT_CONTEXTS | BAD_CLIENT_CONTEXTS).items()
    ),
    *(
        row(f"odd_client_context_{name}", "client_context", Event(client_context=text), Event())
        for name, text in ODD_CLIENT_CONTEXTS.items()
    ),
    row("odd_identity", "identity", Event(cognito_identity="[]"), Event(cognito_identity='"a"'), Event()),
    row("client_context_empty", "client_context", Event(client_context=""), Event()),
    *(
        row(f"identity_{name}", "identity", Event(cognito_identity=text), Event())
        for name, text in IDENTITIES.items()
    ),
    row("both_are_broken", "identity", Event(cognito_identity="{", client_context="{"), Event()),
    row("broken_and_no_json", "identity", Event("{", client_context="{"), Event("{")),
    row(
        "client_context_members_can_be_set",
        "sets_client_context",
        Event(client_context=CLIENT_CONTEXTS["whole"]),
    ),
    row(
        "fewer_variables",
        "attributes",
        env=dict.fromkeys(
            (
                "AWS_LAMBDA_LOG_GROUP_NAME",
                "AWS_LAMBDA_LOG_STREAM_NAME",
                "AWS_LAMBDA_FUNCTION_VERSION",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            )
        ),
    ),
    row("variables_are_changed", "changes_variables", Event(), Event()),
    row("invocation_id", "attributes", Event(invocation_id="abc-1"), Event(invocation_id="abc-2"), Event()),
    row("invocation_id_of_a_failure", "fails", Event(invocation_id="abc-1"), Event()),
    row(
        "odd_trace_ids",
        "trace",
        Event(trace_id="é"),
        Event(trace_id=" x "),
        Event(trace_id="Root=1;Lineage=a:0"),
    ),
]
