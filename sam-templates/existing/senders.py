"""Who else sends to a function: a look at every function of the region."""

import boto3
from botocore.exceptions import ClientError
from errors import is_denied
from function import WRAPPER
from names import may_mean, names_in

MOST_NAMES = 5


class Sender:
    """A function, or an alias of it, that has not been named and has a function that has been as its next."""

    def __init__(self, function_name, alias, next_names, receiver):
        self.function_name = function_name
        self.name = f"{function_name}:{alias}" if alias else function_name
        self.next_names = next_names
        self.receiver = receiver


def senders_to(receivers, functions):
    """The senders that are not among `functions`, and a note for each thing that could not be looked at."""
    if not receivers:
        return [], []
    client = boto3.client("lambda")
    named = {function.name for function in functions}
    senders, unreadable = [], set()
    try:
        # A published version keeps its UNUM_NEXT for ever: it counts where an alias leads to it.
        for found in pages_of(client, "list_functions", "Functions", FunctionVersion="ALL"):
            name, version, environment = found["FunctionName"], found["Version"], found.get("Environment", {})
            if name in named:
                continue
            if environment.get("Error"):
                unreadable.add(name)
            next_names = environment.get("Variables", {}).get("UNUM_NEXT", "")
            reached = [one for one in receivers if any(may_mean(it, one.arn) for it in names_in(next_names))]
            if reached:
                leads_here = [None] if version == "$LATEST" else aliases_to(name, version)
                senders += [
                    Sender(name, alias, next_names, receiver) for alias in leads_here for receiver in reached
                ]
    except ClientError as error:
        if not is_denied(error):
            raise
        return senders, [
            f"whether another function sends to {in_short(one.name for one in receivers)} could not be looked at: it takes "
            "lambda:ListFunctions and lambda:ListAliases; make sure yourself that none does"
        ]
    if unreadable:
        return senders, [
            f"whether {in_short(sorted(unreadable))} sends to {in_short(one.name for one in receivers)} could not be looked "
            "at, for the variables cannot be read (kms:Decrypt): make sure yourself that it does not"
        ]
    return senders, []


def who_may_send(first, senders):
    """Only with UNUM_ENTRY an envelope is data: without it somebody may send one who is not among these functions."""
    known = [sender for sender in senders if sender.receiver is first]
    for sender in known:
        yield (
            f"{sender.name} has UNUM_NEXT={sender.next_names}, and {first.name} would take what it sends for data: "
            "name the whole chain, first to last"
        )
    if not known and first.variables.get("AWS_LAMBDA_EXEC_WRAPPER") == WRAPPER and not first.is_entry:
        yield (
            f"{first.name} has the layer without UNUM_ENTRY, so another function may send to it: "
            "name the whole chain, first to last, or set UNUM_ENTRY=true if none does"
        )


def who_still_needs_a_receiver(senders):
    for sender in senders:
        receiver = sender.receiver.name
        yield (
            f"{sender.name} has UNUM_NEXT={sender.next_names}, and without the layer {receiver} would take what it sends for "
            f"data: name {sender.function_name}, too, or leave {receiver} out"
        )


def aliases_of(function_name):
    return list(pages_of(boto3.client("lambda"), "list_aliases", "Aliases", FunctionName=function_name))


def versions_of(alias):
    weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    return {alias["FunctionVersion"], *weights}


def aliases_to(function_name, version):
    return [alias["Name"] for alias in aliases_of(function_name) if version in versions_of(alias)]


def pages_of(client, operation, key, **parameters):
    for page in client.get_paginator(operation).paginate(**parameters):
        yield from page[key]


def in_short(names):
    names = list(names)
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"{', '.join(names[:MOST_NAMES])}{more}"
