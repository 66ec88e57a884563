# events: [{"n": 1}, {"n": "x"}]
class Strict:
    def __setattr__(self, name, value):
        if type(value) is str:
            raise ValueError(value)


def load(n):
    return n


def lambda_handler(event, context):
    strict = Strict()
    result = {}
    try:
        result["b"], strict.value = 1, event["n"]
    except ValueError as error:
        result["a"] = load(1)
        print("now")
        result["b"] = load(2)
        return result
    return {"other": True, "more": False}
