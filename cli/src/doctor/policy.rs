//! What policies allow, and on which resources.

use serde_yaml_ng::Value as Yaml;

use super::value::{Answer, Value};

/// What a role may do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions {
    pub statements: Vec<Statement>,
    /// There are policies that cannot be seen.
    pub has_more: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    effect: Effect,
    actions: Patterns,
    resources: Patterns,
    is_conditional: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Allow,
    Deny,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Patterns {
    all: Vec<Value>,
    /// Meant is what fits none of them: `NotAction`, `NotResource`.
    is_negated: bool,
}

impl Permissions {
    pub fn unknown() -> Self {
        Self { has_more: true, ..Self::default() }
    }

    /// Whether `action` is allowed on the resource with this ARN.
    pub fn may(&self, action: &str, arn: &Value) -> Answer {
        let said = |effect| {
            let statements = self.statements.iter().filter(|statement| statement.effect == effect);
            statements.map(|statement| statement.is_about(action, arn)).max().unwrap_or(Answer::No)
        };
        let elsewhere = if self.has_more { Answer::CannotTell } else { Answer::No };
        said(Effect::Allow).max(elsewhere).min(said(Effect::Deny).not())
    }

    /// Adds a policy's statements; `value` reads what stands in it.
    pub fn add(&mut self, document: &Yaml, value: &dyn Fn(&Yaml) -> Value) {
        let statements = document.get("Statement");
        self.has_more |= statements.is_none();
        for statement in items(statements) {
            match Statement::read(statement, value) {
                Some(statement) => self.statements.push(statement),
                None => self.has_more = true,
            }
        }
    }
}

impl Statement {
    pub fn allow(actions: &[&str], resources: Vec<Value>) -> Self {
        let actions = actions.iter().map(|action| Value::text(*action)).collect();
        Self {
            effect: Effect::Allow,
            actions: Patterns { all: actions, is_negated: false },
            resources: Patterns { all: resources, is_negated: false },
            is_conditional: false,
        }
    }

    fn read(statement: &Yaml, value: &dyn Fn(&Yaml) -> Value) -> Option<Self> {
        let effect = match value(statement.get("Effect")?).as_text()? {
            "Allow" => Effect::Allow,
            "Deny" => Effect::Deny,
            _ => return None,
        };
        let patterns = |name: &str, negated: &str| {
            let (is_negated, found) = match statement.get(name) {
                Some(found) => (false, found),
                None => (true, statement.get(negated)?),
            };
            Some(Patterns { all: items(Some(found)).map(value).collect(), is_negated })
        };
        Some(Self {
            effect,
            actions: patterns("Action", "NotAction")?,
            resources: patterns("Resource", "NotResource")?,
            is_conditional: statement.get("Condition").is_some(),
        })
    }

    fn is_about(&self, action: &str, arn: &Value) -> Answer {
        // IAM does not tell upper from lower case in actions.
        let action = Value::text(action.to_lowercase());
        let is_action = self.actions.mean(|pattern| pattern.to_lowercase().fits(&action));
        let is_resource = self.resources.mean(|pattern| pattern.fits_arn(arn));
        let condition = if self.is_conditional { Answer::CannotTell } else { Answer::Yes };
        is_action.min(is_resource).min(condition)
    }
}

impl Patterns {
    fn mean(&self, fits: impl Fn(&Value) -> Answer) -> Answer {
        let any = self.all.iter().map(fits).max().unwrap_or(Answer::No);
        if self.is_negated { any.not() } else { any }
    }
}

/// The items of a list; a lone value is a list of one.
pub fn items(value: Option<&Yaml>) -> impl Iterator<Item = &Yaml> {
    let (list, lone) = match value {
        Some(Yaml::Sequence(list)) => (list.as_slice(), None),
        Some(Yaml::Null) | None => (&[][..], None),
        Some(lone) => (&[][..], Some(lone)),
    };
    list.iter().chain(lone)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/fields";

    fn may(statements: &str) -> Answer {
        let document = serde_yaml_ng::from_str(&format!("{{ Statement: [{statements}] }}"));
        let mut permissions = Permissions::default();
        permissions.add(&document.unwrap_or_default(), &|value| Value::text(value.as_str().unwrap_or_default()));
        permissions.may("dynamodb:PutItem", &Value::text(TABLE))
    }

    #[test]
    fn knows_what_is_allowed_where() {
        use Answer::{CannotTell, No, Yes};
        let allow = "{ Effect: Allow, Action: 'DynamoDB:put*', Resource: '*' }";
        for (statements, answer) in [
            ("", No),
            (allow, Yes),
            ("{ Effect: Allow, Action: [a:B, 'dynamodb:*'], Resource: ['arn:aws:dynamodb:*:*:table/fields'] }", Yes),
            ("{ Effect: Allow, Action: 'dynamodb:*', Resource: 'arn:aws:dynamodb:*:*:table/others' }", No),
            ("{ Effect: Allow, Action: 'dynamodb:Query', Resource: '*' }", No),
            ("{ Effect: Allow, NotAction: 'iam:*', Resource: '*' }", Yes),
            ("{ Effect: Allow, NotAction: 'dynamodb:*', Resource: '*' }", No),
            ("{ Effect: Allow, Action: '*', NotResource: 'arn:aws:dynamodb:*:*:table/fields' }", No),
            ("{ Effect: Allow, Action: '*', Resource: '*', Condition: { Bool: { a: b } } }", CannotTell),
            (&format!("{allow}, {{ Effect: Deny, Action: '*', Resource: '*' }}"), No),
            (&format!("{allow}, {{ Effect: Deny, Action: '*', Resource: 'arn:aws:s3:::bucket' }}"), Yes),
            (&format!("{allow}, {{ Effect: Deny, Action: '*', Resource: '*', Condition: {{}} }}"), CannotTell),
            ("{ Effect: Perhaps }", CannotTell),
        ] {
            assert_eq!(may(statements), answer, "{statements}");
        }
    }
}
