def lambda_handler(event, context):
    a = [1]
    b = {"n": len(a)}
    return {1: a, None: b, 2.5: len(b), True: "true"}
