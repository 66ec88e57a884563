# early: a, c, huge
def lambda_handler(event, context):
    a = float("nan")
    b = [float("inf"), -float("inf"), -0.0, 1e22, 5e-324, 0.1 + 0.2]
    c = {"zero": -0.0, "n": [a]}
    d = [a, sum(b)]
    return {"a": a, "b": b, "c": c, "d": d, "huge": 1e999, "minus": -0.0, "small": 1_0.5e-3}
