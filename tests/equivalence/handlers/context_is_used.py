# early: b
def lambda_handler(event, context):
    a = [context.aws_request_id, context.function_name]
    b = {"arn": context.invoked_function_arn}
    context.mine = a
    c = context.memory_limit_in_mb
    context.mine.append("through the context")
    return {"a": a, "b": b, "c": c, "d": [len(a)]}
