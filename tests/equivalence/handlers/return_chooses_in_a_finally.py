# events: [{}, {"x": 1}, {"x": 1, "y": 1}, {"y": 1}]
def lambda_handler(event, context):
    a = f()
    try:
        if event.get("x"):
            boom()
        return {"a": a, "b": g(), "c": h()} if event.get("y") else {"c": g(), "b": h(), "a": a}
    finally:
        if event.get("y"):
            return {"a": f(), "b": g(), "c": h()} if event.get("x") else {"a": f(), "b": m(), "c": k()}
