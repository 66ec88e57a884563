def lambda_handler(event, context):
    result = compute(event)
    return result
