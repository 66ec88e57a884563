"""Where the outcome of an invocation is posted, under the names that AWS's runtime has for it.

Tools that watch a function (Sentry's integration is one) look for `__main__.awslambdaricmain.bootstrap`, and replace
`handle_event_request` and these methods there by their own around them.
"""

from . import encoding

# A larger X-Ray cause is left out: it travels in a header.
MAX_CAUSE_BYTES = 1024 * 1024


class LambdaRuntimeClient(object):
    def __init__(self, channel, invocation=None):
        self.channel = channel
        self.invocation = invocation
        self.late = []
        """Names and values in turn, as bytes, of the fields that go beside the result."""
        self.changed = None
        """A message and names, as bytes, if published fields are not what the result says."""

    def post_init_error(self, error_response_data, error_type_override=None):
        error_type = error_type_override or error_response_data["errorType"]
        self.channel.send(b"F", (_encoded(error_json(error_response_data)), _encoded(error_type)))

    def post_invocation_result(
        self, invoke_id, result_data, content_type="application/json", invocation_id=None
    ):
        body = result_data if isinstance(result_data, bytes) else result_data.encode("utf-8")
        if self.changed is not None:
            self.channel.send(b"C", self.changed)
        self.channel.send(b"O", [_encoded(content_type), body] + self.late)

    def post_invocation_error(self, invoke_id, error_response_data, xray_fault, invocation_id=None):
        cause = _encoded(xray_fault)
        self.channel.send(
            b"Z", (_encoded(error_response_data), cause if len(cause) < MAX_CAUSE_BYTES else b"")
        )


def error_json(document):
    return encoding.encode(document, encoding.ascii_only())


def _encoded(text):
    return text.encode("utf-8", "surrogatepass")
