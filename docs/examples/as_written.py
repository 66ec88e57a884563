def lambda_handler(event, context):
    return eval(event["expression"])
