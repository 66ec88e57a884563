# early: a
def lambda_handler(event, context):
    """Words."""; return {"a": [lambda_handler.__doc__], "b": [len(event)], "c": [1]}
