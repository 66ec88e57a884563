# Two functions and the layer, with Terraform: `terraform init && terraform apply`.

terraform {
  required_providers {
    aws     = { source = "hashicorp/aws" }
    archive = { source = "hashicorp/archive" }
  }
}

locals {
  variables = {
    AWS_LAMBDA_EXEC_WRAPPER = "/opt/bootstrap"
    UNUM_TABLE              = aws_dynamodb_table.fields.name
  }
}

resource "aws_lambda_layer_version" "streaming" {
  layer_name               = "unum-streaming"
  filename                 = "${path.module}/unum-streaming-layer-x86_64.zip"
  source_code_hash         = filebase64sha256("${path.module}/unum-streaming-layer-x86_64.zip")
  compatible_architectures = ["x86_64"]
}

resource "aws_dynamodb_table" "fields" {
  name         = "unum-fields"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "stream"
  range_key    = "field"

  attribute {
    name = "stream"
    type = "S"
  }

  attribute {
    name = "field"
    type = "S"
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }
}

data "archive_file" "features" {
  type        = "zip"
  source_dir  = "${path.module}/src/features"
  output_path = "${path.module}/build/features.zip"
}

data "archive_file" "summary" {
  type        = "zip"
  source_dir  = "${path.module}/src/summary"
  output_path = "${path.module}/build/summary.zip"
}

resource "aws_lambda_function" "features" {
  function_name    = "features"
  role             = aws_iam_role.features.arn
  runtime          = "python3.12"
  handler          = "app.lambda_handler"
  filename         = data.archive_file.features.output_path
  source_code_hash = data.archive_file.features.output_base64sha256
  timeout          = 60
  memory_size      = 512
  layers           = [aws_lambda_layer_version.streaming.arn]

  environment {
    variables = merge(local.variables, {
      UNUM_NEXT  = aws_lambda_function.summary.function_name
      UNUM_ENTRY = "true"
    })
  }
}

resource "aws_lambda_function" "summary" {
  function_name    = "summary"
  role             = aws_iam_role.summary.arn
  runtime          = "python3.12"
  handler          = "app.lambda_handler"
  filename         = data.archive_file.summary.output_path
  source_code_hash = data.archive_file.summary.output_base64sha256
  timeout          = 60
  memory_size      = 512
  layers           = [aws_lambda_layer_version.streaming.arn]

  environment {
    variables = local.variables
  }
}

data "aws_iam_policy_document" "lambda" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "features" {
  statement {
    actions   = ["dynamodb:PutItem", "dynamodb:Query"]
    resources = [aws_dynamodb_table.fields.arn]
  }

  statement {
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.summary.arn]
  }
}

data "aws_iam_policy_document" "summary" {
  statement {
    actions   = ["dynamodb:Query", "dynamodb:BatchGetItem"]
    resources = [aws_dynamodb_table.fields.arn]
  }
}

resource "aws_iam_role" "features" {
  name               = "features"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

resource "aws_iam_role" "summary" {
  name               = "summary"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

resource "aws_iam_role_policy" "features" {
  role   = aws_iam_role.features.name
  policy = data.aws_iam_policy_document.features.json
}

resource "aws_iam_role_policy" "summary" {
  role   = aws_iam_role.summary.name
  policy = data.aws_iam_policy_document.summary.json
}

resource "aws_iam_role_policy_attachment" "features_logs" {
  role       = aws_iam_role.features.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy_attachment" "summary_logs" {
  role       = aws_iam_role.summary.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
