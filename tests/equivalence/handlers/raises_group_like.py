# events: [{}, {"n": 1}]
class Failure(Exception):
    def __str__(self):
        return "é\ud800 \n second line"


def lambda_handler(event, context):
    a = {"a": [1]}
    if event.get("n"):
        raise Failure
    b = [a["a"][0]]
    return {"a": a, "b": b, "c": sum(b)}
