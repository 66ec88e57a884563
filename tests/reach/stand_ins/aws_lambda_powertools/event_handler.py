import json


class APIGatewayRestResolver:
    def __init__(self, **options):
        self._routes = {}
        self.current_event = None

    def get(self, rule):
        return self._route("GET", rule)

    def post(self, rule):
        return self._route("POST", rule)

    def _route(self, method, rule):
        def decorator(function):
            self._routes[method, rule] = function
            return function

        return decorator

    def resolve(self, event, context):
        from .utilities.data_classes import APIGatewayProxyEvent

        self.current_event = APIGatewayProxyEvent(event)
        function = self._routes.get((event["httpMethod"], event["path"]))
        if function is None:
            return {"statusCode": 404, "body": json.dumps({"message": "Not found"})}
        return {"statusCode": 200, "body": json.dumps(function())}
