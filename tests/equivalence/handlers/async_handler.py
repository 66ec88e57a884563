async def lambda_handler(event, context):
    a = [1]
    b = {"n": len(a)}
    return {"a": a, "b": b, "c": sum(a)}
