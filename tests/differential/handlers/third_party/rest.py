"""A small API with Powertools' event handler."""

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import BadRequestError, NotFoundError

logger = Logger(service="rest")
rest = APIGatewayRestResolver()
http = APIGatewayHttpResolver()


@rest.get("/orders/<order_id>")
@http.get("/orders/<order_id>")
def get_order(order_id: str):
    if order_id == "0":
        raise NotFoundError(f"no order {order_id}")
    return {"id": order_id, "name": "Tür"}


@rest.post("/orders")
def create():
    body = rest.current_event.json_body
    if "name" not in body:
        raise BadRequestError("a name is needed")
    return {"created": body["name"]}, 201


@rest.get("/broken")
def broken():
    raise ValueError("not handled")


@rest.get("/raw")
def raw():
    return Response(status_code=200, content_type="text/plain", body="raw text")


@logger.inject_lambda_context(correlation_id_path="requestContext.requestId")
def handler(event, context):
    return rest.resolve(event, context)


def http_handler(event, context):
    return http.resolve(event, context)
