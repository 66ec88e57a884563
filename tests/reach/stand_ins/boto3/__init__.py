"""As much of boto3 as the handlers call; every answer is made anew from what `content` holds. Python 3.9."""

import copy
import io
import json

from botocore.exceptions import ClientError

from . import content

_META = {"ResponseMetadata": {"HTTPStatusCode": 200, "RequestId": "7a62c49f"}}


def client(service, **options):
    return _CLIENTS[service]()


def resource(service, **options):
    return _RESOURCES[service]()


class Session:
    def __init__(self, **options):
        self.region_name = "eu-west-1"

    client = staticmethod(client)
    resource = staticmethod(resource)


class _Body(io.BytesIO):
    def iter_lines(self):
        return iter(self.getvalue().splitlines())


class _S3:
    def get_object(self, Bucket, Key, **options):
        if Key not in content.OBJECTS:
            raise ClientError(
                {"Error": {"Code": "NoSuchKey", "Message": "The specified key does not exist."}}, "GetObject"
            )
        data = content.OBJECTS[Key].encode()
        return {**_META, "Body": _Body(data), "ContentLength": len(data), "ETag": '"9b2cf535f27731c9"'}

    def head_object(self, Bucket, Key):
        data = self.get_object(Bucket, Key)
        return {
            **_META,
            "ContentLength": data["ContentLength"],
            "ContentType": "image/jpeg",
            "Metadata": {"owner": "ops"},
        }

    def put_object(self, Bucket, Key, Body, **options):
        return {**_META, "ETag": '"9b2cf535f27731c9"'}

    def copy_object(self, **options):
        return {**_META, "CopyObjectResult": {"ETag": '"9b2cf535f27731c9"'}}

    def delete_object(self, Bucket, Key):
        return dict(_META)

    def list_objects_v2(self, Bucket, Prefix="", **options):
        keys = [key for key in sorted(content.OBJECTS) if key.startswith(Prefix)]
        found = [{"Key": key, "Size": len(content.OBJECTS[key])} for key in keys]
        return {**_META, "Contents": found, "KeyCount": len(found), "IsTruncated": False}

    def get_paginator(self, name):
        return _Paginator(getattr(self, name))

    def generate_presigned_url(self, method, Params, ExpiresIn=3600):
        return f"https://{Params['Bucket']}.s3.amazonaws.com/{Params['Key']}?X-Amz-Expires={ExpiresIn}"


class _Paginator:
    def __init__(self, call):
        self._call = call

    def paginate(self, **options):
        yield self._call(**options)


class _Table:
    def __init__(self, name):
        self.name = name
        self._items = content.TABLES.get(name, {})

    def get_item(self, Key, **options):
        item = self._items.get(next(iter(Key.values())))
        return {**_META, "Item": copy.deepcopy(item)} if item else dict(_META)

    def put_item(self, Item, **options):
        return dict(_META)

    def update_item(self, Key, **options):
        return {**_META, "Attributes": {"version": 2}}

    def query(self, **options):
        items = copy.deepcopy(list(self._items.values()))
        return {**_META, "Items": items, "Count": len(items)}

    scan = query

    def batch_writer(self):
        return _BatchWriter()


class _BatchWriter:
    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        return False

    def put_item(self, Item):
        pass

    def delete_item(self, Key):
        pass


class _DynamoDB:
    Table = staticmethod(_Table)


class _Queue:
    def send_message(self, QueueUrl, MessageBody, **options):
        return {**_META, "MessageId": "5fea7756-0ea4-451a-a703-a558b933e274"}

    def publish(self, **options):
        return {**_META, "MessageId": "94f20ce6-13c5-43a0-9a9e-ca52d816e90b"}

    def put_events(self, Entries):
        return {
            **_META,
            "FailedEntryCount": 0,
            "Entries": [{"EventId": str(i)} for i, _ in enumerate(Entries)],
        }

    def put_metric_data(self, **options):
        return dict(_META)

    def send_email(self, **options):
        return {**_META, "MessageId": "EXAMPLE78603177f-7a5433e7"}

    def start_execution(self, stateMachineArn, **options):
        return {**_META, "executionArn": stateMachineArn.replace("stateMachine", "execution") + ":1"}


class _Parameters:
    def get_parameter(self, Name, **options):
        return {**_META, "Parameter": {"Name": Name, "Value": content.PARAMETERS[Name]}}

    def get_secret_value(self, SecretId):
        return {**_META, "SecretString": json.dumps({"api_key": "k-123", "name": SecretId})}


class _Analysis:
    def detect_labels(self, Image, MaxLabels=10, **options):
        labels = [{"Name": "Bicycle", "Confidence": 98.4}, {"Name": "Street", "Confidence": 91.2}]
        return {**_META, "Labels": labels[:MaxLabels]}

    def detect_moderation_labels(self, Image, **options):
        return {**_META, "ModerationLabels": []}

    def detect_text(self, Image, **options):
        return {**_META, "TextDetections": [{"DetectedText": "STOP", "Type": "LINE", "Confidence": 99.1}]}

    def detect_sentiment(self, Text, LanguageCode):
        scores = {"Positive": 0.91, "Negative": 0.02, "Neutral": 0.06, "Mixed": 0.01}
        return {**_META, "Sentiment": "POSITIVE", "SentimentScore": scores}

    def detect_dominant_language(self, Text):
        return {**_META, "Languages": [{"LanguageCode": "en", "Score": 0.99}]}

    def detect_key_phrases(self, Text, LanguageCode):
        return {**_META, "KeyPhrases": [{"Text": word, "Score": 0.9} for word in Text.split()[:3]]}

    def detect_entities(self, Text, LanguageCode):
        names = [word.strip(".,") for word in Text.split() if word[:1].isupper()]
        return {**_META, "Entities": [{"Text": name, "Type": "OTHER", "Score": 0.8} for name in names]}


_CLIENTS = {
    "s3": _S3,
    "sqs": _Queue,
    "sns": _Queue,
    "events": _Queue,
    "cloudwatch": _Queue,
    "ses": _Queue,
    "stepfunctions": _Queue,
    "ssm": _Parameters,
    "secretsmanager": _Parameters,
    "rekognition": _Analysis,
    "comprehend": _Analysis,
}
_RESOURCES = {"dynamodb": _DynamoDB}
