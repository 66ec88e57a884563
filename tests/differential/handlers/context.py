"""What handlers do with their context."""

import copy
import os
import pickle
import sys

kept = []


def _told(obj):
    """Each public name with its value's type and text."""
    names = [name for name in dir(obj) if not name.startswith("__")]
    return {
        name: [type(getattr(obj, name)).__name__, str(getattr(obj, name))] for name in names if name != "log"
    }


def attributes(event, context):
    return {
        "repr": repr(context),
        "str": str(context),
        "vars": list(vars(context)),
        "told": {
            name: value
            for name, value in _told(context).items()
            if name not in ("get_remaining_time_in_millis", "w3c", "_extract_and_strip_w3c")
        },
        "identity": [repr(context.identity), context.identity.__slots__],
        "w3c": _w3c(context),
        "dir": [name for name in dir(context) if not name.startswith("_")],
        "others": [
            hasattr(context, name)
            for name in ("callback_waits_for_empty_event_loop", "done", "fail", "tenant")
        ],
    }


def _w3c(context):
    return context.w3c() if hasattr(context, "w3c") else None


def of_the_class(event, context):
    kind = type(context)
    return [
        kind.__name__,
        kind.__qualname__,
        [base.__name__ for base in kind.__mro__],
        callable(context),
        bool(context),
    ]


def sets_members(event, context):
    context.function_name = "other"
    context.mine = 1
    context.aws_request_id = 5
    context.get_remaining_time_in_millis = lambda: -1
    try:
        context.identity.other = 1
    except AttributeError as error:
        said = str(error)
    context.identity.cognito_identity_id = "set"
    return [context.mine, context.get_remaining_time_in_millis(), repr(context), said]


def deletes_members(event, context):
    del context.tenant_id
    try:
        return repr(context)
    except AttributeError as error:
        return str(error)


def copies(event, context):
    one, other = copy.copy(context), copy.deepcopy(context)
    return [repr(one) == repr(context), repr(other), one.identity is context.identity]


def pickles(event, context):
    return [type(pickle.loads(pickle.dumps(context, number))).__name__ for number in range(2, 6)]


def itself(event, context):
    return context


def equality(event, context):
    return [context == context, context == 1, context == copy.copy(context), hash(context) == hash(context)]


def keeps(event, context):
    kept.append(context)
    return [one.aws_request_id for one in kept] + [len({id(one) for one in kept})]


def remaining_time(event, context):
    left = context.get_remaining_time_in_millis()
    return [type(left).__name__, left > 1000]


def remaining_time_itself(event, context):
    return context.get_remaining_time_in_millis()


def deadline(event, context):
    return [context._epoch_deadline_time_in_ms, type(context._epoch_deadline_time_in_ms).__name__]


def clock_is_replaced(event, context):
    """As freezegun and the like do."""
    import time

    real = time.time
    time.time = lambda: 4102444800 - 5
    try:
        return context.get_remaining_time_in_millis()
    finally:
        time.time = real


def logs_any_object(event, context):
    for value in ("text\n", "no newline", 5, None, {"a": 1}, "é\n", ""):
        context.log(value)
    print()
    return context.log("last\n")


def logs_without_handlers(event, context):
    import logging

    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
    context.log("to stdout\n")


def client_context(event, context):
    found = context.client_context
    if found is None:
        return [None, _w3c(context)]
    members = [repr(found.custom), repr(found.env), _client(found.client), sorted(found.__slots__)]
    return [repr(found), members, _w3c(context)]


def _client(client):
    return None if client is None else [repr(client), client.installation_id, list(client.__slots__)]


def identity(event, context):
    found = context.identity
    return [repr(found), found.cognito_identity_id, found.cognito_identity_pool_id]


def sets_client_context(event, context):
    context.client_context.custom = {"other": 1}
    context.client_context.client.app_title = "title"
    try:
        context.client_context.more = 1
    except AttributeError as error:
        return [repr(context.client_context), str(error)]


def changes_variables(event, context):
    name = context.function_name
    os.environ["AWS_LAMBDA_FUNCTION_NAME"] = "changed"
    return name


def fails(event, context):
    raise LookupError("no")


def trace(event, context):
    return [os.environ.get("_X_AMZN_TRACE_ID"), "_X_AMZN_TRACE_ID" in os.environ, sys.getdefaultencoding()]
