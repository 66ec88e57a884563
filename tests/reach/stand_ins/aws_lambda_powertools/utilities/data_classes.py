import base64
import json


class _Wrapped:
    def __init__(self, data):
        self.raw_event = data

    def __getitem__(self, key):
        return self.raw_event[key]

    def get(self, key, default=None):
        return self.raw_event.get(key, default)


class SQSRecord(_Wrapped):
    @property
    def message_id(self):
        return self["messageId"]

    @property
    def body(self):
        return self["body"]

    @property
    def json_body(self):
        return json.loads(self["body"])


class SQSEvent(_Wrapped):
    @property
    def records(self):
        return (SQSRecord(record) for record in self["Records"])


class _KinesisData(_Wrapped):
    @property
    def partition_key(self):
        return self["kinesis"]["partitionKey"]

    def data_as_json(self):
        return json.loads(base64.b64decode(self["kinesis"]["data"]))


class KinesisStreamRecord(_Wrapped):
    @property
    def kinesis(self):
        return _KinesisData(self.raw_event)


class KinesisStreamEvent(_Wrapped):
    @property
    def records(self):
        return (KinesisStreamRecord(record) for record in self["Records"])


class S3Event(_Wrapped):
    @property
    def bucket_name(self):
        return self["Records"][0]["s3"]["bucket"]["name"]

    @property
    def object_key(self):
        return self["Records"][0]["s3"]["object"]["key"]


class EventBridgeEvent(_Wrapped):
    @property
    def detail(self):
        return self["detail"]

    @property
    def detail_type(self):
        return self["detail-type"]

    @property
    def get_id(self):
        return self["id"]


class APIGatewayProxyEvent(_Wrapped):
    @property
    def path(self):
        return self["path"]

    @property
    def http_method(self):
        return self["httpMethod"]

    @property
    def json_body(self):
        return json.loads(self["body"] or "null")

    @property
    def query_string_parameters(self):
        return self.get("queryStringParameters") or {}


def event_source(data_class):
    def decorator(function):
        def wrapper(event, context):
            return function(data_class(event), context)

        return wrapper

    return decorator
