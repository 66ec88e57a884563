//! A template for SAM or CloudFormation: its functions, its tables, and who may do what.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_yaml_ng::{Mapping, Value as Yaml};

use super::{
    Error,
    chain::{Function, Permissions, Value},
    checks::{Looked, Surroundings},
};

/// Lambda's own, where a template says nothing.
const DEFAULT_TIMEOUT: u64 = 3;
/// SAM's policy templates and AWS's managed policies, and what they allow of what is needed.
const KNOWN_POLICIES: [(&str, &[&str]); 15] = [
    ("AdministratorAccess", &["*"]),
    ("PowerUserAccess", &["*"]),
    ("AWSLambdaBasicExecutionRole", &[]),
    ("AWSLambdaRole", &["lambda:InvokeFunction"]),
    ("AWSLambdaVPCAccessExecutionRole", &[]),
    ("AWSXRayDaemonWriteAccess", &[]),
    ("AWSXrayWriteOnlyAccess", &[]),
    ("AmazonDynamoDBFullAccess_v2", &["dynamodb:*"]),
    ("AmazonDynamoDBReadOnlyAccess", &["dynamodb:Query", "dynamodb:BatchGetItem"]),
    ("DynamoDBCrudPolicy", &["dynamodb:PutItem", "dynamodb:Query", "dynamodb:BatchGetItem"]),
    ("DynamoDBReadPolicy", &["dynamodb:Query", "dynamodb:BatchGetItem"]),
    ("DynamoDBWritePolicy", &["dynamodb:PutItem"]),
    ("LambdaInvokePolicy", &["lambda:InvokeFunction"]),
    ("AmazonDynamoDBFullAccess", &["dynamodb:*"]),
    ("AWSLambda_FullAccess", &["lambda:*"]),
];

pub struct Template {
    folder: PathBuf,
    document: Yaml,
}

/// What a template says about a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Attribute, kind of key and type.
    pub keys: Vec<(String, String, String)>,
    pub time_to_live: Option<String>,
}

impl Template {
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        let problem = |problem: String| Error::Template { path: path.to_owned(), problem };
        let document: Yaml = serde_yaml_ng::from_str(&text).map_err(|error| problem(error.to_string()))?;
        let template = Self { folder: path.parent().unwrap_or(Path::new("")).to_owned(), document };
        if template.resources().next().is_none() {
            return Err(problem("it has no `Resources`".to_owned()));
        }
        Ok(template)
    }

    pub fn functions(&self) -> Vec<Function> {
        self.resources()
            .filter(|(_, kind, _)| matches!(*kind, "AWS::Serverless::Function" | "AWS::Lambda::Function"))
            .map(|(name, kind, properties)| self.function(name, kind, properties))
            .collect()
    }

    /// The table with this logical id.
    fn table_of(&self, id: &str) -> Option<Table> {
        let (_, kind, properties) = self.resources().find(|(name, _, _)| *name == id)?;
        if kind != "AWS::DynamoDB::Table" {
            return None;
        }
        let types: BTreeMap<String, String> = items(properties.get("AttributeDefinitions"))
            .filter_map(|item| Some((self.string(item.get("AttributeName"))?, self.string(item.get("AttributeType"))?)))
            .collect();
        let keys = items(properties.get("KeySchema"))
            .filter_map(|item| {
                let name = self.string(item.get("AttributeName"))?;
                let kind = self.string(item.get("KeyType"))?;
                let of = types.get(&name).cloned().unwrap_or_default();
                Some((name, kind, of))
            })
            .collect();
        let time_to_live = properties
            .get("TimeToLiveSpecification")
            .filter(|ttl| self.string(ttl.get("Enabled")).as_deref() == Some("true"))
            .and_then(|ttl| self.string(ttl.get("AttributeName")));
        Some(Table { keys, time_to_live })
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
        let code = own("CodeUri").or_else(|| own("Code"));
        let folder = self.string(code).map(|code| self.folder.join(code)).filter(|folder| folder.is_dir());
        Function {
            name: name.to_owned(),
            deployed_name: self.string(own("FunctionName")),
            handler: self.string(own("Handler")),
            runtime: self.string(own("Runtime")),
            is_image: self.string(own("PackageType")).as_deref() == Some("Image"),
            folder,
            layers,
            variables,
            architecture: own("Architectures")
                .and_then(|list| self.string(items(Some(list)).next()))
                .unwrap_or_else(|| "x86_64".to_owned()),
            timeout: self.string(own("Timeout")).and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_TIMEOUT),
            permissions: self.permissions(kind, properties, globals),
        }
    }

    fn permissions(&self, kind: &str, properties: &Yaml, globals: &Yaml) -> Permissions {
        let role = properties.get("Role").or_else(|| globals.get("Role")).map(|role| self.value(role));
        match role {
            None if kind == "AWS::Serverless::Function" => {
                let mut permissions = Permissions::default();
                for policy in items(properties.get("Policies")) {
                    self.add(policy, &mut permissions);
                }
                permissions
            }
            Some(Value::Resource(id)) => self.role(&id).unwrap_or_else(Permissions::unknown),
            _ => Permissions::unknown(),
        }
    }

    fn role(&self, id: &str) -> Option<Permissions> {
        let (_, _, properties) = self.resources().find(|(name, kind, _)| *name == id && *kind == "AWS::IAM::Role")?;
        let mut permissions = Permissions::default();
        for policy in items(properties.get("Policies")) {
            self.add(policy.get("PolicyDocument").unwrap_or(&Yaml::Null), &mut permissions);
        }
        for policy in items(properties.get("ManagedPolicyArns")) {
            self.add(policy, &mut permissions);
        }
        // Policies of their own may name the role.
        let attached = self.resources().filter(|(_, kind, properties)| {
            matches!(*kind, "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" | "AWS::IAM::RolePolicy")
                && (items(properties.get("Roles")).any(|role| self.value(role) == Value::Resource(id.to_owned()))
                    || properties.get("RoleName").map(|role| self.value(role)) == Some(Value::Resource(id.to_owned())))
        });
        for (_, _, properties) in attached {
            self.add(properties.get("PolicyDocument").unwrap_or(&Yaml::Null), &mut permissions);
        }
        Some(permissions)
    }

    /// What a policy says: a name, one of SAM's templates, or statements.
    fn add(&self, policy: &Yaml, permissions: &mut Permissions) {
        let template = policy.as_mapping().and_then(|mapping| mapping.keys().next()).and_then(Yaml::as_str);
        let known = |name: &str| KNOWN_POLICIES.iter().find(|(known, _)| *known == name).map(|(_, allowed)| *allowed);
        if policy.get("Statement").is_some() {
            for statement in items(policy.get("Statement")) {
                self.add_statement(statement, permissions);
            }
            return;
        }
        let named = self.string(Some(policy)).map(|name| name.rsplit('/').next().unwrap_or_default().to_owned());
        let allowed = match (named, template) {
            (Some(name), _) => known(&name),
            // SAM's other policy templates are for other services.
            (None, Some(name)) if name.ends_with("Policy") => Some(known(name).unwrap_or_default()),
            _ => None,
        };
        match allowed {
            Some(allowed) => permissions.allowed.extend(allowed.iter().map(|action| (*action).to_owned())),
            None => permissions.has_more = true,
        }
    }

    fn add_statement(&self, statement: &Yaml, permissions: &mut Permissions) {
        let effect = self.string(statement.get("Effect"));
        let actions =
            items(statement.get("Action")).map(|action| self.string(Some(action))).collect::<Option<Vec<_>>>();
        let is_plain = statement.get("Condition").is_none() && statement.get("NotAction").is_none();
        match (effect.as_deref(), actions) {
            (Some("Allow"), Some(actions)) if is_plain => permissions.allowed.extend(actions),
            (Some("Deny"), Some(actions)) if is_plain => permissions.denied.extend(actions),
            _ => permissions.has_more = true,
        }
    }

    /// A scalar's text, or that of the parameter that it refers to.
    fn string(&self, value: Option<&Yaml>) -> Option<String> {
        match self.value(value?) {
            Value::Text(text) => Some(text),
            Value::Resource(_) | Value::List(_) | Value::Unknown => None,
        }
    }

    fn value(&self, value: &Yaml) -> Value {
        match value {
            Yaml::String(text) => Value::Text(text.clone()),
            Yaml::Bool(flag) => Value::Text(flag.to_string()),
            Yaml::Number(number) => Value::Text(number.to_string()),
            Yaml::Tagged(tagged) => self.intrinsic(&tagged.tag.to_string(), &tagged.value),
            Yaml::Mapping(mapping) => match single(mapping) {
                Some((name, argument)) => self.intrinsic(name, argument),
                None => Value::Unknown,
            },
            Yaml::Null | Yaml::Sequence(_) => Value::Unknown,
        }
    }

    /// `!Ref X` and `{"Ref": "X"}`, `!GetAtt X.Arn` and `{"Fn::GetAtt": ["X", "Arn"]}`; `!Join` and `!Sub` where they put
    /// commas between those.
    fn intrinsic(&self, name: &str, argument: &Yaml) -> Value {
        match name.trim_start_matches('!').trim_start_matches("Fn::") {
            "Ref" => argument.as_str().map_or(Value::Unknown, |id| self.referred(id)),
            "GetAtt" => {
                let first = argument.as_str().or_else(|| argument.get(0)?.as_str());
                first.and_then(|path| path.split('.').next()).map_or(Value::Unknown, |id| self.referred(id))
            }
            "Join" if argument.get(0).and_then(Yaml::as_str).is_some_and(|between| between.trim() == ",") => {
                Value::List(items(argument.get(1)).map(|value| self.value(value)).collect())
            }
            "Sub" => argument.as_str().map_or(Value::Unknown, |text| self.substituted(text)),
            _ => Value::Unknown,
        }
    }

    /// `${X}`, `${X.Arn}`, and several with commas between them.
    fn substituted(&self, text: &str) -> Value {
        let one = |part: &str| {
            let path = part.trim().strip_prefix("${")?.strip_suffix('}')?;
            let id = path.split('.').next()?;
            (!path.contains("${")).then(|| self.referred(id))
        };
        let parts: Vec<Value> = text.split(',').map(|part| one(part).unwrap_or(Value::Unknown)).collect();
        match <[Value; 1]>::try_from(parts) {
            Ok([lone]) => lone,
            Err(parts) => Value::List(parts),
        }
    }

    fn referred(&self, id: &str) -> Value {
        // `Second.Alias` and `Second.Version` are what SAM's AutoPublishAlias makes.
        let id = id.split('.').next().unwrap_or_default();
        match self.resources().find(|(name, _, _)| *name == id) {
            Some((_, "AWS::Lambda::Alias" | "AWS::Lambda::Version", properties)) => {
                return properties.get("FunctionName").map_or(Value::Unknown, |function| self.value(function));
            }
            Some(_) => return Value::Resource(id.to_owned()),
            None => {}
        }
        let default = self.document.get("Parameters").and_then(|parameters| parameters.get(id)?.get("Default"));
        default.filter(|default| !default.is_mapping()).map_or(Value::Unknown, |default| self.value(default))
    }
}

impl Surroundings for Template {
    fn table(&self, value: &Value) -> Looked {
        match value {
            Value::Resource(id) => self.table_of(id).map_or(Looked::NoTable, Looked::Table),
            _ => Looked::Unknown(None),
        }
    }

    fn architectures(&self, layer: &Value) -> Vec<String> {
        let Value::Resource(id) = layer else { return Vec::new() };
        let found = self.resources().find(|(name, _, _)| name == id);
        let list = found.and_then(|(_, _, properties)| properties.get("CompatibleArchitectures"));
        items(list).filter_map(|name| self.string(Some(name))).collect()
    }
}

fn single(mapping: &Mapping) -> Option<(&str, &Yaml)> {
    let (name, argument) = mapping.iter().next()?;
    (mapping.len() == 1).then_some((name.as_str()?, argument))
}

/// The items of a list; a lone value is a list of one.
fn items(value: Option<&Yaml>) -> impl Iterator<Item = &Yaml> {
    let (list, lone) = match value {
        Some(Yaml::Sequence(list)) => (list.as_slice(), None),
        Some(Yaml::Null) | None => (&[][..], None),
        Some(lone) => (&[][..], Some(lone)),
    };
    list.iter().chain(lone)
}
