def lambda_handler(event, context):
    """Nothing but words."""
