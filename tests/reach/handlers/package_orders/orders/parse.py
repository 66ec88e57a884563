import json


def order(body):
    document = json.loads(body)
    if not document["lines"]:
        raise ValueError("an order without lines")
    return document
