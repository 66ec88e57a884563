"""The policies of this script's that roles have already."""

import boto3
from botocore.exceptions import ClientError
from errors import code_of, is_denied


def policy_name(function):
    # A role may be used in several regions, and no function's name has an @ in it.
    return f"{old_policy_name(function)}@{function.region}"


def old_policy_name(function):
    """Without the region, as this script once named it. It may be that of a function of this name in another region."""
    return f"unum-streaming-{function.name}"


def policies_found(functions):
    """For each function's ARN the documents of its policies by their names, and a note if they could not be looked at."""
    found = {function.arn: {} for function in functions}
    try:
        for function in functions:
            for name in (policy_name(function), old_policy_name(function)):
                document = document_of(function.role, name)
                if document and (name == policy_name(function) or is_for(document, function.region)):
                    found[function.arn][name] = document
    except ClientError as error:
        if not is_denied(error):
            raise
        return found, [
            "whether roles have policies of this script's could not be looked at: it takes iam:GetRolePolicy; delete those by the "
            "old name, unum-streaming-FUNCTION, yourself"
        ]
    return found, []


def document_of(role, name):
    try:
        return boto3.client("iam").get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    except ClientError as error:
        if code_of(error) == "NoSuchEntity":
            return None
        raise


def is_for(document, region):
    resources = [
        one for statement in listed(document["Statement"]) for one in listed(statement.get("Resource"))
    ]
    return any(one.split(":")[3:4] == [region] for one in resources)


def listed(one_or_more):
    """A policy's lists may be left out, and be no lists where they have one item only."""
    if one_or_more is None:
        return []
    return one_or_more if isinstance(one_or_more, list) else [one_or_more]
