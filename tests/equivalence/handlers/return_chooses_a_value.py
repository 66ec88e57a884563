# events: [{}, {"x": 1}]
def lambda_handler(event, context):
    one = f()
    other = g()
    print("both")
    return {"a": one, "b": other, "c": h()} if event.get("x") else {"a": other, "b": one, "c": h()}
