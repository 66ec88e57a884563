# early: c
def lambda_handler(event, context):
    a = {1: "int", 2.5: "float", None: "none", True: "true", "1": "text"}
    b = {(1, 2): "tuple"} if event else {b"k" if event else "k": 1}
    c = {1: 1, "1": 2, 1.0: 3}
    return {"a": a, "c": c, "b": b, "d": sorted(map(str, a))}
