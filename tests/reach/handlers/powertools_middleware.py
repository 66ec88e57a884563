# events: [{"user": "ada", "claims": {"groups": ["admin", "ops"]}}, {"user": "bob", "claims": {}}]
# safe: user, groups, rights
# unsafe: audit (computed last)
from aws_lambda_powertools import Logger
from aws_lambda_powertools.middleware_factory import lambda_handler_decorator
from aws_lambda_powertools.utilities.parser import event_parser
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger(service="access")
RIGHTS = {"admin": ["read", "write", "grant"], "ops": ["read", "restart"]}


class Login(dict):
    pass


@lambda_handler_decorator
def with_request(handler, event, context, name="request"):
    logger.append_keys(**{name: context.aws_request_id})
    try:
        response = handler(event, context)
    except Exception:
        logger.error("refused")
        raise
    logger.info("decided")
    return response


def rights_of(groups: list) -> list:
    return sorted({right for group in groups for right in RIGHTS.get(group, ["read"])})


def write_audit(user: str, rights: list) -> dict:
    return {"who": user, "count": len(rights)}


@event_parser(model=Login)
@with_request(name="access_id")
def lambda_handler(event: Login, context: LambdaContext) -> dict:
    groups = list(event["claims"].get("groups", ["guest"]))
    rights = rights_of(groups)
    return {
        "user": event["user"],
        "groups": groups,
        "rights": rights,
        "audit": write_audit(event["user"], rights),
    }
