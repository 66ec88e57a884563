# early: a
def lambda_handler(event, context):
    """Words."""; return {"a": [__name__], "b": [len(event)], "c": [1]}
