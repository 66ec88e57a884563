"""Lambda functions as local processes, DynamoDB on moto: what LocalStack lacks where there is no Docker."""
