# events: [{"n": 3}, {"loop": true}]
def lambda_handler(event, context):
    a = 1
    y = sorted("ba")
    while "loop" in event:
        try:
            return {"q": (a := 8)}
        finally:
            break
    try:
        return {"q": (a := a + 6)}
    finally:
        z = sorted("ba")
        return {"y": y, "a": a, "z": z}
