def lambda_handler(event, context):
    a = []
    push = a.append
    b = [1]
    push("late")
    c = len(b)
    push("later")
    return {"a": a, "b": b, "c": c}
