class LambdaContext:
    aws_request_id: str
    function_name: str
