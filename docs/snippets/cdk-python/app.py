"""Two functions and the layer, with AWS CDK: `cdk deploy --app "python3 app.py"`."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_


class Chain(cdk.Stack):
    def __init__(self, scope, name):
        super().__init__(scope, name)
        layer = lambda_.LayerVersion(
            self,
            "StreamingLayer",
            code=lambda_.Code.from_asset("unum-streaming-layer-x86_64.zip"),
            compatible_architectures=[lambda_.Architecture.X86_64],
        )
        table = dynamodb.Table(
            self,
            "FieldStore",
            partition_key=dynamodb.Attribute(name="stream", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="field", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="expires_at",
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )

        def function(logical_name, code, **variables):
            return lambda_.Function(
                self,
                logical_name,
                runtime=lambda_.Runtime.PYTHON_3_12,
                handler="app.lambda_handler",
                code=lambda_.Code.from_asset(code),
                timeout=cdk.Duration.seconds(60),
                memory_size=512,
                layers=[layer],
                environment={
                    "AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap",
                    "UNUM_TABLE": table.table_name,
                    **variables,
                },
            )

        summary = function("Summary", "src/summary")
        features = function("Features", "src/features", UNUM_NEXT=summary.function_name, UNUM_ENTRY="true")

        table.grant(features, "dynamodb:PutItem", "dynamodb:Query")
        table.grant(summary, "dynamodb:Query", "dynamodb:BatchGetItem")
        summary.grant_invoke(features)


app = cdk.App()
Chain(app, "UnumStreaming")
app.synth()
