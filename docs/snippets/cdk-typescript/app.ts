// Two functions and the layer, with AWS CDK: `cdk deploy --app "npx ts-node app.ts"`.
import * as cdk from "aws-cdk-lib";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";

class Chain extends cdk.Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const layer = new lambda.LayerVersion(this, "StreamingLayer", {
      code: lambda.Code.fromAsset("unum-streaming-layer-x86_64.zip"),
      compatibleArchitectures: [lambda.Architecture.X86_64],
    });
    const table = new dynamodb.Table(this, "FieldStore", {
      partitionKey: { name: "stream", type: dynamodb.AttributeType.STRING },
      sortKey: { name: "field", type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: "expires_at",
      removalPolicy: cdk.RemovalPolicy.DESTROY,
    });

    const make = (name: string, code: string, variables: Record<string, string> = {}): lambda.Function =>
      new lambda.Function(this, name, {
        runtime: lambda.Runtime.PYTHON_3_12,
        handler: "app.lambda_handler",
        code: lambda.Code.fromAsset(code),
        timeout: cdk.Duration.seconds(60),
        memorySize: 512,
        layers: [layer],
        environment: {
          AWS_LAMBDA_EXEC_WRAPPER: "/opt/bootstrap",
          UNUM_TABLE: table.tableName,
          ...variables,
        },
      });

    const summary = make("Summary", "src/summary");
    const features = make("Features", "src/features", {
      UNUM_NEXT: summary.functionName,
      UNUM_ENTRY: "true",
    });

    table.grant(features, "dynamodb:PutItem", "dynamodb:Query");
    table.grant(summary, "dynamodb:Query", "dynamodb:BatchGetItem");
    summary.grantInvoke(features);
  }
}

const app = new cdk.App();
new Chain(app, "UnumStreaming");
app.synth();
