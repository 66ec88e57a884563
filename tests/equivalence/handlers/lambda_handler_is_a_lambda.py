lambda_handler = lambda event, context: {"a": [1], "b": {"n": len(event)}, "c": [2]}
