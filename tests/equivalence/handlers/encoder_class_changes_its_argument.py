# events: [{"n": 1}]
import json


class Encoder(json.JSONEncoder):
    def encode(self, o):
        o.append("seen")
        return super().encode(o)


def load(n):
    return [n]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    return {"a": a, "b": b, "c": json.dumps(a, cls=Encoder)}
