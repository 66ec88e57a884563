# events: [{}]
# early: b
class Failed(Exception):
    pass


def lambda_handler(event, context):
    a = 1
    b = sorted("x")
    try:
        raise Failed(a := a + 4)
    except Failed:
        pass
    c = sorted("yz")
    return {"a": a, "b": b, "c": c}
