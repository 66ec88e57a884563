"""How DynamoDB answers; for stand-ins."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from host_mode.loopback import Response

# By the request id the layer tells DynamoDB's answers from those of something in between.
HEADERS = [("Content-Type", b"application/x-amz-json-1.0"), ("x-amzn-RequestId", b"EXAMPLE")]


def fields_in(item: Mapping[str, Any]) -> dict[str, str]:
    """Names and JSON texts of the fields in an item of the field store; docs/protocol.md has its form."""
    also = [text["S"] for text in item.get("also", {"L": []})["L"]]
    own = {item["field"]["S"].removeprefix("f:"): item["value"]["S"]} if "value" in item else {}
    return own | dict(zip(also[::2], also[1::2], strict=True))


def answer(document: Mapping[str, Any], status: int = 200) -> Response:
    return Response(status, json.dumps(document).encode(), HEADERS)
