"""How DynamoDB answers; for stand-ins."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from host_mode.loopback import Response

# By the request id the layer tells DynamoDB's answers from those of something in between.
HEADERS = [("Content-Type", b"application/x-amz-json-1.0"), ("x-amzn-RequestId", b"EXAMPLE")]


def answer(document: Mapping[str, Any], status: int = 200) -> Response:
    return Response(status, json.dumps(document).encode(), HEADERS)
