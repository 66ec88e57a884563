//! Functions as they are deployed: their settings, code, roles, layers and tables, by calls that only read.

use std::collections::{BTreeMap, btree_map::Entry};

use aws_sdk_dynamodb::{
    operation::describe_table::DescribeTableError,
    types::{KeySchemaElement, TimeToLiveStatus},
};
use percent_encoding::percent_decode_str;
use serde_yaml_ng::Value as Yaml;

use super::{
    Error,
    chain::{Function, Place},
    checks::{self, Layer, Looked, Surroundings, Table},
    code::{Code, MAX_ZIP_BYTES},
    policy::Permissions,
    value::Value,
};
use crate::aws;

/// A chain that goes on for longer is cut off: `UNUM_NEXT` may lead anywhere.
const MOST_FUNCTIONS: usize = 100;

/// Zipped, ours has a few: a larger one is not looked into.
const MAX_LAYER_BYTES: u64 = 32 * 1024 * 1024;

#[derive(Default)]
pub struct Deployed {
    pub functions: Vec<Function>,
    /// How each of them was asked for: a version or an alias is part of it.
    asked: Vec<String>,
    tables: BTreeMap<String, Looked>,
    layers: BTreeMap<String, Layer>,
}

struct Clients {
    dynamodb: aws_sdk_dynamodb::Client,
    iam: aws_sdk_iam::Client,
    lambda: aws_sdk_lambda::Client,
}

impl Deployed {
    /// The functions of these names, and those that their results go to.
    pub fn look(names: &[String]) -> Result<Self, Error> {
        let looked = aws::block_on(async {
            let config = aws::config(&["DYNAMODB", "IAM", "LAMBDA"]).await;
            let clients = Clients {
                dynamodb: aws_sdk_dynamodb::Client::new(&config),
                iam: aws_sdk_iam::Client::new(&config),
                lambda: aws_sdk_lambda::Client::new(&config),
            };
            let mut deployed = Self::default();
            deployed.follow(names, &clients).await?;
            deployed.look_into(&clients).await;
            Ok(deployed)
        });
        looked.map_err(|error| Error::Deployed(error.to_string()))?
    }

    /// From each function to those that its result goes to.
    async fn follow(&mut self, names: &[String], clients: &Clients) -> Result<(), Error> {
        let mut wanted: Vec<(String, bool)> = names.iter().rev().map(|name| (name.clone(), true)).collect();
        while let Some((name, is_asked_for)) = wanted.pop() {
            let is_known = self.functions.iter().any(|function| function.is_meant_by(&Value::text(name.clone())));
            if is_known || self.functions.len() == MOST_FUNCTIONS {
                continue;
            }
            match clients.function(&name).await {
                Ok(function) => {
                    wanted.extend(function.next().iter().map(|name| (name.to_string(), false)));
                    self.functions.push(function);
                    self.asked.push(name);
                }
                Err(cause) if is_asked_for => return Err(Error::Deployed(format!("function {name}: {cause}"))),
                // The check of the one that names it says so.
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// Looks into what has been found: code, layers, tables.
    async fn look_into(&mut self, clients: &Clients) {
        for (number, name) in self.asked.iter().enumerate() {
            let function = &self.functions[number];
            if checks::may_stream(function, &self.functions) && !function.is_image {
                self.functions[number].code = clients.code(name).await.unwrap_or_else(Code::Unseen);
            }
        }
        for function in &self.functions {
            for layer in function.layers.iter().flatten() {
                if let Entry::Vacant(place) = self.layers.entry(layer.to_string()) {
                    let layer = clients.layer(place.key()).await;
                    place.insert(layer);
                }
            }
            if let Some(table) = function.table()
                && let Entry::Vacant(place) = self.tables.entry(table.to_string())
            {
                let table = clients.table(place.key()).await;
                place.insert(table);
            }
        }
    }
}

impl Surroundings for Deployed {
    fn table(&self, name: &Value) -> Looked {
        self.tables.get(&name.to_string()).cloned().unwrap_or(Looked::NoTable)
    }

    fn layer(&self, layer: &Value) -> Layer {
        let arn = layer.to_string();
        self.layers.get(&arn).cloned().unwrap_or_else(|| unseen(&arn, "it was not looked at".to_owned()))
    }
}

fn unseen(arn: &str, why: String) -> Layer {
    Layer { name: arn.to_owned(), architectures: Vec::new(), code: Code::Unseen(why) }
}

impl Clients {
    async fn function(&self, name: &str) -> Result<Function, String> {
        let found = self.lambda.get_function_configuration().function_name(name).send().await;
        let found = found.map_err(|error| aws::cause(&error))?;
        let name = found.function_name.unwrap_or_else(|| name.to_owned());
        let (variables, error) =
            found.environment.map_or((None, None), |environment| (environment.variables, environment.error));
        let layers = found.layers.unwrap_or_default().into_iter().filter_map(|layer| layer.arn);
        let is_image = found.package_type.is_some_and(|kind| kind.as_str() == "Image");
        Ok(Function {
            deployed_name: Value::text(name.clone()),
            name,
            place: found.function_arn.as_deref().and_then(Place::of).unwrap_or_default(),
            handler: found.handler,
            runtime: found.runtime.map(|runtime| runtime.as_str().to_owned()),
            is_image,
            code: Code::Unseen(if is_image { "it is a container image" } else { "it was not looked at" }.to_owned()),
            layers: Some(layers.map(Value::text).collect()),
            variables: variables.into_iter().flatten().map(|(name, value)| (name, Value::text(value))).collect(),
            architecture: found
                .architectures
                .unwrap_or_default()
                .first()
                .map_or_else(|| "x86_64".to_owned(), |architecture| architecture.as_str().to_owned()),
            unseen_variables: error.map(|error| {
                let told = [error.error_code, error.message].into_iter().flatten().collect::<Vec<_>>();
                if told.is_empty() { "Lambda does not say why".to_owned() } else { told.join(": ") }
            }),
            timeout: found.timeout.and_then(|seconds| u64::try_from(seconds).ok()),
            is_in_vpc: found.vpc_config.is_some_and(|vpc| !vpc.subnet_ids().is_empty()),
            permissions: self.permissions(found.role.as_deref().unwrap_or_default()).await,
        })
    }

    /// The zip of a function, or why there is none to look at.
    async fn code(&self, name: &str) -> Result<Code, String> {
        let found = self.lambda.get_function().function_name(name).send().await;
        let found = found.map_err(|error| format!("GetFunction: {}", aws::cause(&error)))?;
        let location = found.code.and_then(|code| code.location).ok_or("GetFunction says not where its code is")?;
        let zip = aws::download(&location, MAX_ZIP_BYTES).await.map_err(|cause| format!("its code: {cause}"))?;
        Code::received(zip).map_err(|error| error.to_string())
    }

    /// A layer version's content, or why it cannot be looked into.
    async fn layer(&self, arn: &str) -> Layer {
        let found = match self.lambda.get_layer_version_by_arn().arn(arn).send().await {
            Ok(found) => found,
            Err(error) => return unseen(arn, format!("GetLayerVersion: {}", aws::cause(&error))),
        };
        let architectures = found.compatible_architectures().iter().map(|one| one.as_str().to_owned()).collect();
        let code = match found.content.and_then(|content| content.location) {
            Some(location) => match aws::download(&location, MAX_LAYER_BYTES).await {
                Ok(zip) => Code::received(zip).map_err(|error| error.to_string()),
                Err(cause) => Err(format!("its content: {cause}")),
            },
            None => Err("GetLayerVersion says not where its content is".to_owned()),
        };
        Layer { name: arn.to_owned(), architectures, code: code.unwrap_or_else(Code::Unseen) }
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
            permissions.add(&document(&policy.policy_document)?, &text);
        }
        let mut attached = self.iam.list_attached_role_policies().role_name(role).into_paginator().items().send();
        while let Some(policy) = attached.next().await {
            let arn = policy.ok()?.policy_arn?;
            let found = self.iam.get_policy().policy_arn(&arn).send().await.ok()?;
            let version = found.policy?.default_version_id?;
            let version = self.iam.get_policy_version().policy_arn(&arn).version_id(version).send().await.ok()?;
            permissions.add(&document(&version.policy_version?.document?)?, &text);
        }
        Some(permissions)
    }

    async fn table(&self, name: &str) -> Looked {
        let described = match self.dynamodb.describe_table().table_name(name).send().await {
            Ok(described) => described.table,
            Err(error) if error.as_service_error().is_some_and(DescribeTableError::is_resource_not_found_exception) => {
                return Looked::NoTable;
            }
            Err(error) => return Looked::Unknown(format!("DescribeTable: {}", aws::cause(&error))),
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
            Err(error) => return Looked::Unknown(format!("DescribeTimeToLive: {}", aws::cause(&error))),
        };
        Looked::Table(Table { keys, time_to_live })
    }
}

/// A policy document, in percent encoding; `None` if it cannot be read.
fn document(encoded: &str) -> Option<Yaml> {
    serde_json::from_str(&percent_decode_str(encoded).decode_utf8().ok()?).ok()
}

fn text(value: &Yaml) -> Value {
    value.as_str().map_or_else(Value::unknown, Value::text)
}
