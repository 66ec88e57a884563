def respond(**fields):
    return {"statusCode": 200, **fields}


def lambda_handler(event, context):
    a = [1]
    b = {"n": len(a)}
    return respond(a=a, b=b)
