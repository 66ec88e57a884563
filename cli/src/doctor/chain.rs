//! A function as it will be deployed or is deployed, as far as can be seen.

use std::collections::BTreeMap;

use unum_settings::function;
use unum_transformer::OtherModule;

use super::{
    code::Code,
    policy::Permissions,
    value::{Answer, Piece, Value},
};

#[derive(Debug, Clone)]
pub struct Function {
    /// What it is called in the output: its logical id, its name or its folder.
    pub name: String,
    /// Its name in Lambda.
    pub deployed_name: Value,
    pub place: Place,
    pub handler: Option<String>,
    pub runtime: Option<String>,
    pub is_image: bool,
    pub code: Code,
    /// None: not known.
    pub layers: Option<Vec<Value>>,
    pub variables: BTreeMap<String, Value>,
    /// Why its variables cannot be seen, where that is so.
    pub unseen_variables: Option<String>,
    /// In seconds; None: not known.
    pub timeout: Option<u64>,
    pub is_in_vpc: bool,
    /// `x86_64` or `arm64`.
    pub architecture: String,
    pub permissions: Permissions,
}

/// What ARNs of an account's resources in a region have in common.
#[derive(Debug, Clone)]
pub struct Place {
    pub partition: Value,
    pub region: Value,
    pub account: Value,
}

impl Default for Place {
    /// As templates call them.
    fn default() -> Self {
        let parameter = |name: &str| Piece::Parameter(format!("AWS::{name}")).into();
        Self { partition: parameter("Partition"), region: parameter("Region"), account: parameter("AccountId") }
    }
}

impl Place {
    /// That of a resource with this ARN.
    #[cfg(feature = "aws")]
    pub fn of(arn: &str) -> Option<Self> {
        let mut parts = arn.split(':').map(Value::text);
        let (_arn, partition, _service) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { partition, region: parts.next()?, account: parts.next()? })
    }

    /// Of a function that is named in any of Lambda's ways; its version or alias is part of it.
    pub fn function_arn(&self, name: &Value) -> Value {
        let parts = name.split(':');
        let is_function = |part: &Value| part.as_text() == Some("function");
        match parts.as_slice() {
            _ if name.starts_with("arn:") => name.clone(),
            [account, function, rest @ ..] if is_function(function) => {
                self.arn("lambda", account, "function:", Value::joined(rest.iter().cloned(), ":"))
            }
            [function, rest @ ..] if is_function(function) && !rest.is_empty() => {
                self.arn("lambda", &self.account, "function:", Value::joined(rest.iter().cloned(), ":"))
            }
            _ => self.arn("lambda", &self.account, "function:", name.clone()),
        }
    }

    /// DynamoDB takes ARNs for names, too.
    pub fn table_arn(&self, name: &Value) -> Value {
        if name.starts_with("arn:") {
            return name.clone();
        }
        self.arn("dynamodb", &self.account, "table/", name.clone())
    }

    fn arn(&self, service: &str, account: &Value, kind: &str, name: Value) -> Value {
        let [begin, service] = ["arn", service].map(Value::text);
        let resource = Value::joined([Value::text(kind), name], "");
        Value::joined([begin, self.partition.clone(), service, self.region.clone(), account.clone(), resource], ":")
    }
}

impl Function {
    /// A variable's text, where it has one.
    pub fn text(&self, variable: &str) -> Option<&str> {
        self.variables.get(variable)?.as_text().map(str::trim).filter(|text| !text.is_empty())
    }

    /// A variable's value, where it is set and not empty.
    pub fn value(&self, variable: &str) -> Option<Value> {
        self.variables.get(variable).map(|value| value.clone().trimmed()).filter(|value| !value.is_empty())
    }

    pub fn has(&self, variable: &str) -> bool {
        self.value(variable).is_some()
    }

    pub fn is_on(&self, variable: &str) -> bool {
        self.flag(variable) == Some(true)
    }

    /// None: it is not known, or nothing that the layer takes.
    pub fn flag(&self, variable: &str) -> Option<bool> {
        match self.value(variable) {
            None => Some(false),
            Some(value) => unum_settings::flag(variable, value.as_text()?).ok(),
        }
    }

    /// The one that its handler stands in, where that can be seen.
    pub fn handler_module(&self) -> Option<OtherModule> {
        let (module, _) = self.handler.as_deref()?.rsplit_once('.')?;
        self.code.module(&module.replace('/', ".")).ok()?
    }

    /// Where the result goes.
    pub fn next(&self) -> Vec<Value> {
        let names = self.variables.get("UNUM_NEXT").map_or_else(Vec::new, |names| names.split(','));
        names.into_iter().map(Value::trimmed).filter(|name| !name.is_empty()).collect()
    }

    pub fn table(&self) -> Option<Value> {
        self.value("UNUM_TABLE")
    }

    /// Whether a value of `UNUM_NEXT` means this function: not where it is certain to be one of another region or account.
    pub fn is_meant_by(&self, next: &Value) -> bool {
        let named = self.named();
        let next = function::Function::parse(next);
        next.name.is(&named.name) == Answer::Yes && named.may_be(&next, |one, other| one.is(other) != Answer::No)
    }

    /// Whether it refuses to start with this value of `UNUM_NEXT`, because it takes it for itself. It does not know its account.
    pub fn takes_for_itself(&self, next: &Value) -> Answer {
        let named = function::Function { account: None, ..self.named() };
        let next = function::Function::parse(next);
        answered(|same| named.may_be(&next, same))
    }

    fn named(&self) -> function::Function<Value> {
        let Place { region, account, .. } = self.place.clone();
        let name = self.deployed_name.clone();
        function::Function { region: Some(region), account: Some(account), name, qualifier: None }
    }

    pub fn may(&self, action: &str, arn: &Value) -> Answer {
        self.permissions.may(action, arn)
    }
}

impl function::Text for Value {
    fn split_at_colons(&self) -> Vec<Self> {
        self.split(':')
    }

    fn known(&self) -> Option<&str> {
        self.as_text()
    }
}

/// Whether two values of `UNUM_NEXT` are for the same function, in the same version: it refuses to start then.
pub fn are_the_same(one: &Value, other: &Value) -> Answer {
    let [one, other] = [one, other].map(function::Function::parse);
    answered(|same| one.may_be_same_version(&other, same))
}

/// What a rule says that compares parts, of which some are not known.
fn answered(rule: impl Fn(&dyn Fn(&Value, &Value) -> bool) -> bool) -> Answer {
    let holds = |least: &Answer| rule(&|one, other| one.is(other) >= *least);
    [Answer::Yes, Answer::CannotTell].into_iter().find(holds).unwrap_or(Answer::No)
}

/// Of a name, or of an ARN: `…:table/NAME`.
pub fn table_name(name: &Value) -> Value {
    if !name.starts_with("arn:") {
        return name.clone();
    }
    name.split(':').last().and_then(|resource| resource.after("table/")).unwrap_or_else(|| name.clone())
}

/// What a value of `UNUM_NEXT` is called in the output.
pub fn name_of(next: &Value, all: &[Function]) -> String {
    let meant = all.iter().find(|function| function.is_meant_by(next));
    meant.map_or_else(|| next.to_string(), |function| function.name.clone())
}
