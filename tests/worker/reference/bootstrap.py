"""Runs the real awslambdaric over given events: python bootstrap.py PACKAGES OUTPUT_FD < scenario.json

The scenario is {"handler": …, "events": [{"body": text, member of the invocation: …}, …]}; OUTPUT_FD gets one JSON line for
each thing posted. The file is called as AWS's is: the runtime knows its own frames by that name.
"""

import json
import os
import sys
import types

PACKAGES, OUTPUT_FD = sys.argv[1], int(sys.argv[2])
SCENARIO = json.load(sys.stdin)
EVENTS = list(SCENARIO["events"])
HEADERS = {
    "Lambda-Runtime-Aws-Request-Id": "request_id",
    "Lambda-Runtime-Trace-Id": "trace_id",
    "Lambda-Runtime-Invoked-Function-Arn": "function_arn",
    "Lambda-Runtime-Deadline-Ms": "deadline_ms",
    "Lambda-Runtime-Client-Context": "client_context",
    "Lambda-Runtime-Cognito-Identity": "cognito_identity",
    "Lambda-Runtime-Aws-Tenant-Id": "tenant_id",
    "Content-Type": "content_type",
}


def post(**what):
    os.write(OUTPUT_FD, json.dumps(what).encode() + b"\n")


def take_next():
    if not EVENTS:
        os._exit(0)
    event = EVENTS.pop(0)
    return event["body"].encode("utf-8", "surrogateescape"), {
        h: event.get(name) for h, name in HEADERS.items()
    }


def post_result(invoke_id, data, content_type, invocation_id):
    post(kind="returned", body=data.decode("latin-1"), content_type=content_type)


def post_error(invoke_id, document, cause, invocation_id):
    post(kind="raised", document=document, cause=cause)


def main():
    client_module = types.ModuleType("runtime_client")
    client_module.initialize_client = lambda user_agent: None
    client_module.next = take_next
    client_module.post_invocation_result = post_result
    client_module.post_error = post_error
    sys.modules["runtime_client"] = client_module
    sys.path.append(PACKAGES)
    from awslambdaric import bootstrap
    from awslambdaric.lambda_runtime_client import LambdaRuntimeClient
    from awslambdaric.lambda_runtime_marshaller import to_json

    class Client(LambdaRuntimeClient):
        def post_init_error(self, error_response_data, error_type_override=None):
            post(kind="init_failed", document=to_json(error_response_data))

    sys.path.remove(PACKAGES)
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    start(bootstrap, Client(""))


def start(bootstrap, client):
    """One frame more, as on AWS: how deep a handler may recurse depends on it."""
    bootstrap.run(SCENARIO["handler"], client)


if __name__ == "__main__":
    main()
