# early: a
# events: [{}, {"x": 1}]
def work(event):
    a = f()
    print("a")
    return {"a": a, "b": g()}


def lambda_handler(event, context):
    return work(event) if event.get("x") else {"error": "no x"}
