# events: [{"n": 1}]
def load(n):
    return [n]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    c = __builtins__["eval"]("a.append(3)")
    return {"a": a, "b": b, "c": c}
