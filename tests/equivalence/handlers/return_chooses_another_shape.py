# events: [{}, {"x": 1}]
def lambda_handler(event, context):
    a = f()
    print(a)
    b = g()
    return {"a": a, "b": b, "c": h()} if event.get("x") else {"error": str(b)}
