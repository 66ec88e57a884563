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
  Layer: { Type: AWS::Serverless::LayerVersion, Properties: { LayerName: unum-streaming, CompatibleArchitectures: [x86_64] } }
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

/// The template with each of these once replaced, and what is found then.
fn findings_with(name: &str, changes: &[(&str, &str)]) -> Vec<String> {
    let mut template = TEMPLATE.to_owned();
    for (old, new) in changes {
        assert!(template.contains(old), "{old}");
        template = template.replacen(old, new, 1);
    }
    findings(&Folder::new(name, &template, HANDLER).doctor(&["--format", "json"]))
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

const LAYER: &str = "  ✓ has the layer, by its name: unum-streaming; its content cannot be seen: the template names no folder or zip for it\n";

#[test]
fn nothing_is_wrong() {
    let folder = Folder::new("fine", TEMPLATE, HANDLER);
    let output = folder.doctor(&[]);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!(
            "First → Second  app.handler\n  ✓ streams a; at the return: b\n    b: {app}:3: computed last: nothing to gain\n\
             {LAYER}\nSecond  app.handler\n{LAYER}\n0 problems, 0 to think about\n",
            app = folder.0.join("src/app.py").display()
        )
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
        ("\"dynamodb:PutItem\", ", "", "problem: it may not dynamodb:PutItem on Fields"),
        ("lambda:InvokeFunction", "lambda:Get*", "problem: it may not lambda:InvokeFunction on Second"),
        ("DynamoDBReadPolicy", "DynamoDBWritePolicy", "problem: it may not dynamodb:Query, dynamodb:BatchGetItem on Fields"),
        ("AttributeName: stream", "AttributeName: id", "problem: table Fields has other keys"),
        ("Enabled: true", "Enabled: false", "advice: table Fields keeps fields for ever"),
        ("UNUM_ENTRY: \"true\"", "UNUM_STRICT: true", "problem: UNUM_STRICT is true here and false on its next, Second"),
        ("CodeUri: src", "CodeUri: s3://bucket/key", "advice: what it would stream cannot be told"),
        ("Handler: app.handler", "Handler: app.absent", "problem: cannot analyse"),
        ("Handler: app.handler", "Handler: !ImportValue x", "advice: what it would stream cannot be told: its handler"),
        ("Handler: app.handler", "Handler: absent.handler", "problem: its code has no absent.py"),
        (
            "CodeUri: src\n      Handler: app.handler",
            "CodeUri: src\n      Layers: [!Ref Layer]\n      Handler: absent.handler",
            "advice: what it would stream cannot be told: its code has no absent.py and no absent/__init__.py; another",
        ),
        (
            "      Policies:\n        - Statement",
            "      Role: arn:aws:iam::1:role/r\n      X:\n        - Statement",
            "advice: whether it may dynamodb:PutItem, dynamodb:Query on Fields cannot be told",
        ),
        (
            "      Policies:\n        - Statement",
            "      Policies:\n        - arn:aws:iam::1:policy/mine\n      X:\n        - Statement",
            "advice: whether it may dynamodb:PutItem, dynamodb:Query on Fields cannot be told",
        ),
        (
            "\"lambda:InvokeFunction\", Resource: \"*\" }",
            "\"lambda:InvokeFunction\", Resource: \"*\" }\n            - { Effect: Deny, Action: \"dynamodb:Put*\", Resource: \"*\" }",
            "problem: it may not dynamodb:PutItem",
        ),
        ("Timeout: 60", "Architectures: [arm64]", "problem: it runs on arm64, and a layer of its on x86_64"),
        ("FunctionName: the-second", "Timeout: 15", "advice: its next, Second, has 15 seconds"),
        ("FunctionName: the-second", "Timeout: 14", "problem: its next, Second, has 14 seconds"),
        (
            "UNUM_ENTRY: \"true\" } }",
            "UNUM_ENTRY: \"true\" } }\n      VpcConfig: { SubnetIds: [subnet-1] }",
            "advice: it is in a VPC: whether it reaches DynamoDB and Lambda from there cannot be told",
        ),
        (
            "FunctionName: the-second",
            "VpcConfig: { SubnetIds: !Ref Subnets }",
            "advice: it is in a VPC: whether it reaches DynamoDB from there cannot be told",
        ),
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

/// With these variables of First and of Second, in YAML, the problems that are found.
fn problems_between(name: &str, first: &str, second: &str) -> Vec<String> {
    let found = findings_with(
        name,
        &[
            ("UNUM_ENTRY: \"true\"", &format!("UNUM_ENTRY: \"true\"{first}")),
            (
                "FunctionName: the-second",
                &format!("FunctionName: the-second\n      Environment: {{ Variables: {{ X: \"\"{second} }} }}"),
            ),
        ],
    );
    found.into_iter().filter(|finding| finding.starts_with("problem")).collect()
}

#[test]
fn a_chain_has_one_table() {
    for (number, (first, second, is_wrong)) in [
        ("Fields", "!GetAtt Fields.Arn", false),
        ("t", "t", false),
        ("t", "\"arn:aws:dynamodb:eu-west-1:123456789012:table/t\"", false),
        ("t", "\"arn:aws:dynamodb:eu-west-1:123456789012:table/u\"", true),
        ("t", "u", true),
        ("!Ref Fields", "!Ref Layer", true),
        ("!Ref Fields", "t", true),
        ("!Ref Fields", "!Ref NameOfTable", false),
        ("t", "!ImportValue table", false),
        ("!Ref One", "!Ref Other", false),
    ]
    .into_iter()
    .enumerate()
    {
        let first = if first == "Fields" { "!Ref Fields" } else { first };
        let found = problems_between(
            &format!("table-{number}"),
            &format!(", UNUM_TABLE: {first}"),
            &format!(", UNUM_TABLE: {second}"),
        );
        let told = found.iter().filter(|finding| finding.starts_with("problem: its UNUM_TABLE is ")).count();
        assert_eq!(told, usize::from(is_wrong), "{first} {second}: {found:#?}");
    }
}

#[test]
fn strict_is_the_same_on_a_function_and_its_next() {
    const STRICT: &str = "problem: UNUM_STRICT is";
    for (number, (first, second, expected)) in [
        (
            ", UNUM_STRICT: \"false\"",
            ", UNUM_STRICT: \"true\"",
            &["problem: UNUM_STRICT is false here and true on its next, Second"][..],
        ),
        (", UNUM_STRICT: \"1\"", ", UNUM_STRICT: \"TRUE\"", &[]),
        (", UNUM_STRICT: \"0\"", "", &[]),
        ("", ", UNUM_STRICT: true", &["problem: UNUM_STRICT is false here and true on its next, Second"]),
        (", UNUM_STRICT: !Ref Strict", ", UNUM_STRICT: true", &[]),
        ("", ", UNUM_STRICT: !If [A, true, false]", &[]),
        (", UNUM_STRICT: yes-please", "", &["problem: UNUM_STRICT is `yes-please`; it must be true or false"]),
    ]
    .into_iter()
    .enumerate()
    {
        let found = problems_between(&format!("strict-{number}"), first, second);
        let strict: Vec<&String> = found.iter().filter(|finding| finding.starts_with(STRICT)).collect();
        assert_eq!(strict, expected, "{first} {second}");
    }
}

#[test]
fn next_takes_the_key_of_its_source() {
    let [one, other] = ["1", "2"].map(|digit| digit.repeat(44));
    let key = |key: &str| format!(", UNUM_SIGNING_KEY: {key}");
    let text = |text: &str| format!("\"{text}\"");
    let previous = |key: &str| format!(", UNUM_SIGNING_KEY_PREVIOUS: \"{key}\"");
    let [key_one, key_other] = [&one, &other].map(|one| key(&text(one)));
    let secret = |name: &str| key(&text(&format!("{{{{resolve:secretsmanager:{name}}}}}")));
    let made = key("!Sub \"{{resolve:secretsmanager:${Secret}}}\"");
    let differs = "problem: its next, Second, has another UNUM_SIGNING_KEY, and this function's not as UNUM_SIGNING_KEY_PREVIOUS either";
    let here = "problem: UNUM_SIGNING_KEY is set here and not on its next, Second";
    let there = "problem: UNUM_SIGNING_KEY is set on its next, Second, and not here";
    for (number, (first, second, expected)) in [
        (key_one.clone(), key_one.clone(), None),
        (key_one.clone(), key_other.clone(), Some(differs)),
        (key_one.clone(), key_other.clone() + &previous(&one), None),
        (key_one.clone() + &previous(&other), key_other.clone(), Some(differs)),
        (key_one.clone(), String::new(), Some(here)),
        (String::new(), key_one.clone(), Some(there)),
        (key_one.clone(), key("!Ref Key"), None),
        (key_one.clone(), key_other + ", UNUM_SIGNING_KEY_PREVIOUS: !Ref Key", None),
        (secret("a"), secret("a"), None),
        (secret("a"), secret("b"), None),
        (secret("a"), String::new(), Some(here)),
        (made.clone(), made.clone(), None),
        (made, String::new(), Some(here)),
        (key("!If [A, b, !Ref \"AWS::NoValue\"]"), String::new(), None),
    ]
    .into_iter()
    .enumerate()
    {
        let found = problems_between(&format!("key-{number}"), &first, &second);
        assert_eq!(found, Vec::from_iter(expected), "{first} {second}");
        assert!(found.iter().all(|finding| !finding.contains(&one) && !finding.contains(&other)));
    }
}

#[test]
fn a_timeout_that_is_not_known_is_not_judged() {
    let findings = findings_with("timeout", &[("FunctionName: the-second", "Timeout: !Ref Seconds")]);
    assert!(findings.iter().all(|finding| finding.starts_with("fine: ")), "{findings:#?}");
}

#[test]
fn a_handler_that_invokes_a_function_itself_is_told() {
    const CALLS: [(&str, bool); 9] = [
        ("client = boto3.client('lambda')\ndef go(): client.invoke(FunctionName='x')", true),
        ("client = boto3.client( \"lambda\", region_name='eu')\ndef go():\n    client.invoke_async()", true),
        ("client: Any = session.client(service_name='lambda')\ndef go(): return client.invoke()", true),
        ("def go(): boto3.client('lambda').invoke(FunctionName='x')", true),
        ("class A:\n    def __init__(self): self.c = boto3.client('lambda')\n    def go(self): self.c.invoke()", true),
        ("client = boto3.client('lambda')\ndef go(): client.get_function()", false),
        ("client = boto3.client('lambda')\ndef go(): my_client.invoke()", false),
        ("# client = boto3.client('lambda')\ndef go(): client.invoke()", false),
        ("client = boto3.client('bedrock')\ndef go(): client.invoke()", false),
    ];
    for (number, (calls, is_told)) in CALLS.into_iter().enumerate() {
        let folder = Folder::new(&format!("invokes-{number}"), TEMPLATE, &format!("{HANDLER}\n{calls}\n"));
        let output = folder.doctor(&["--format", "json"]);
        let findings = findings(&output);
        let told = |finding: &String| finding.starts_with("advice: ") && finding.contains(" invokes a function itself");
        assert_eq!(
            findings.iter().filter(|finding| told(finding)).count(),
            usize::from(is_told),
            "{calls}: {findings:#?}"
        );
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn a_reader_that_loads_what_reads_past_a_dict_is_told() {
    for (number, (change, is_told)) in [
        ("CodeUri: src", true),
        ("CodeUri: src\n      Environment: { Variables: { UNUM_WHOLE_EVENTS: never } }", false),
        ("FunctionName: the-second", false),
    ]
    .into_iter()
    .enumerate()
    {
        let template = TEMPLATE.replace("FunctionName: the-second", change);
        let folder = Folder::new(&format!("whole-{number}"), &template, &format!("import pandas\n{HANDLER}"));
        let findings = findings(&folder.doctor(&["--format", "json"]));
        let told = |finding: &&String| finding.starts_with("advice: ") && finding.contains("app.py:1 imports pandas: ");
        assert_eq!(findings.iter().filter(told).count(), usize::from(is_told), "{change}: {findings:#?}");
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
        let findings = findings(&folder.doctor(&["--format", "json"]));
        assert!(findings.iter().all(|finding| finding.starts_with("fine: ")), "{next}: {findings:#?}");
    }
}

/// Of First, as it is deployed, and of what its next may be.
const FIRST: (&str, &str) = ("CodeUri: src", "FunctionName: the-first\n      CodeUri: src");
const ELSEWHERE: &str = "arn:aws:lambda:eu-west-1:999999999999:function";

#[test]
fn one_function_is_not_named_twice_in_whatever_forms() {
    const TWICE: Option<&str> = Some("problem: UNUM_NEXT names Second twice: it refuses to start");
    for (number, (next, expected)) in [
        ("\"the-second,the-second\"".to_owned(), TWICE),
        ("\"the-second,the-second:$LATEST\"".to_owned(), TWICE),
        ("\"function:the-second,the-second\"".to_owned(), TWICE),
        (format!("\"the-second,{ELSEWHERE}:the-second\""), TWICE),
        ("!Sub \"the-second,${Second.Arn}\"".to_owned(), TWICE),
        ("!Sub \"${Second.Arn}:1,the-second:1\"".to_owned(), TWICE),
        ("\"the-second:1,the-second:2\"".to_owned(), None),
        ("!Sub \"the-second:${Version},the-second\"".to_owned(), None),
        (format!("!Sub \"${{Second.Arn}},{ELSEWHERE}:the-second\""), None),
    ]
    .into_iter()
    .enumerate()
    {
        let found =
            findings_with(&format!("twice-{number}"), &[("UNUM_NEXT: !Ref Second", &format!("UNUM_NEXT: {next}"))]);
        let twice: Vec<&str> = found.iter().map(String::as_str).filter(|finding| finding.contains("twice")).collect();
        assert_eq!(twice, Vec::from_iter(expected), "{next}: {found:#?}");
    }
}

#[test]
fn a_function_of_another_region_is_not_the_function_itself() {
    let elsewhere = format!("{ELSEWHERE}:the-first");
    let itself = "problem: UNUM_NEXT names the function itself: it refuses to start".to_owned();
    let unsure = format!("advice: UNUM_NEXT names {elsewhere}: in that region that is the function itself");
    for (number, (next, expected)) in
        [("the-first", &itself), ("!GetAtt First.Arn", &itself), (elsewhere.as_str(), &unsure)].into_iter().enumerate()
    {
        let found = findings_with(
            &format!("itself-{number}"),
            &[FIRST, ("UNUM_NEXT: !Ref Second", &format!("UNUM_NEXT: {next}"))],
        );
        assert!(found.iter().any(|finding| finding.starts_with(expected)), "{next}: {found:#?}");
        let is_bad = found.iter().any(|finding| finding.starts_with("problem"));
        assert_eq!(is_bad, expected.starts_with("problem"), "{next}: {found:#?}");
    }
}

/// What the template says for the permissions of First.
const ON_TABLE: &str = r#"Action: ["dynamodb:PutItem", "dynamodb:Query"], Resource: "*""#;
const ON_NEXT: &str = r#"Action: "lambda:InvokeFunction", Resource: "*""#;

#[test]
fn a_permission_is_for_a_resource() {
    const PUT: &str = "dynamodb:PutItem, dynamodb:Query on Fields";
    const INVOKE: &str = "lambda:InvokeFunction on Second";
    for (number, (statement, resource, expected)) in [
        (ON_TABLE, "!GetAtt Fields.Arn", None),
        (ON_TABLE, "{ \"Fn::GetAtt\": [Fields, Arn] }", None),
        (ON_TABLE, "[!GetAtt Other.Arn, !Sub \"${Fields.Arn}\"]", None),
        (ON_TABLE, "!Sub \"arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Fields}\"", None),
        (ON_TABLE, "!Sub [\"arn:${AWS::Partition}:dynamodb:*:*:table/${T}\", { T: !Ref Fields }]", None),
        (ON_TABLE, "!Join [\"\", [\"arn:*:dynamodb:*:*:\", \"table/\", !Ref Fields]]", None),
        (ON_TABLE, "\"{{resolve:ssm:arn}}\"", Some(format!("advice: whether it may {PUT} cannot be told"))),
        (ON_TABLE, "!GetAtt Other.Arn", Some(format!("problem: it may not {PUT}"))),
        (ON_TABLE, "!GetAtt Second.Arn", Some(format!("problem: it may not {PUT}"))),
        (ON_TABLE, "!Sub \"${Fields.Arn}/index/*\"", Some(format!("problem: it may not {PUT}"))),
        (ON_TABLE, "!ImportValue tables", Some(format!("advice: whether it may {PUT} cannot be told"))),
        (ON_TABLE, "!Ref TableArn", Some(format!("advice: whether it may {PUT} cannot be told"))),
        (
            ON_TABLE,
            "\"arn:aws:dynamodb:eu-west-1:123456789012:table/app-Fields-1\"",
            Some(format!("advice: whether it may {PUT} cannot be told")),
        ),
        (
            ON_TABLE,
            "\"*\", Condition: { Bool: { \"aws:SecureTransport\": true } }",
            Some(format!("advice: whether it may {PUT} cannot be told")),
        ),
        (ON_NEXT, "!GetAtt Second.Arn", None),
        (ON_NEXT, "!Sub \"arn:*:lambda:*:*:function:the-*\"", None),
        (ON_NEXT, "!GetAtt First.Arn", Some(format!("problem: it may not {INVOKE}"))),
        (ON_NEXT, "!Sub \"arn:*:lambda:*:*:function:third\"", Some(format!("problem: it may not {INVOKE}"))),
        (ON_NEXT, "!Sub \"${Second.Arn}:live\"", Some(format!("problem: it may not {INVOKE}"))),
    ]
    .into_iter()
    .enumerate()
    {
        let given = statement.replace("Resource: \"*\"", &format!("Resource: {resource}"));
        let findings = findings_with(
            &format!("resource-{number}"),
            &[
                (statement, &given),
                ("Resources:\n", "  TableArn: { Type: String }\nResources:\n  Other: { Type: AWS::DynamoDB::Table }\n"),
            ],
        );
        let unwanted = findings.into_iter().filter(|finding| !finding.starts_with("fine")).collect::<Vec<_>>();
        assert_eq!(unwanted, expected.into_iter().collect::<Vec<_>>(), "{resource}");
    }
}

#[test]
fn a_permission_fits_each_form_of_a_name() {
    for (number, next) in
        ["the-second", "function:the-second", "!Sub \"${AWS::AccountId}:function:the-second\""].iter().enumerate()
    {
        let allowed = ON_NEXT.replace("\"*\"", "!GetAtt Second.Arn");
        let changes = [("UNUM_NEXT: !Ref Second", &*format!("UNUM_NEXT: {next}")), (ON_NEXT, &*allowed)];
        let findings = findings_with(&format!("form-{number}"), &changes);
        assert!(findings.iter().all(|finding| finding.starts_with("fine: ")), "{next}: {findings:#?}");
    }
}

#[test]
fn what_connectors_allow_cannot_be_told() {
    let connector = "Resources:\n  Reads: { Type: AWS::Serverless::Connector, Properties: {} }\n";
    let denied = ("lambda:InvokeFunction", "lambda:Get*");
    let findings = findings_with("connector", &[denied, ("Resources:\n", connector)]);
    let cannot_tell = "advice: whether it may lambda:InvokeFunction on Second cannot be told";
    assert!(findings.contains(&cannot_tell.to_owned()), "{findings:#?}");
}

#[test]
fn sams_policy_templates_are_for_a_resource() {
    const READS: &str = "DynamoDBReadPolicy: { TableName: !Ref Fields }";
    let findings = findings_with(
        "sam-policy",
        &[
            (READS, "DynamoDBReadPolicy: { TableName: others }"),
            (
                "Type: AWS::DynamoDB::Table\n    Properties:\n",
                "Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: fields\n",
            ),
        ],
    );
    assert!(
        findings.contains(&"problem: it may not dynamodb:Query, dynamodb:BatchGetItem on fields".to_owned()),
        "{findings:#?}"
    );
}

#[test]
fn the_permission_for_an_alias_is_not_that_for_its_function() {
    let alias = ("UNUM_NEXT: !Ref Second", "UNUM_NEXT: !Ref Live");
    for (number, (resource, is_enough)) in
        [("!GetAtt Second.Arn", false), ("!Ref Live", true), ("!Sub \"${Second.Arn}:*\"", true)].into_iter().enumerate()
    {
        let given = ON_NEXT.replace("\"*\"", resource);
        let findings = findings_with(&format!("alias-{number}"), &[alias, (ON_NEXT, &given)]);
        let is_missed = findings.contains(&"problem: it may not lambda:InvokeFunction on Second".to_owned());
        assert_eq!(is_missed, !is_enough, "{resource}: {findings:#?}");
    }
}

#[test]
fn the_table_is_known_however_it_is_written() {
    const TABLE: &str = "UNUM_TABLE: !Ref Fields";
    const TYPE: &str = "Type: AWS::DynamoDB::Table\n    Properties:\n";
    let named = (TYPE, "Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: the-fields\n");
    let keys = ("AttributeName: stream, KeyType", "AttributeName: id, KeyType");
    let parameter = ("Parameters:\n", "Parameters:\n  Store: { Type: String, Default: the-fields }\n");
    for (number, changes) in [
        vec![(TABLE, "UNUM_TABLE: the-fields"), named],
        vec![(TABLE, "UNUM_TABLE: !Ref Store"), parameter, named],
        vec![
            (TABLE, "UNUM_TABLE: !Ref Store"),
            parameter,
            (TYPE, "Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: !Ref Store\n"),
        ],
        vec![(TABLE, "UNUM_TABLE: !GetAtt Fields.Arn")],
        vec![(TABLE, "UNUM_TABLE: arn:aws:dynamodb:eu-west-1:123456789012:table/the-fields"), named],
        vec![(TYPE, "Type: AWS::DynamoDB::GlobalTable\n    Properties:\n")],
        vec![
            (TABLE, "UNUM_TABLE: !Sub \"${AWS::StackName}-x\""),
            (TYPE, "Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: !Sub \"${AWS::StackName}-x\"\n"),
        ],
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("table-{number}");
        let findings = findings_with(&name, &changes);
        let is_known = |finding: &String| !finding.starts_with("problem") && !finding.contains("keys cannot be told");
        assert!(findings.iter().all(is_known), "{changes:?}: {findings:#?}");
        let wrong = findings_with(&name, &[changes, vec![keys]].concat());
        assert!(wrong.iter().any(|finding| finding.contains("has other keys than")), "{wrong:#?}");
    }
    for (value, expected) in [
        (
            "elsewhere",
            "advice: whether table elsewhere has the field store's keys cannot be told: it is not in this template",
        ),
        ("!Ref Unset", "advice: whether table ${Unset} has the field store's keys cannot be told"),
        ("!ImportValue fields", "advice: whether table (known only once it is deployed) has"),
        ("!Ref Second", "advice: whether table the-second has"),
        ("!Ref Layer", "problem: UNUM_TABLE is Layer, which is no table"),
        ("\"\"", "problem: UNUM_TABLE is not set"),
    ] {
        let findings = findings_with("table-unknown", &[(TABLE, &format!("UNUM_TABLE: {value}"))]);
        assert!(findings.iter().any(|finding| finding.starts_with(expected)), "{value}: {findings:#?}");
    }
}

#[test]
fn a_layer_is_known_by_its_content_or_by_its_name() {
    const LAYERS: &str = "Layers: [!Ref Layer]";
    const PROPERTIES: &str = "LayerName: unum-streaming, ";
    for (number, (old, new, expected)) in [
        (PROPERTIES, "ContentUri: ours, ", "fine: has the layer, by its content: Layer holds bootstrap and "),
        (PROPERTIES, "ContentUri: src, ", "problem: it has not the layer: no python/unum_streaming/start.py in Layer"),
        (PROPERTIES, "ContentUri: absent, ", "advice: whether it has the layer cannot be told: Layer: cannot read "),
        (LAYERS, "Layers: [!Ref Elsewhere]", "advice: whether it has the layer cannot be told: ${Elsewhere}: "),
        (
            LAYERS,
            "Layers: [\"arn:aws:lambda:eu-west-1:123456789012:layer:unum-streaming:7\"]",
            "fine: has the layer, by its name: arn:aws:lambda:eu-west-1:123456789012:layer:unum-streaming:7; ",
        ),
        (LAYERS, "Layers: []", "problem: it has no layer"),
    ]
    .into_iter()
    .enumerate()
    {
        assert!(TEMPLATE.contains(old), "{old}");
        let folder = Folder::new(&format!("layer-{number}"), &TEMPLATE.replacen(old, new, 1), HANDLER);
        fs::create_dir_all(folder.0.join("ours/python/unum_streaming")).unwrap();
        for path in ["ours/bootstrap", "ours/python/unum_streaming/start.py"] {
            fs::write(folder.0.join(path), "").unwrap();
        }
        let findings = findings(&folder.doctor(&["--format", "json"]));
        assert!(findings.iter().any(|finding| finding.starts_with(expected)), "{new}: {findings:#?}");
    }
}

#[test]
fn the_json_has_everything_that_the_text_has() {
    let template = TEMPLATE.replace("python3.12", "python3.8");
    let folder = Folder::new("json", &template, HANDLER);
    let diagnosis: Value = serde_json::from_slice(&folder.doctor(&["--format", "json"]).stdout).unwrap();
    let path = folder.0.join("template.yaml");
    assert_eq!(diagnosis["template"], path.to_str().unwrap());
    assert_eq!(diagnosis["findings"], serde_json::json!([]));
    let first = &diagnosis["functions"][0];
    assert_eq!((&first["function"], &first["handler"]), (&"First".into(), &"app.handler".into()));
    assert_eq!(first["next"], serde_json::json!(["Second"]));
    let text = String::from_utf8(folder.doctor(&[]).stdout).unwrap();
    let functions = diagnosis["functions"].as_array().unwrap();
    let findings = functions.iter().flat_map(|function| function["findings"].as_array().unwrap());
    let said = |finding: &Value| {
        let notes = finding["notes"].as_array().into_iter().flatten();
        let all = [&finding["what"], &finding["help"]].into_iter().chain(notes);
        all.filter_map(|text| text.as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let said: Vec<String> = findings.flat_map(said).collect();
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("  ")).collect();
    assert_eq!(lines.len(), said.len(), "{text}");
    for (line, said) in lines.iter().zip(&said) {
        assert!(line.ends_with(said), "{line}: {said}");
    }
}

#[test]
fn references_that_lead_in_a_circle_are_only_unknown() {
    let findings = findings_with(
        "circle",
        &[
            ("FunctionName: !Ref Second", "FunctionName: !Ref Live"),
            ("FunctionName: the-second", "FunctionName: !Sub \"${Second}${Second}\""),
            ("Resources:\n", "  Around: { Type: String, Default: !Ref Around }\nResources:\n"),
            ("UNUM_NEXT: !Ref Second", "UNUM_NEXT: !Ref Live"),
        ],
    );
    assert!(findings.iter().any(|finding| finding.starts_with("advice: its next, ")), "{findings:#?}");
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
    for (number, name) in
        ["AdministratorAccess", "!Sub \"arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess\""].iter().enumerate()
    {
        let given = format!("[{name}]");
        let change = ("[{ DynamoDBReadPolicy: { TableName: !Ref Fields } }]", given.as_str());
        let findings = findings_with(&format!("wide-{number}"), &[change]);
        assert!(findings.iter().all(|finding| finding.starts_with("fine: ")), "{name}: {findings:#?}");
    }
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
        assert!(findings.iter().all(|finding| finding.starts_with("fine: ")), "{name}: {findings:#?}");
        assert!(!findings.is_empty());
    }
}

#[test]
fn what_is_no_template_is_refused_by_name() {
    let folder = Folder::new("refused", "just a text", HANDLER);
    for (path, words) in [
        (folder.0.join("template.yaml"), "is no template"),
        (folder.0.join("absent.yaml"), "cannot read"),
        (PathBuf::from("/dev/zero"), "cannot read /dev/zero: it has more than 16777216 bytes"),
    ] {
        let output = doctor(&path, &[]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(error.contains(words), "{error}");
    }
    fs::write(folder.0.join("template.yaml"), "Resources: {}").unwrap();
    assert_eq!(folder.doctor(&[]).status.code(), Some(2));
}

const LOOP: &str = "  Fn::ForEach::All: [Name, [A, B], { \"${Name}\": { Type: AWS::Serverless::Function } }]\n";

#[test]
fn a_template_without_functions_is_refused() {
    for (number, (resources, expected)) in [
        (
            "  Fields: { Type: AWS::DynamoDB::Table }\n",
            "none of its resources is an AWS::Serverless::Function or an AWS::Lambda::Function",
        ),
        (LOOP, "its resources are made by Fn::ForEach, which is not followed"),
    ]
    .into_iter()
    .enumerate()
    {
        let folder = Folder::new(&format!("none-{number}"), &format!("Resources:\n{resources}"), HANDLER);
        let output = folder.doctor(&[]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(
            error.ends_with(&format!("template.yaml has no function that can be looked at: {expected}\n")),
            "{error}"
        );
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn what_a_loop_makes_is_not_looked_at_and_told() {
    let findings = findings_with("loop", &[("Resources:\n", &format!("Resources:\n{LOOP}"))]);
    let advice = "advice: what Fn::ForEach::All makes is not looked at";
    assert_eq!(findings.last().map(String::as_str), Some(advice), "{findings:#?}");
}
