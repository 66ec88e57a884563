"""Detaching, in two steps.

An event that was sent early is understood only by the layer, and may lie in Lambda's queue for hours. So the first step lets nobody
send any more, and the second takes the layer off once no such event can be left.
"""

from datetime import datetime, timedelta, timezone

import boto3
from botocore.exceptions import ClientError
from change import KEPT, OWN, Change, Plan
from errors import code_of, is_denied, refuse
from function import WRAPPER
from role_policies import policies_found
from senders import aliases_of, senders_to, versions_of, who_may_send, who_still_needs_a_receiver

# As the template calls the layer, and as `make layer-publish` does.
LAYERS = ("StreamingLayer", "unum-streaming")
# Lambda's default, and the most it takes.
LONGEST_IN_QUEUE = timedelta(hours=6)
# Until a new configuration holds everywhere.
MARGIN = timedelta(minutes=1)


def detaching(functions, layer, at_once):
    """The step that is due; with `at_once` both."""
    layers = (layer,) if layer else LAYERS
    attached = [function for function in functions if function.is_attached]
    senders = [function for function in attached if "UNUM_NEXT" in function.variables]
    others, notes = senders_to([function for function in attached if not function.is_entry], functions)
    notes += who_was_never_attached(functions, layers)
    if not at_once:
        refuse(who_may_send(functions[0], others))
    if senders and not at_once:
        longest = longest_way(functions)
        notes += [*which_alias_sends(functions, longest), *who_still_needs_a_receiver(others)]
        return Plan([silenced(function) for function in senders], notes, what_next=lambda: what_next(longest))
    refuse(who_still_needs_a_receiver(others))
    policies, not_looked_at = policies_found(functions)
    notes += not_looked_at
    changes = [detached(function, layers, policies[function.arn]) for function in functions]
    if not at_once and any(change.changes_configuration() for change in changes):
        longest = longest_way(functions)
        refuse([*which_alias_sends(functions, longest), *what_may_be_on_its_way(functions, longest)])
    notes += [note for change in changes for note in what_stays(change, layers)]
    # What is detached already was modified just now, and would have to be waited for.
    return Plan(changes, notes, rest="the same command with --now")


def silenced(function):
    """Nothing goes on from here. The permissions stay: what runs now still sends."""
    variables = {name: value for name, value in function.variables.items() if name != "UNUM_NEXT"}
    return Change(function, function.layers, variables, KEPT, {})


def detached(function, layers, policies):
    if not function.is_attached:
        # It may be detached already, but for its policy.
        return Change(function, function.layers, function.variables, None, policies)
    variables = {name: value for name, value in function.variables.items() if name not in OWN}
    if variables.get("AWS_LAMBDA_EXEC_WRAPPER") == WRAPPER:
        del variables["AWS_LAMBDA_EXEC_WRAPPER"]
        # Whose place the layer has taken gets it back.
        other = variables.pop("UNUM_EXEC_WRAPPER", None)
        if other:
            variables["AWS_LAMBDA_EXEC_WRAPPER"] = other
    taken = layers_called(layers, function)
    return Change(function, [arn for arn in function.layers if arn not in taken], variables, None, policies)


def layers_called(names, function):
    return [arn for arn in function.layers if arn.split(":")[6] in names]


def what_next(longest):
    return (
        "This is step 1 of 2: nothing is sent on any more. The layer stays for events that are on their way, for up to "
        f"{longest} hours.\nStep 2 takes it off: run the same command again after "
        f"{moment(datetime.now(timezone.utc) + longest)}, or with --now if no event is on its way."
    )


def what_may_be_on_its_way(functions, longest):
    until = max(function.modified for function in functions) + longest
    if datetime.now(timezone.utc) < until:
        yield (
            f"an event that only the layer understands may be on its way until {moment(until)}: "
            "run the same command again then, or with --now if you know that there is none"
        )


def which_alias_sends(functions, longest):
    """Aliases lead to published versions, which stay as they are."""
    client = boto3.client("lambda")
    for function in functions:
        for alias in aliases_of(function.arn):
            for version in sorted(versions_of(alias) - {"$LATEST"}):
                found = client.get_function_configuration(FunctionName=function.arn, Qualifier=version)
                if "UNUM_NEXT" in found.get("Environment", {}).get("Variables", {}):
                    yield (
                        f"{function.name}:{alias['Name']} leads to version {version}, which still sends early: publish a "
                        f"version after step 1, move the alias to it, and wait {longest} hours before step 2"
                    )


def who_was_never_attached(functions, layers):
    """A layer of the same name may be another one, and a variable may be set by hand."""
    for function in functions:
        left = [*layers_called(layers, function), *(name for name in OWN if name in function.variables)]
        if left and not function.is_attached:
            yield (
                f"{function.name} keeps {', '.join(left)}: it has neither AWS_LAMBDA_EXEC_WRAPPER={WRAPPER} nor UNUM_TABLE, "
                "so this script has not attached it"
            )


def what_stays(change, layers):
    name, before = change.function.name, change.function.variables
    wrapper = before.get("AWS_LAMBDA_EXEC_WRAPPER")
    if wrapper == WRAPPER and change.layers == change.function.layers != []:
        yield f"{name} has no layer called {' or '.join(layers)}: name yours with --layer, or it stays"
    if wrapper not in (None, WRAPPER) and change.layers != change.function.layers:
        yield f"{name} keeps AWS_LAMBDA_EXEC_WRAPPER={wrapper}, which fails now if it starts {WRAPPER}"
    settings = [variable for variable in change.variables if variable.startswith("UNUM_")]
    if settings and change.changes_configuration():
        yield f"{name} keeps {', '.join(settings)}: not set by this script, and of no use without the layer"


def longest_way(functions):
    """From the end of sending to the start of the last receiver: a sender runs to its end, and its event waits in the queue."""
    receivers = [function for function in functions if not function.is_entry]
    in_queue = max(map(longest_in_queue, receivers), default=timedelta())
    return max(function.timeout for function in functions) + in_queue + MARGIN


def longest_in_queue(function):
    client = boto3.client("lambda")
    try:
        found = client.get_function_event_invoke_config(FunctionName=function.arn)
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException" or is_denied(error):
            return LONGEST_IN_QUEUE
        raise
    seconds = found.get("MaximumEventAgeInSeconds")
    return timedelta(seconds=seconds) if seconds else LONGEST_IN_QUEUE


def moment(time):
    # Rounded up: who comes at the minute that is named is not too early.
    return (time + timedelta(minutes=1)).strftime("%Y-%m-%d %H:%M UTC")
