# early: a, b
ORDER = []


def at(name):
    ORDER.append(name)
    print(name, ORDER)
    return [name]


def lambda_handler(event, context):
    a = at("a"); b = at("b")
    c = {"x": at("c1"), "y": at("c2")}
    return {"order": ORDER, "a": a, "d": at("d"), "b": b, "e": at("e"), "c": c, "n": len(at("n"))}
