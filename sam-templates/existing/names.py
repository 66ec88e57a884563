"""Names of functions, in all the ways in which Lambda takes them."""

import re

# Lambda's own pattern: a name or an ARN, whole or in part, and a version or an alias.
NAME = re.compile(
    r"(?P<function>(?:arn:[\w-]+:lambda:)?(?:(?P<region>[a-z]{2}[a-z-]*-\d+):)?(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[\w-]+))(?::(?P<qualifier>\$LATEST|[\w-]+))?"
)


def names_in(text):
    """Those of UNUM_NEXT."""
    return [name.strip() for name in text.split(",") if name.strip()]


def arn_of(name, near):
    """Its ARN, in the region and the account of the function with the ARN `near` where it names none. A qualifier is part of it."""
    match = NAME.fullmatch(name)
    _, partition, _, region, account = near.split(":")[:5]
    return ":".join(
        [
            "arn",
            partition,
            "lambda",
            match["region"] or region,
            match["account"] or account,
            "function",
            match["name"],
            *filter(None, [match["qualifier"]]),
        ]
    )


def may_mean(name, arn):
    """Whether it may be the function of this ARN, whatever the version: as in the layer, what it does not say is the same."""
    match = NAME.fullmatch(name)
    _, _, _, region, account, _, bare = arn.split(":")[:7]
    return bool(
        match
        and match["name"] == bare
        and match["region"] in (None, region)
        and match["account"] in (None, account)
    )
