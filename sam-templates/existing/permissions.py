"""What a function's variables need its role to allow, and no more."""

from names import arn_of, names_in


def policy_for(variables, function_arn, table_arn):
    """A policy's document; None where nothing is needed. The doctor has the same rule in cli/src/doctor/checks/permissions.rs."""
    next_functions = [arn_of(name, function_arn) for name in names_in(variables.get("UNUM_NEXT", ""))]
    statements = [
        (on_table(variables, bool(next_functions)), table_arn),
        *(("lambda:InvokeFunction", arn) for arn in next_functions),
        # X-Ray's actions know no resources.
        (traces(variables), "*"),
    ]
    allowed = [
        {"Effect": "Allow", "Action": action, "Resource": resource}
        for action, resource in statements
        if action
    ]
    return {"Version": "2012-10-17", "Statement": allowed} if allowed else None


def on_table(variables, writes):
    # To the entry an envelope is data: it never reads fields.
    reads, records = not is_on(variables, "UNUM_ENTRY"), is_on(variables, "UNUM_CHECKPOINT")
    needed = {
        "dynamodb:BatchGetItem": reads,
        "dynamodb:PutItem": writes or records,
        "dynamodb:Query": writes or reads or records,
    }
    return [action for action, is_needed in needed.items() if is_needed]


def traces(variables):
    is_traced = variables.get("UNUM_TRACES", "").strip().lower() == "xray"
    return ["xray:PutTelemetryRecords", "xray:PutTraceSegments"] if is_traced else []


def is_on(variables, name):
    """As the layer reads it (bootstrap/settings)."""
    return variables.get(name, "").strip().lower() in ("1", "true")
