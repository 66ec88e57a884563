"""Lambda functions as local processes and DynamoDB on moto: what LocalStack lacks where there is no Docker."""
