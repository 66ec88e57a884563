import audit


def lambda_handler(event, context):
    result = {}
    result["total"] = sum(event["data"])
    result["mean"] = result["total"] / len(event["data"])
    audit.save(result)
    return result
