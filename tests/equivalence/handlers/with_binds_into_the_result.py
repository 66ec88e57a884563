# events: [{"n": 1}]
class Number:
    def __enter__(self):
        return 5

    def __exit__(self, *exc_info):
        pass


def load(n):
    return {"n": n}


def lambda_handler(event, context):
    result = {"a": load(1), "b": load(2)}
    with Number() as result["a"]:
        load(3)
    return result
