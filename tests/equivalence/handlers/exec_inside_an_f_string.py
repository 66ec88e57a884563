# events: [{}]
def lambda_handler(event, context):
    a = sorted("ba")
    b = f"{exec('a.append(5)')}"
    c = sorted("dc")
    return {"a": a, "b": b, "c": c}
