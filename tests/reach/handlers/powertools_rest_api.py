# events: [{"httpMethod": "GET", "path": "/products", "body": null}, {"httpMethod": "POST", "path": "/products", "body": "{\"sku\": \"Z-1\"}"}, {"httpMethod": "GET", "path": "/nope", "body": null}]
# unsafe: statusCode (made by the resolver), body (made by the resolver)
import boto3
from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.event_handler import APIGatewayRestResolver

logger = Logger()
tracer = Tracer()
app = APIGatewayRestResolver()
table = boto3.resource("dynamodb").Table("inventory")


@app.get("/products")
@tracer.capture_method
def list_products():
    items = table.scan()["Items"]
    return {"count": len(items), "skus": [item["sku"] for item in items]}


@app.post("/products")
@tracer.capture_method
def create_product():
    product = app.current_event.json_body
    table.put_item(Item=product)
    return {"created": product["sku"]}


@logger.inject_lambda_context
@tracer.capture_lambda_handler
def lambda_handler(event, context):
    return app.resolve(event, context)
