//! Functions as they are deployed: their settings, roles and tables, by calls that only read.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::{
    operation::describe_table::DescribeTableError,
    types::{KeySchemaElement, TimeToLiveStatus},
};
use percent_encoding::percent_decode_str;
use serde_json::Value as Json;

use super::{
    Error,
    chain::{Function, Permissions, Value, bare_name},
    checks::{Looked, Surroundings},
    template::Table,
};
use crate::aws;

/// A chain that goes on for longer is cut off: `UNUM_NEXT` may lead anywhere.
const MOST_FUNCTIONS: usize = 100;

pub struct Deployed {
    pub functions: Vec<Function>,
    tables: BTreeMap<String, Looked>,
}

struct Clients {
    dynamodb: aws_sdk_dynamodb::Client,
    iam: aws_sdk_iam::Client,
    lambda: aws_sdk_lambda::Client,
}

impl Deployed {
    /// The functions of these names, and those that their results go to.
    pub fn look(names: &[String]) -> Result<Self, Error> {
        let refused = |problem: String| Error::Deployed(problem);
        aws::block_on(async {
            let config = aws::config(&["DYNAMODB", "IAM", "LAMBDA"]).await;
            let clients = Clients {
                dynamodb: aws_sdk_dynamodb::Client::new(&config),
                iam: aws_sdk_iam::Client::new(&config),
                lambda: aws_sdk_lambda::Client::new(&config),
            };
            let mut deployed = Self { functions: Vec::new(), tables: BTreeMap::new() };
            let mut wanted: Vec<(String, bool)> = names.iter().map(|name| (name.clone(), true)).collect();
            while let Some((name, is_asked_for)) = wanted.pop() {
                let known = |function: &Function| function.name == bare_name(&name);
                if deployed.functions.iter().any(known) || deployed.functions.len() == MOST_FUNCTIONS {
                    continue;
                }
                match clients.function(&name).await {
                    Ok(function) => {
                        wanted.extend(function.next_names().into_iter().map(|name| (name, false)));
                        deployed.functions.push(function);
                    }
                    Err(cause) if is_asked_for => return Err(refused(format!("function {name}: {cause}"))),
                    // The check of the one that names it says so.
                    Err(_) => {}
                }
            }
            for table in deployed.functions.iter().filter_map(|function| function.text("UNUM_TABLE")) {
                if !deployed.tables.contains_key(table) {
                    deployed.tables.insert(table.to_owned(), clients.table(table).await);
                }
            }
            Ok(deployed)
        })
        .map_err(|error| refused(error.to_string()))?
    }
}

impl Surroundings for Deployed {
    fn table(&self, value: &Value) -> Looked {
        match value {
            Value::Text(name) => self.tables.get(name.trim()).cloned().unwrap_or(Looked::Unknown(None)),
            _ => Looked::Unknown(None),
        }
    }

    /// Lambda itself refuses layers of another architecture.
    fn architectures(&self, _layer: &Value) -> Vec<String> {
        Vec::new()
    }
}

impl Clients {
    async fn function(&self, name: &str) -> Result<Function, String> {
        let found = self.lambda.get_function_configuration().function_name(name).send().await;
        let found = found.map_err(|error| aws::cause(&error))?;
        let name = found.function_name.unwrap_or_else(|| bare_name(name).to_owned());
        let variables = found.environment.and_then(|environment| environment.variables).unwrap_or_default();
        let layers = found.layers.unwrap_or_default().into_iter().filter_map(|layer| layer.arn);
        Ok(Function {
            deployed_name: Some(name.clone()),
            name,
            handler: found.handler,
            runtime: found.runtime.map(|runtime| runtime.as_str().to_owned()),
            is_image: found.package_type.is_some_and(|kind| kind.as_str() == "Image"),
            folder: None,
            layers: layers.map(Value::Text).collect(),
            variables: variables.into_iter().map(|(name, value)| (name, Value::Text(value))).collect(),
            architecture: found
                .architectures
                .unwrap_or_default()
                .first()
                .map_or_else(|| "x86_64".to_owned(), |architecture| architecture.as_str().to_owned()),
            timeout: found.timeout.and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or_default(),
            permissions: self.permissions(found.role.as_deref().unwrap_or_default()).await,
        })
    }

    /// What a role's policies allow. One that cannot be read may allow anything.
    async fn permissions(&self, role: &str) -> Permissions {
        let role = role.rsplit('/').next().unwrap_or_default();
        self.policies(role).await.unwrap_or_else(Permissions::unknown)
    }

    async fn policies(&self, role: &str) -> Option<Permissions> {
        let mut permissions = Permissions::default();
        let mut inline = self.iam.list_role_policies().role_name(role).into_paginator().items().send();
        while let Some(name) = inline.next().await {
            let policy = self.iam.get_role_policy().role_name(role).policy_name(name.ok()?).send().await.ok()?;
            add(&policy.policy_document, &mut permissions)?;
        }
        let mut attached = self.iam.list_attached_role_policies().role_name(role).into_paginator().items().send();
        while let Some(policy) = attached.next().await {
            let arn = policy.ok()?.policy_arn?;
            let found = self.iam.get_policy().policy_arn(&arn).send().await.ok()?;
            let version = found.policy?.default_version_id?;
            let version = self.iam.get_policy_version().policy_arn(&arn).version_id(version).send().await.ok()?;
            add(&version.policy_version?.document?, &mut permissions)?;
        }
        Some(permissions)
    }

    async fn table(&self, name: &str) -> Looked {
        let described = match self.dynamodb.describe_table().table_name(name).send().await {
            Ok(described) => described.table,
            Err(error) if error.as_service_error().is_some_and(DescribeTableError::is_resource_not_found_exception) => {
                return Looked::NoTable;
            }
            Err(error) => return Looked::Unknown(Some(aws::cause(&error))),
        };
        let Some(table) = described else { return Looked::NoTable };
        let types: BTreeMap<String, String> = table
            .attribute_definitions
            .unwrap_or_default()
            .into_iter()
            .map(|attribute| (attribute.attribute_name, attribute.attribute_type.as_str().to_owned()))
            .collect();
        let key = |key: KeySchemaElement| {
            let of = types.get(&key.attribute_name).cloned().unwrap_or_default();
            (key.attribute_name, key.key_type.as_str().to_owned(), of)
        };
        let keys = table.key_schema.unwrap_or_default().into_iter().map(key).collect();
        let time_to_live = match self.dynamodb.describe_time_to_live().table_name(name).send().await {
            Ok(found) => found
                .time_to_live_description
                .filter(|ttl| {
                    matches!(ttl.time_to_live_status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling))
                })
                .and_then(|ttl| ttl.attribute_name),
            Err(error) => return Looked::Unknown(Some(aws::cause(&error))),
        };
        Looked::Table(Table { keys, time_to_live })
    }
}

/// Adds what a policy document, in percent encoding, says; `None` if it cannot be read.
fn add(document: &str, permissions: &mut Permissions) -> Option<()> {
    let text = percent_decode_str(document).decode_utf8().ok()?;
    let document: Json = serde_json::from_str(&text).ok()?;
    for statement in listed(&document["Statement"]) {
        let actions = listed(&statement["Action"]).filter_map(Json::as_str).map(str::to_owned);
        match statement["Effect"].as_str() {
            _ if !statement["Condition"].is_null() || !statement["NotAction"].is_null() => permissions.has_more = true,
            Some("Allow") => permissions.allowed.extend(actions),
            _ => permissions.denied.extend(actions),
        }
    }
    Some(())
}

/// The items of a list; a lone value is a list of one.
fn listed(value: &Json) -> impl Iterator<Item = &Json> {
    let (list, lone) = match value {
        Json::Array(list) => (list.as_slice(), None),
        Json::Null => (&[][..], None),
        lone => (&[][..], Some(lone)),
    };
    list.iter().chain(lone)
}
