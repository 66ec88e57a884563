"""What AWS refuses, as a sentence."""

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

ERRORS = (BotoCoreError, ClientError)
MEANWHILE = {
    "PreconditionFailedException": "somebody has changed it in the meantime: run the same command again",
    "ResourceConflictException": "an update of it is under way: run the same command again in a minute",
}


def sentence(error):
    if isinstance(error, NoCredentialsError):
        return "there are no AWS credentials: log in, or set AWS_PROFILE"
    if isinstance(error, NoRegionError):
        return "it is not known which region is meant: set AWS_DEFAULT_REGION"
    return MEANWHILE.get(code_of(error)) or str(error)


def code_of(error):
    """AWS's name for it; None where AWS did not answer."""
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else None


def is_denied(error):
    # IAM calls it by the one name, Lambda by the other.
    return code_of(error) in ("AccessDenied", "AccessDeniedException")


def refuse(complaints):
    """Ends the program, unless there are none."""
    complaints = list(complaints)
    if complaints:
        raise SystemExit("\n".join(complaints) + "\nnothing was changed")
