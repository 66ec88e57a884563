def make():
    value = [0]

    def add():
        value.append(len(value))
        return len(value)

    return value, add


def lambda_handler(event, context):
    a, add = make()
    b = add()
    c = add()
    return {"a": a, "b": b, "c": c}
