# early: a, b, c
# events: [{}, {"x": 1}, {"x": 1, "y": 1}, {"y": 1}]
def lambda_handler(event, context):
    a = f()
    print("a")
    return (
        {"a": a, "b": g(), "c": h(), "d": k()}
        if event.get("x")
        else {"a": a, "b": i(), "c": m(), "d": late()}
        if (found := event.get("y"))
        else {"a": a, "b": [found, f()], "c": g(), "d": None}
    )
