//! A function as it will be deployed, as far as the template says.

use std::{collections::BTreeMap, path::PathBuf};

/// A value of the template's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    /// Another resource of the template.
    Resource(String),
    /// Several, with commas between them.
    List(Vec<Self>),
    /// What only a deployment knows.
    Unknown,
}

/// What a role may do, on whatever resource: actions, with `*` for any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions {
    pub allowed: Vec<String>,
    pub denied: Vec<String>,
    /// There are policies that cannot be seen.
    pub has_more: bool,
}

impl Permissions {
    pub fn unknown() -> Self {
        Self { has_more: true, ..Self::default() }
    }

    /// None if that depends on what cannot be seen.
    fn may(&self, action: &str) -> Option<bool> {
        let among = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, action));
        match (among(&self.denied), among(&self.allowed)) {
            (true, _) => Some(false),
            (false, true) => Some(true),
            (false, false) => {
                if self.has_more {
                    None
                } else {
                    Some(false)
                }
            }
        }
    }
}

#[derive(Debug, Clone)]
pub struct Function {
    /// Logical id.
    pub name: String,
    /// Its `FunctionName`, if it has a fixed one.
    pub deployed_name: Option<String>,
    pub handler: Option<String>,
    pub runtime: Option<String>,
    pub is_image: bool,
    pub folder: Option<PathBuf>,
    pub layers: Vec<Value>,
    pub variables: BTreeMap<String, Value>,
    /// In seconds.
    pub timeout: u64,
    /// `x86_64` or `arm64`.
    pub architecture: String,
    pub permissions: Permissions,
}

impl Function {
    /// A variable's text, where it has one.
    pub fn text(&self, variable: &str) -> Option<&str> {
        match self.variables.get(variable)? {
            Value::Text(text) if !text.trim().is_empty() => Some(text.trim()),
            _ => None,
        }
    }

    pub fn has(&self, variable: &str) -> bool {
        !matches!(self.variables.get(variable), None | Some(Value::Text(_))) || self.text(variable).is_some()
    }

    pub fn is_on(&self, variable: &str) -> bool {
        self.text(variable).is_some_and(|text| text == "1" || text.eq_ignore_ascii_case("true"))
    }

    /// Where the result goes.
    pub fn next(&self) -> Vec<Value> {
        match self.variables.get("UNUM_NEXT") {
            None => Vec::new(),
            Some(Value::Text(names)) => names
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .map(|name| Value::Text(name.to_owned()))
                .collect(),
            Some(Value::List(values)) => values.clone(),
            Some(other) => vec![other.clone()],
        }
    }

    pub fn next_names(&self) -> Vec<String> {
        self.next()
            .into_iter()
            .map(|value| match value {
                Value::Text(name) | Value::Resource(name) => name,
                Value::List(_) | Value::Unknown => "(known only once it is deployed)".to_owned(),
            })
            .collect()
    }

    /// Whether a value of `UNUM_NEXT` means this function.
    pub fn is_meant_by(&self, next: &Value) -> bool {
        match next {
            Value::Resource(id) => *id == self.name,
            Value::Text(name) => self.deployed_name.as_deref() == Some(bare_name(name)),
            Value::List(_) | Value::Unknown => false,
        }
    }

    pub fn may(&self, action: &str) -> Option<bool> {
        self.permissions.may(action)
    }
}

/// Of a name, or of an ARN: `…:function:NAME` or `…:function:NAME:QUALIFIER`.
pub fn bare_name(name: &str) -> &str {
    let after = name.rsplit_once(":function:").map_or(name, |(_, after)| after);
    after.split(':').next().unwrap_or_default()
}

/// Whether `pattern`, an action with `*`, is this action: IAM does not tell upper from lower case.
fn matches(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    let mut pieces = pattern.split('*');
    let Some(rest) = action.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut rest = rest;
    let mut last = None;
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
        last = Some(piece);
    }
    match last {
        None => rest.is_empty(),
        Some(piece) => piece.is_empty() || action.ends_with(piece),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_actions_by_their_patterns() {
        for (pattern, fits) in [
            ("dynamodb:PutItem", true),
            ("DynamoDB:putitem", true),
            ("dynamodb:*", true),
            ("*", true),
            ("dynamodb:Put*", true),
            ("dynamodb:*Item", true),
            ("dynamodb:*Table", false),
            ("dynamodb:Query", false),
            ("dynamodb:Put", false),
        ] {
            assert_eq!(matches(pattern, "dynamodb:PutItem"), fits, "{pattern}");
        }
    }
}
