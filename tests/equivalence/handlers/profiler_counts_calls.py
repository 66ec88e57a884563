# events: [{"n": 1}]
import cProfile


def load(n):
    return [n]


def lambda_handler(event, context):
    profile = cProfile.Profile()
    profile.enable()
    a = load(1)
    b = load(2)
    c = load(3)
    profile.disable()
    print(any("publish" in str(entry.code) for entry in profile.getstats()))
    return {"a": a, "b": b, "c": c}
