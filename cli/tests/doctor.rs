//! `unum-streaming doctor`, as a user runs it: templates that are as they should be, and each thing that can be wrong.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which may end a test")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

const TEMPLATE: &str = r#"
Parameters:
  Wrapper: { Type: String, Default: /opt/bootstrap }
Globals:
  Function:
    Runtime: python3.12
    Timeout: 60
    Layers: [!Ref Layer]
    Environment:
      Variables:
        AWS_LAMBDA_EXEC_WRAPPER: !Ref Wrapper
        UNUM_TABLE: !Ref Fields
Resources:
  Layer: { Type: AWS::Serverless::LayerVersion, Properties: { CompatibleArchitectures: [x86_64] } }
  Live: { Type: AWS::Lambda::Alias, Properties: { FunctionName: !Ref Second, Name: live } }
  Fields:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions:
        - { AttributeName: stream, AttributeType: S }
        - { AttributeName: field, AttributeType: S }
      KeySchema: [{ AttributeName: stream, KeyType: HASH }, { AttributeName: field, KeyType: RANGE }]
      TimeToLiveSpecification: { AttributeName: expires_at, Enabled: true }
  First:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Handler: app.handler
      Environment: { Variables: { UNUM_NEXT: !Ref Second, UNUM_ENTRY: "true" } }
      Policies:
        - Statement:
            - { Effect: Allow, Action: ["dynamodb:PutItem", "dynamodb:Query"], Resource: "*" }
            - { Effect: Allow, Action: "lambda:InvokeFunction", Resource: "*" }
  Second:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: the-second
      Handler: app.handler
      Policies: [{ DynamoDBReadPolicy: { TableName: !Ref Fields } }]
"#;
const HANDLER: &str = "def handler(event, context):\n    a = [1]\n    b = str(event)\n    return {'a': a, 'b': b}\n";

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, template: &str, handler: &str) -> Self {
        let folder = Self(std::env::temp_dir().join(format!("unum-doctor-{}-{name}", std::process::id())));
        fs::create_dir_all(folder.0.join("src")).unwrap();
        fs::write(folder.0.join("src/app.py"), handler).unwrap();
        fs::write(folder.0.join("template.yaml"), template).unwrap();
        folder
    }

    fn doctor(&self, options: &[&str]) -> Output {
        doctor(&self.0.join("template.yaml"), options)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn doctor(template: &Path, options: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_unum-streaming")).arg("doctor").args(options).arg(template).output().unwrap()
}

/// Every finding as its kind and its sentence.
fn findings(output: &Output) -> Vec<String> {
    let diagnosis: Value = serde_json::from_slice(&output.stdout).unwrap();
    let functions = diagnosis["functions"].as_array().unwrap().iter();
    let all = functions.map(|function| &function["findings"]).chain([&diagnosis["findings"]]);
    all.flat_map(|findings| findings.as_array().unwrap())
        .map(|finding| format!("{}: {}", finding["kind"].as_str().unwrap(), finding["what"].as_str().unwrap()))
        .collect()
}

#[test]
fn nothing_is_wrong() {
    let folder = Folder::new("fine", TEMPLATE, HANDLER);
    let output = folder.doctor(&[]);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "First → Second  app.handler\n  ✓ streams a; at the return: b\n\nSecond  app.handler\n\n\
         0 problems, 0 to think about\n"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn each_thing_that_can_be_wrong() {
    for (number, (old, new, found)) in [
        ("Default: /opt/bootstrap", "Default: /opt/other", "problem: AWS_LAMBDA_EXEC_WRAPPER is /opt/other"),
        ("        AWS_LAMBDA_EXEC_WRAPPER: !Ref Wrapper\n", "", "problem: AWS_LAMBDA_EXEC_WRAPPER is not set"),
        ("        AWS_LAMBDA_EXEC_WRAPPER: !Ref Wrapper\n", "", "problem: its next, Second, has not the layer"),
        ("    Layers: [!Ref Layer]\n", "", "problem: it has no layer"),
        ("python3.12", "python3.8", "problem: it runs on python3.8"),
        ("python3.12", "nodejs22.x", "problem: it runs on nodejs22.x"),
        ("        UNUM_TABLE: !Ref Fields\n", "", "problem: UNUM_TABLE is not set"),
        ("UNUM_TABLE: !Ref Fields", "UNUM_TABLE: !Ref Layer", "problem: UNUM_TABLE is Layer, which is no table"),
        (", UNUM_ENTRY: \"true\"", "", "advice: nothing here starts it, and UNUM_ENTRY is not set"),
        ("UNUM_NEXT: !Ref Second", "UNUM_NEXT: !Ref First", "problem: UNUM_NEXT names the function itself"),
        ("UNUM_NEXT: !Ref Second", "UNUM_NEXT: other", "advice: its next, other, cannot be seen from here"),
        ("\"dynamodb:PutItem\", ", "", "problem: it may not dynamodb:PutItem"),
        ("lambda:InvokeFunction", "lambda:Get*", "problem: it may not lambda:InvokeFunction"),
        ("DynamoDBReadPolicy", "DynamoDBWritePolicy", "problem: it may not dynamodb:Query, dynamodb:BatchGetItem"),
        ("AttributeName: stream", "AttributeName: id", "problem: table Fields has other keys"),
        ("Enabled: true", "Enabled: false", "advice: table Fields keeps fields for ever"),
        ("UNUM_ENTRY: \"true\"", "UNUM_STRICT: true", "problem: UNUM_STRICT is set on some functions"),
        ("CodeUri: src", "CodeUri: s3://bucket/key", "advice: what it would stream cannot be told"),
        ("Handler: app.handler", "Handler: app.absent", "problem: cannot analyse"),
        (
            "      Policies:\n        - Statement",
            "      Role: arn:aws:iam::1:role/r\n      X:\n        - Statement",
            "advice: some of its policies",
        ),
        (
            "      Policies:\n        - Statement",
            "      Policies:\n        - arn:aws:iam::1:policy/mine\n      X:\n        - Statement",
            "advice: some of its policies",
        ),
        (
            "\"lambda:InvokeFunction\", Resource: \"*\" }",
            "\"lambda:InvokeFunction\", Resource: \"*\" }\n            - { Effect: Deny, Action: \"dynamodb:Put*\" }",
            "problem: it may not dynamodb:PutItem",
        ),
        ("Timeout: 60", "Architectures: [arm64]", "problem: it runs on arm64, and a layer of its on x86_64"),
        ("FunctionName: the-second", "Timeout: 3", "advice: its next, Second, has 3 seconds"),
        (
            "UNUM_NEXT: !Ref Second",
            "UNUM_STREAMING: \"off\", UNUM_NEXT: !Ref Second",
            "advice: its result goes to next whole",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        assert!(TEMPLATE.contains(old), "{old}");
        let folder = Folder::new(&format!("wrong-{number}"), &TEMPLATE.replacen(old, new, 1), HANDLER);
        let output = folder.doctor(&["--format", "json"]);
        let findings = findings(&output);
        assert!(findings.iter().any(|finding| finding.starts_with(found)), "{old} → {new}: {findings:#?}");
        assert_eq!(output.status.code(), Some(i32::from(found.starts_with("problem"))), "{findings:#?}");
    }
}

#[test]
fn next_is_known_however_it_is_written() {
    for (number, next) in [
        "!GetAtt Second.Arn",
        "{ Ref: Second }",
        "{ \"Fn::GetAtt\": [Second, Arn] }",
        "the-second",
        "\"arn:aws:lambda:eu-west-1:123456789012:function:the-second:live\"",
        "!Sub \"${Second}\"",
        "!Sub \"${Second.Arn}\"",
        "!Join [\",\", [!Ref Second]]",
        "!Ref Live",
        "!Ref Second.Alias",
    ]
    .into_iter()
    .enumerate()
    {
        let template = TEMPLATE.replace("UNUM_NEXT: !Ref Second", &format!("UNUM_NEXT: {next}"));
        let folder = Folder::new(&format!("next-{number}"), &template, HANDLER);
        assert_eq!(findings(&folder.doctor(&["--format", "json"])), ["fine: streams a; at the return: b"], "{next}");
    }
}

#[test]
fn who_may_be_next_is_not_told_to_honour_no_envelope() {
    let template = TEMPLATE.replace("UNUM_NEXT: !Ref Second", "UNUM_NEXT: !If [X, !Ref Second, !Ref First]");
    let folder = Folder::new("if", &template, HANDLER);
    let findings = findings(&folder.doctor(&["--format", "json"]));
    assert!(findings.iter().all(|finding| !finding.contains("UNUM_ENTRY")), "{findings:#?}");
}

#[test]
fn a_role_that_may_do_anything_is_fine() {
    let wide = TEMPLATE.replace("[{ DynamoDBReadPolicy: { TableName: !Ref Fields } }]", "[AdministratorAccess]");
    assert_eq!(Folder::new("wide", &wide, HANDLER).doctor(&[]).status.code(), Some(0));
}

#[test]
fn why_nothing_streams_is_told_with_the_line_and_what_helps() {
    let handler = "def handler(event, context):\n    return eval('1')\n";
    let output = Folder::new("as-written", TEMPLATE, handler).doctor(&[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("✗ nothing streams: ") && text.contains("app.py:"), "{text}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn an_unknown_decorator_is_named_and_can_be_trusted() {
    let handler = format!("from elsewhere import timed\n\n@timed\n{HANDLER}");
    let folder = Folder::new("decorated", TEMPLATE, &handler);
    assert!(findings(&folder.doctor(&["--format", "json"]))[0].contains("timed"));
    assert_eq!(folder.doctor(&["--trust-decorator", "timed"]).status.code(), Some(0));
}

#[test]
fn the_projects_own_templates_are_in_order() {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sam-templates");
    for name in ["quickstart", "pipeline", "fan-out", "api", "dna"] {
        let output = doctor(&templates.join(name).join("template.yaml"), &["--format", "json"]);
        let findings = findings(&output);
        assert!(findings.iter().all(|finding| finding.starts_with("fine: streams ")), "{name}: {findings:#?}");
        assert!(!findings.is_empty());
    }
}

#[test]
fn what_is_no_template_is_refused_by_name() {
    let folder = Folder::new("refused", "just a text", HANDLER);
    for (path, words) in
        [(folder.0.join("template.yaml"), "is no template"), (folder.0.join("absent.yaml"), "cannot read")]
    {
        let output = doctor(&path, &[]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(error.contains(words), "{error}");
    }
    fs::write(folder.0.join("template.yaml"), "Resources: {}").unwrap();
    assert_eq!(folder.doctor(&[]).status.code(), Some(2));
}
