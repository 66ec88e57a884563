"""The handler's second argument, attribute for attribute that of AWS's Python runtime."""

import os
import sys
import time

# The last one of AWS's runtimes for Python 3.9 does not have it yet.
_HAS_W3C = sys.version_info >= (3, 10)
_W3C_FIELDS = ("traceparent", "tracestate", "baggage")


_VARIABLES = (
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
)
_ENCODED = tuple(map(os.fsencode, _VARIABLES))
_ENVIRONMENT = type(os.environ)
# The environment's own bytes, and what they say. The user's code may change them, and that counts from the next invocation on.
_latest = ((), ())


def _variables():
    global _latest
    env = os.environ
    if type(env) is not _ENVIRONMENT:  # somebody has put something else in its place
        return tuple(map(env.get, _VARIABLES))
    found = tuple(map(env._data.get, _ENCODED))
    latest = _latest
    if found != latest[0]:
        latest = _latest = found, tuple(map(_decoded, found))
    return latest[1]


def _decoded(value):
    return None if value is None else os.fsdecode(value)


class LambdaContext(object):
    def __init__(
        self,
        invoke_id,
        client_context,
        cognito_identity,
        epoch_deadline_time_in_ms,
        invoked_function_arn=None,
        tenant_id=None,
    ):
        self.aws_request_id = invoke_id
        (
            self.log_group_name,
            self.log_stream_name,
            self.function_name,
            self.memory_limit_in_mb,
            self.function_version,
        ) = _variables()
        self.invoked_function_arn = invoked_function_arn
        self.tenant_id = tenant_id
        if _HAS_W3C:
            self._w3c_fields = _take_w3c(client_context)

        self.client_context = None
        if client_context is not None:
            self.client_context = _filled(ClientContext, client_context)
            self.client_context.client = _filled(Client, self.client_context.client)

        self.identity = identity = CognitoIdentity()
        identity.cognito_identity_id = identity.cognito_identity_pool_id = None
        if cognito_identity is not None:
            identity.cognito_identity_id = cognito_identity.get("cognitoIdentityId")
            identity.cognito_identity_pool_id = cognito_identity.get("cognitoIdentityPoolId")

        self._epoch_deadline_time_in_ms = epoch_deadline_time_in_ms

    def get_remaining_time_in_millis(self):
        return max(self._epoch_deadline_time_in_ms - int(time.time() * 1000), 0)

    if _HAS_W3C:

        def w3c(self):
            """The W3C trace context of this invocation: traceparent, tracestate and baggage, where given."""
            return dict(self._w3c_fields)

    def log(self, msg):
        logging = sys.modules.get("logging")
        if logging is not None:
            for handler in logging.getLogger().handlers:
                if hasattr(handler, "log_sink"):
                    handler.log_sink.log(str(msg))
                    return
            sys.stdout.write(str(msg))
            return
        from . import logs

        logs.sink.log(str(msg))

    def __repr__(self):
        return _described(
            self,
            (
                "aws_request_id",
                "log_group_name",
                "log_stream_name",
                "function_name",
                "memory_limit_in_mb",
                "function_version",
                "invoked_function_arn",
                "client_context",
                "identity",
                "tenant_id",
            ),
        )


class CognitoIdentity(object):
    __slots__ = ["cognito_identity_id", "cognito_identity_pool_id"]

    def __repr__(self):
        return _described(self, self.__slots__)


class Client(object):
    __slots__ = ["installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"]

    def __repr__(self):
        return _described(self, self.__slots__)


class ClientContext(object):
    __slots__ = ["custom", "env", "client"]

    def __repr__(self):
        return _described(self, self.__slots__)


def _described(obj, names):
    fields = ",".join(f"{name}={getattr(obj, name)}" for name in names)
    return f"{type(obj).__name__}([{fields}])"


def _filled(cls, values):
    """An object of `cls` with its slots from `values`, absent ones None; None for None."""
    if values is None:
        return None
    obj = cls()
    for name in cls.__slots__:
        setattr(obj, name, values.get(name, None))
    return obj


def _take_w3c(client_context):
    """Takes `w3c` out of the client context, so that it can be read through `context.w3c()` alone."""
    if not isinstance(client_context, dict) or "w3c" not in client_context:
        return {}
    found = client_context.pop("w3c")
    if not isinstance(found, dict):
        return {}
    return {name: found[name] for name in _W3C_FIELDS if isinstance(found.get(name), str)}
