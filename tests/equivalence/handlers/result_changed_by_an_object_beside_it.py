# events: [{"n": 1}]
class Stamp:
    def put(self, result):
        result["stamp"] = 1


def load(n):
    return [n]


def lambda_handler(event, context):
    result = {"a": load(1), "b": load(2)}
    stamps = [Stamp()]
    for one, stamp in zip([result], stamps):
        stamp.put(one)
    return result
