#!/usr/bin/env python3
"""Attaches the layer to functions that are deployed already, in the order in which results are to go on.

    attach.py --stack STACK First Second Third             First's result goes to Second, Second's to Third
    attach.py --stack STACK First Second Third --dry-run   only says what it would change
    attach.py First Second Third --detach                  step 1 of 2: nothing goes on from any of them
    attach.py First Second Third --detach                  step 2, hours later: takes everything else back

STACK is the one that template.yaml made. Needs boto3; region and credentials are AWS's own. Everything is looked at before
anything is changed, and other layers and variables stay as they are.
"""

import argparse
import sys

try:
    import boto3  # noqa: F401
except ImportError:
    sys.exit("attach.py needs boto3: python3 -m pip install boto3")

from attaching import attaching
from change import carry_out
from detaching import detaching
from errors import ERRORS, refuse, sentence
from function import functions_of


def main():
    arguments = command_line()
    try:
        plan = plan_for(arguments)
    except ERRORS as error:
        refuse([sentence(error)])
    for change in plan.changes:
        print(change)
    for note in plan.notes:
        print(note, file=sys.stderr)
    if not arguments.dry_run:
        carry_out(plan.changes, plan.rest)
    if plan.what_next:
        print(plan.what_next())


def command_line():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("functions", nargs="+", help="names of the functions, first to last")
    parser.add_argument("--stack", help="name of the stack with the layer and the field store")
    parser.add_argument(
        "--move",
        action="store_true",
        help="take functions that have another stack's table over to this one's",
    )
    parser.add_argument("--dry-run", action="store_true", help="change nothing")
    parser.add_argument("--detach", action="store_true", help="take the layer off again, in two steps")
    parser.add_argument("--now", action="store_true", help="both steps at once: no event is on its way")
    parser.add_argument("--layer", help="with --detach: the layer's name, where it is not the template's")
    arguments = parser.parse_args()
    if not arguments.detach and not arguments.stack:
        parser.error("--stack is needed to attach")
    if not arguments.detach and (arguments.now or arguments.layer):
        parser.error("--now and --layer are for --detach")
    if arguments.detach and arguments.move:
        parser.error("--move is for attaching")
    return arguments


def plan_for(arguments):
    functions = functions_of(arguments.functions)
    if arguments.detach:
        return detaching(functions, arguments.layer, arguments.now)
    return attaching(functions, arguments.stack, arguments.move)


if __name__ == "__main__":
    main()
