"""Sentry with its integration for Lambda; what would be sent is printed."""

import sentry_sdk
from sentry_sdk.integrations.aws_lambda import AwsLambdaIntegration
from sentry_sdk.transport import Transport


class Printing(Transport):
    """Prints what would be sent."""

    def capture_envelope(self, envelope):
        event = envelope.get_event() or {}
        for value in event.get("exception", {}).get("values", ()):
            frames = [frame["function"] for frame in value.get("stacktrace", {}).get("frames", ())]
            print("sentry:", value["type"], value["value"], value["mechanism"]["type"], frames)
        told = event.get("extra", {}).get("lambda", {})
        print("sentry:", event.get("level"), event.get("logentry", event.get("message")), event.get("tags"))
        print("sentry:", told.get("function_name"), told.get("aws_request_id"), event.get("request"))


sentry_sdk.init(dsn="http://key@127.0.0.1:9/1", integrations=[AwsLambdaIntegration()], transport=Printing)


def returns(event, context):
    first = [event["n"]]
    second = {"n": 2}
    return {"first": first, "second": second}


def raises(event, context):
    first = [event["n"]]
    second = 1 // event["n"]
    return {"first": first, "second": second}


def captures(event, context):
    sentry_sdk.capture_message("by hand")
    try:
        raise KeyError("caught")
    except KeyError as error:
        sentry_sdk.capture_exception(error)
    return {"first": [1], "second": 2}


def logs(event, context):
    import logging

    logging.error("an event of its own")
    return {"first": [1], "second": 2}


def marshal_error(event, context):
    return {"first": [1], "object": object()}


def exits(event, context):
    raise SystemExit(3)


def is_wrapped(event, context):
    """What wraps the handler is what AWS's runtime would have, too."""
    active = sentry_sdk.get_client().get_integration(AwsLambdaIntegration) is not None
    return {"active": active, "tags": sorted(sentry_sdk.get_isolation_scope()._tags)}
