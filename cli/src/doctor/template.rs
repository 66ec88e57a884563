//! A template for SAM or CloudFormation: its functions, its tables, and who may do what.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde_yaml_ng::{Mapping, Value as Yaml};

use super::{
    Error,
    chain::{Function, Place, table_name},
    checks::{Layer, Looked, Surroundings, Table},
    code::Code,
    policy::{Permissions, Statement, items},
    read,
    value::{Answer, Piece, Value},
};

/// Lambda's own, where a template says nothing.
const DEFAULT_TIMEOUT: u64 = 3;
/// From reference to reference: they may lead in a circle.
const MOST_REFERENCES: usize = 4;
const LOOP: &str = "Fn::ForEach";
const FUNCTIONS: [&str; 2] = ["AWS::Serverless::Function", "AWS::Lambda::Function"];
const TABLES: [&str; 3] = ["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::Serverless::SimpleTable"];
const READ_TABLE: &[&str] = &["dynamodb:Query", "dynamodb:BatchGetItem"];
/// AWS's managed policies, and what they allow, on everything, of what is needed.
const MANAGED_POLICIES: [(&str, &[&str]); 11] = [
    ("AdministratorAccess", &["*"]),
    ("PowerUserAccess", &["*"]),
    ("AWSLambdaBasicExecutionRole", &[]),
    ("AWSLambdaRole", &["lambda:InvokeFunction"]),
    ("AWSLambdaVPCAccessExecutionRole", &[]),
    ("AWSXRayDaemonWriteAccess", &[]),
    ("AWSXrayWriteOnlyAccess", &[]),
    ("AmazonDynamoDBFullAccess_v2", &["dynamodb:*"]),
    ("AmazonDynamoDBReadOnlyAccess", READ_TABLE),
    ("AmazonDynamoDBFullAccess", &["dynamodb:*"]),
    ("AWSLambda_FullAccess", &["lambda:*"]),
];
/// SAM's policy templates: on the table or the function that they are given.
const SAM_POLICIES: [(&str, &[&str]); 4] = [
    ("DynamoDBCrudPolicy", &["dynamodb:PutItem", "dynamodb:Query", "dynamodb:BatchGetItem"]),
    ("DynamoDBReadPolicy", READ_TABLE),
    ("DynamoDBWritePolicy", &["dynamodb:PutItem"]),
    ("LambdaInvokePolicy", &["lambda:InvokeFunction"]),
];

pub struct Template {
    folder: PathBuf,
    document: Yaml,
}

impl Template {
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = read(path)?;
        let problem = |problem: String| Error::Template { path: path.to_owned(), problem };
        let document: Yaml = serde_yaml_ng::from_str(&text).map_err(|error| problem(error.to_string()))?;
        let template = Self { folder: path.parent().unwrap_or(Path::new("")).to_owned(), document };
        if template.resources().next().is_none() && template.loops().next().is_none() {
            return Err(problem("it has no `Resources`".to_owned()));
        }
        Ok(template)
    }

    pub fn functions(&self) -> Vec<Function> {
        self.resources()
            .filter(|(_, kind, _)| FUNCTIONS.contains(kind))
            .map(|(name, kind, properties)| self.function(name, kind, properties))
            .collect()
    }

    /// Keys of CloudFormation's that stand for many resources each.
    pub fn loops(&self) -> impl Iterator<Item = &str> {
        let resources = self.document.get("Resources").and_then(Yaml::as_mapping).into_iter().flatten();
        resources.filter_map(|(name, _)| name.as_str().filter(|name| name.starts_with(LOOP)))
    }

    /// Where there is none.
    pub fn why_no_function(&self) -> String {
        match self.loops().next() {
            Some(_) => format!("its resources are made by {LOOP}, which is not followed"),
            None => format!("none of its resources is an {}", FUNCTIONS.join(" or an ")),
        }
    }

    /// What is said of a table: a global one says it in the same words, SAM's simple one has a partition key alone.
    fn described(&self, properties: &Yaml) -> Table {
        let text = |item: &Yaml, key: &str| self.string(item.get(key));
        let types: BTreeMap<String, String> = items(properties.get("AttributeDefinitions"))
            .filter_map(|item| Some((text(item, "AttributeName")?, text(item, "AttributeType")?)))
            .collect();
        let keys = items(properties.get("KeySchema"))
            .filter_map(|item| {
                let name = text(item, "AttributeName")?;
                let of = types.get(&name).cloned().unwrap_or_default();
                Some((name, text(item, "KeyType")?, of))
            })
            .collect();
        let time_to_live = properties
            .get("TimeToLiveSpecification")
            .filter(|ttl| text(ttl, "Enabled").as_deref() == Some("true"))
            .and_then(|ttl| text(ttl, "AttributeName"));
        Table { keys, time_to_live }
    }

    /// Logical id, type and properties.
    fn resources(&self) -> impl Iterator<Item = (&str, &str, &Yaml)> {
        static NOTHING: Yaml = Yaml::Null;
        let resources = self.document.get("Resources").and_then(Yaml::as_mapping).into_iter().flatten();
        resources.filter_map(|(name, resource)| {
            let properties = resource.get("Properties").unwrap_or(&NOTHING);
            Some((name.as_str()?, resource.get("Type")?.as_str()?, properties))
        })
    }

    /// Type and properties of the resource with this logical id.
    fn resource(&self, id: &str) -> Option<(&str, &Yaml)> {
        self.resources().find(|(name, _, _)| *name == id).map(|(_, kind, properties)| (kind, properties))
    }

    fn function(&self, name: &str, kind: &str, properties: &Yaml) -> Function {
        // SAM's Globals stand behind what a function says itself; lists of layers and variables are put together.
        let globals = (kind == "AWS::Serverless::Function")
            .then(|| self.document.get("Globals")?.get("Function"))
            .flatten()
            .unwrap_or(&Yaml::Null);
        let own = |key: &str| properties.get(key).or_else(|| globals.get(key));
        let both = [globals, properties];
        let variables = both
            .iter()
            .filter_map(|part| part.get("Environment")?.get("Variables")?.as_mapping())
            .flatten()
            .filter_map(|(name, value)| Some((name.as_str()?.to_owned(), self.value(value))))
            .collect();
        let layers = both.iter().flat_map(|part| items(part.get("Layers"))).map(|layer| self.value(layer)).collect();
        let is_image = self.string(own("PackageType")).as_deref() == Some("Image");
        Function {
            name: name.to_owned(),
            deployed_name: self.name_of(name, kind, properties, 0),
            place: Place::default(),
            handler: self.string(own("Handler")),
            runtime: self.string(own("Runtime")),
            is_image,
            code: if is_image {
                Code::Unseen("it is a container image".to_owned())
            } else {
                self.code(own("CodeUri").or_else(|| own("Code")))
            },
            layers: Some(layers),
            variables,
            unseen_variables: None,
            architecture: own("Architectures")
                .and_then(|list| self.string(items(Some(list)).next()))
                .unwrap_or_else(|| "x86_64".to_owned()),
            timeout: match own("Timeout") {
                Some(timeout) => self.string(Some(timeout)).and_then(|text| text.parse().ok()),
                None => Some(DEFAULT_TIMEOUT),
            },
            is_in_vpc: own("VpcConfig").is_some_and(|vpc| items(vpc.get("SubnetIds")).next().is_some()),
            permissions: self.permissions(kind, properties, globals),
        }
    }

    /// What stands in a folder or a zip beside the template.
    fn code(&self, place: Option<&Yaml>) -> Code {
        let Some(place) = self.string(place) else {
            return Code::Unseen("the template names no folder or zip for it".to_owned());
        };
        Code::at(&self.folder.join(place)).unwrap_or_else(|error| Code::Unseen(error.to_string()))
    }

    fn permissions(&self, kind: &str, properties: &Yaml, globals: &Yaml) -> Permissions {
        let role = properties.get("Role").or_else(|| globals.get("Role")).map(|role| self.value(role));
        match role {
            None if kind == "AWS::Serverless::Function" => {
                let mut permissions = Permissions { has_more: self.has_connectors(), ..Permissions::default() };
                for policy in items(properties.get("Policies")) {
                    self.add(policy, &mut permissions);
                }
                permissions
            }
            Some(role) => role.as_resource().and_then(|id| self.role(id)).unwrap_or_else(Permissions::unknown),
            None => Permissions::unknown(),
        }
    }

    /// SAM makes policies of them.
    fn has_connectors(&self) -> bool {
        let resources = self.document.get("Resources").and_then(Yaml::as_mapping);
        let is_one =
            |resource: &Yaml| resource.get("Type").and_then(Yaml::as_str) == Some("AWS::Serverless::Connector");
        resources.is_some_and(|all| all.values().any(|one| is_one(one) || one.get("Connectors").is_some()))
    }

    fn role(&self, id: &str) -> Option<Permissions> {
        let (_, properties) = self.resource(id).filter(|(kind, _)| *kind == "AWS::IAM::Role")?;
        let mut permissions = Permissions::default();
        for policy in items(properties.get("Policies")) {
            self.add(policy.get("PolicyDocument").unwrap_or(&Yaml::Null), &mut permissions);
        }
        for policy in items(properties.get("ManagedPolicyArns")) {
            self.add(policy, &mut permissions);
        }
        // Policies of their own may name the role.
        let is_it = |role: &Yaml| self.value(role).as_resource() == Some(id);
        let attached = self.resources().filter(|(_, kind, properties)| {
            matches!(*kind, "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" | "AWS::IAM::RolePolicy")
                && (items(properties.get("Roles")).any(is_it) || properties.get("RoleName").is_some_and(is_it))
        });
        for (_, _, properties) in attached {
            self.add(properties.get("PolicyDocument").unwrap_or(&Yaml::Null), &mut permissions);
        }
        Some(permissions)
    }

    /// What a policy says: a name, one of SAM's templates, or statements.
    fn add(&self, policy: &Yaml, permissions: &mut Permissions) {
        if policy.get("Statement").is_some() {
            return permissions.add(policy, &|value| self.value(value));
        }
        match self.managed(policy).or_else(|| self.policy_template(policy)) {
            Some(statement) => permissions.statements.push(statement),
            None => permissions.has_more = true,
        }
    }

    /// By its name, or by its ARN, in whatever partition.
    fn managed(&self, policy: &Yaml) -> Option<Statement> {
        let name = self.value(policy).split('/').pop()?;
        let (_, actions) = MANAGED_POLICIES.iter().find(|(known, _)| name.as_text() == Some(known))?;
        Some(Statement::allow(actions, vec![Value::text("*")]))
    }

    /// SAM's other policy templates are for other services.
    fn policy_template(&self, policy: &Yaml) -> Option<Statement> {
        let (name, parameters) = single(policy.as_mapping()?).filter(|(name, _)| name.ends_with("Policy"))?;
        let actions = SAM_POLICIES.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, actions)| *actions);
        let (place, given) = (Place::default(), |name| parameters.get(name).map(|value| self.value(value)));
        let function = given("FunctionName").map(|name| place.function_arn(&name).and(Piece::Text("*".to_owned())));
        let table = given("TableName").map(|name| place.table_arn(&name));
        Some(Statement::allow(actions, function.into_iter().chain(table).collect()))
    }

    /// A scalar's text, or that of the parameter that it refers to.
    fn string(&self, value: Option<&Yaml>) -> Option<String> {
        self.value(value?).as_text().map(str::to_owned)
    }

    fn value(&self, value: &Yaml) -> Value {
        self.evaluated(value, 0)
    }

    fn evaluated(&self, value: &Yaml, references: usize) -> Value {
        match value {
            Yaml::String(text) if is_dynamic(text) => Piece::Parameter(text.clone()).into(),
            Yaml::String(text) => Value::text(text.clone()),
            Yaml::Bool(flag) => Value::text(flag.to_string()),
            Yaml::Number(number) => Value::text(number.to_string()),
            Yaml::Tagged(tagged) => self.intrinsic(&tagged.tag.to_string(), &tagged.value, references),
            Yaml::Mapping(mapping) => match single(mapping) {
                Some((name, argument)) => self.intrinsic(name, argument, references),
                None => Value::unknown(),
            },
            Yaml::Null | Yaml::Sequence(_) => Value::unknown(),
        }
    }

    /// `!Ref X` and `{"Ref": "X"}`, `!GetAtt X.Arn` and `{"Fn::GetAtt": ["X", "Arn"]}`, `!Join` and `!Sub`.
    fn intrinsic(&self, name: &str, argument: &Yaml, references: usize) -> Value {
        let text = |part: Option<&Yaml>| part.and_then(Yaml::as_str).map(str::to_owned);
        let known = match name.trim_start_matches('!').trim_start_matches("Fn::") {
            "Ref" => argument.as_str().map(|id| self.referred(id, references)),
            "GetAtt" => {
                let path = || Some(format!("{}.{}", text(argument.get(0))?, text(argument.get(1))?));
                text(Some(argument)).or_else(path).map(|path| self.referred(&path, references))
            }
            "Join" => text(argument.get(0)).filter(|_| argument.get(1).is_some_and(Yaml::is_sequence)).map(|between| {
                Value::joined(items(argument.get(1)).map(|value| self.evaluated(value, references)), &between)
            }),
            "Sub" if argument.as_str().is_some_and(is_dynamic) => {
                text(Some(argument)).map(|text| Piece::Parameter(text).into())
            }
            "Sub" => text(Some(argument)).or_else(|| text(argument.get(0))).map(|text| {
                let own = argument.as_sequence().and_then(|parts| parts.get(1));
                self.substituted(&text, own.unwrap_or(&Yaml::Null), references)
            }),
            _ => None,
        };
        known.unwrap_or_else(Value::unknown)
    }

    /// `${X}`, `${X.Arn}`, `${!literal}`, and what `own` gives values to.
    fn substituted(&self, text: &str, own: &Yaml, references: usize) -> Value {
        let mut parts = text.split("${");
        let begin = Value::text(parts.next().unwrap_or_default());
        parts.fold(begin, |value, part| {
            let Some((name, after)) = part.split_once('}') else { return value.and(Piece::Text(format!("${{{part}"))) };
            let given = match (name.strip_prefix('!'), own.get(name)) {
                (Some(literal), _) => Value::text(format!("${{{literal}}}")),
                (None, Some(own)) => self.evaluated(own, references),
                (None, None) => self.referred(name, references),
            };
            Value::joined([value, given, Value::text(after)], "")
        })
    }

    /// A resource's name, or with a dot an attribute of its; or a parameter.
    fn referred(&self, path: &str, references: usize) -> Value {
        if references == MOST_REFERENCES {
            return Value::unknown();
        }
        let id = path.split('.').next().unwrap_or_default();
        match self.resource(id) {
            Some(resource) => self.of_resource(path, resource, references + 1),
            None if path == "AWS::NoValue" => Value::default(),
            None => self.parameter(path, references + 1),
        }
    }

    fn of_resource(&self, path: &str, (kind, properties): (&str, &Yaml), references: usize) -> Value {
        let (id, attribute) = path.split_once('.').map_or((path, None), |(id, attribute)| (id, Some(attribute)));
        let name = || self.name_of(id, kind, properties, references);
        let version = |name: Value, version: Value| Value::joined([Place::default().function_arn(&name), version], ":");
        let property =
            |key: &str| properties.get(key).map(|value| self.evaluated(value, references)).unwrap_or_default();
        match (kind, attribute) {
            ("AWS::Lambda::Alias", _) => version(property("FunctionName"), property("Name")),
            ("AWS::Lambda::Version", _) => version(property("FunctionName"), Piece::Resource(id.to_owned()).into()),
            // What SAM's AutoPublishAlias makes.
            ("AWS::Serverless::Function", Some("Alias" | "Version")) => {
                version(name(), Piece::Parameter(path.to_owned()).into())
            }
            (_, None) => name(),
            (_, Some("Arn")) if FUNCTIONS.contains(&kind) => Place::default().function_arn(&name()),
            (_, Some("Arn")) if TABLES.contains(&kind) => Place::default().table_arn(&name()),
            (_, Some("Arn")) => Piece::Resource(id.to_owned()).into(),
            (_, Some(_)) => Piece::Parameter(path.to_owned()).into(),
        }
    }

    /// The name that a function's or a table's properties give it.
    fn name_of(&self, id: &str, kind: &str, properties: &Yaml, references: usize) -> Value {
        let keys = [(&FUNCTIONS[..], "FunctionName"), (&TABLES[..], "TableName")];
        let key = keys.into_iter().find(|(kinds, _)| kinds.contains(&kind));
        let given = key.and_then(|(_, key)| properties.get(key));
        let given = given.map(|name| self.evaluated(name, references)).filter(|name| !name.is_empty());
        given.unwrap_or_else(|| Piece::Resource(id.to_owned()).into())
    }

    /// Its default. Of a parameter in the Parameter Store that is only where the value stands.
    fn parameter(&self, name: &str, references: usize) -> Value {
        let parameter = self.document.get("Parameters").and_then(|parameters| parameters.get(name));
        let is_stored =
            |of: &Yaml| of.get("Type").and_then(Yaml::as_str).is_some_and(|kind| kind.starts_with("AWS::SSM"));
        let default = parameter.filter(|of| !is_stored(of)).and_then(|of| of.get("Default"));
        match default.filter(|default| default.is_string() || default.is_number() || default.is_bool()) {
            Some(default) => self.evaluated(default, references),
            None => Piece::Parameter(name.to_owned()).into(),
        }
    }
}

impl Surroundings for Template {
    fn table(&self, value: &Value) -> Looked {
        let name = table_name(value);
        let mut tables = self.resources().filter(|(_, kind, _)| TABLES.contains(kind));
        let found =
            tables.find(|(id, kind, properties)| self.name_of(id, kind, properties, 0).is(&name) == Answer::Yes);
        match (found, name.as_resource()) {
            (Some((_, _, properties)), _) => Looked::Table(self.described(properties)),
            (None, Some(_)) => Looked::NoTable,
            (None, None) => Looked::Unknown("it is not in this template".to_owned()),
        }
    }

    fn layer(&self, layer: &Value) -> Layer {
        let found = layer.as_resource().and_then(|id| self.resource(id));
        let Some((_, properties)) = found else {
            let code = Code::Unseen("its content is not in this template".to_owned());
            return Layer { name: layer.to_string(), architectures: Vec::new(), code };
        };
        let architectures = items(properties.get("CompatibleArchitectures"));
        Layer {
            name: self.string(properties.get("LayerName")).unwrap_or_else(|| layer.to_string()),
            architectures: architectures.filter_map(|name| self.string(Some(name))).collect(),
            code: self.code(properties.get("ContentUri").or_else(|| properties.get("Content"))),
        }
    }
}

/// It stands in the Parameter Store, or in a secret.
fn is_dynamic(text: &str) -> bool {
    text.contains("{{resolve:")
}

fn single(mapping: &Mapping) -> Option<(&str, &Yaml)> {
    let (name, argument) = mapping.iter().next()?;
    (mapping.len() == 1).then_some((name.as_str()?, argument))
}
