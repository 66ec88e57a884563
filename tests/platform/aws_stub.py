"""Stands in for DynamoDB and Lambda: acknowledges every call and keeps it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import dynamodb
from host_mode.loopback import Loopback, Request, Response
from host_mode.runtime_api import JSON
from scripted_api import Call, Calls

# As Lambda's own endpoint gives them to a restored environment.
CREDENTIALS = {
    "AccessKeyId": "AKIDFROMTHEENDPOINT",
    "SecretAccessKey": "secret",
    "Token": "token",
    "Expiration": "2100-01-01T00:00:00Z",
}


# Source for handlers that must not return before `count` invocations of next have come here: what a handler publishes
# goes ahead of its return only if there is time to read the run's record.
NEXT_IS_INVOKED = """\
def next_is_invoked(count=1):
    import os, urllib.request
    urllib.request.urlopen(f"{os.environ['AWS_ENDPOINT_URL']}/invoked/{count}").read()

"""


class AwsStub(Calls):
    def __init__(self) -> None:
        super().__init__()
        self._server = Loopback("aws", self._answer)
        self.endpoint = f"http://{self._server.address}"

    @property
    def variables(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "AKIDFROMTHEENVIRONMENT",
            "AWS_SECRET_ACCESS_KEY": "secret",
        }

    def invocations(self, function: str) -> list[Call]:
        return self.of(f"/2015-03-31/functions/{function}/invocations")

    @property
    def puts(self) -> list[Call]:
        return self.requests("PutItem")

    def requests(self, operation: str) -> list[Call]:
        """DynamoDB's."""
        return [call for call in self.of("/") if call.headers["X-Amz-Target"].endswith(f".{operation}")]

    def _invoked_times(self, count: int) -> Callable[[Sequence[Call]], bool]:
        return lambda calls: sum(call.path.endswith("/invocations") for call in calls) >= count

    def close(self) -> None:
        self._server.close()

    def _answer(self, request: Request) -> Response:
        self.add(Call.of(request))
        if request.path.startswith("/invoked/"):
            self.wait_until(self._invoked_times(int(request.path.rpartition("/")[2])))
            return Response(200, b"", JSON)
        if request.method == "GET":
            return Response(200, json.dumps(CREDENTIALS).encode(), JSON)
        return Response(202) if "/invocations" in request.path else dynamodb.answer({})
