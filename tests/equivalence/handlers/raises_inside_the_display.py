# events: [{}, {"n": 1}, {"n": 2}, {"n": 3}]
# early: a, b
def step(n, fails):
    print("step", n)
    if n == fails:
        raise RuntimeError("step", n)
    return [n]


def lambda_handler(event, context):
    n = event.get("n")
    return {
        "a": step(1, n), "b": step(2, n), "v": 1,
        "c": (
            step(3, n)
            + step(4, n)
        ),
        "d": n,
    }
