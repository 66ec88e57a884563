//! The layer's settings: their names, and what each may be.
//!
//! The bootstrap reads them by these rules, and the command checks them by the same ones before anything is deployed.

pub mod function;

/// Ten years in milliseconds: beyond any use, and far from the end of the clock in seconds, too.
const MAX_NUMBER: u64 = 315_360_000_000;
/// As many bytes as a signature has: a shorter key would be the weaker part.
const MIN_KEY_BYTES: usize = 32;

pub const STREAMING: [&str; 2] = ["auto", "off"];
pub const WHOLE_EVENTS: [&str; 3] = ["auto", "always", "never"];
pub const LOG: [&str; 5] = ["error", "warn", "info", "debug", "trace"];
pub const METRICS: [&str; 2] = ["emf", "off"];
pub const TRACES: [&str; 2] = ["xray", "off"];
/// For so long Lambda repeats an asynchronous event (`MaximumEventAgeInSeconds`): its fields and records must be there still.
const LEAST_TTL_SECONDS: u64 = 21_600;

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("{name} is `{value}`; {expected}")]
    Invalid { name: String, value: String, expected: String },
    #[error("{name} is not UTF-8 text, and must be; `openssl rand -base64 32` makes keys that are")]
    NotText { name: String },
    /// Without the key itself, unlike other values.
    #[error(
        "{name} has {bytes} bytes; it must have {MIN_KEY_BYTES} at least and be the same on every function of the chain: \
         `openssl rand -base64 32` makes one"
    )]
    WeakKey { name: String, bytes: usize },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// `true` or `false`.
    Flag,
    /// A whole number from this one.
    Number(u64),
    /// One of these, in upper or lower case.
    OneOf(&'static [&'static str]),
    /// Function names or ARNs, separated by single commas.
    Functions,
    /// A number of fields, or names of some.
    StartAfter,
    /// A secret.
    Key,
    /// Nothing about the text itself is wrong.
    Any,
}

/// Every setting there is.
pub const ALL: [(&str, Rule); 19] = [
    ("UNUM_NEXT", Rule::Functions),
    ("UNUM_TABLE", Rule::Any),
    ("UNUM_STREAMING", Rule::OneOf(&STREAMING)),
    ("UNUM_TRUST_DECORATORS", Rule::Any),
    ("UNUM_ENTRY", Rule::Flag),
    ("UNUM_CHECKPOINT", Rule::Flag),
    ("UNUM_STRICT", Rule::Flag),
    ("UNUM_SIGNING_KEY", Rule::Key),
    ("UNUM_SIGNING_KEY_PREVIOUS", Rule::Key),
    ("UNUM_ALLOW_RECURSION", Rule::Flag),
    ("UNUM_START_AFTER", Rule::StartAfter),
    ("UNUM_RESOLVE_TIMEOUT_MS", Rule::Number(1)),
    ("UNUM_WHOLE_EVENTS", Rule::OneOf(&WHOLE_EVENTS)),
    ("UNUM_TTL_SECONDS", Rule::Number(LEAST_TTL_SECONDS)),
    ("UNUM_LOG", Rule::OneOf(&LOG)),
    ("UNUM_METRICS", Rule::OneOf(&METRICS)),
    ("UNUM_TRACES", Rule::OneOf(&TRACES)),
    ("UNUM_EXEC_WRAPPER", Rule::Any),
    ("UNUM_PYTHON", Rule::Any),
];

/// Which fields are ready before next is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartAfter {
    /// So many.
    Count(usize),
    /// These, and whichever else are.
    Fields(Vec<String>),
}

impl Rule {
    /// What is wrong with a value, which is trimmed and not empty.
    pub fn check(self, name: &str, value: &str) -> Result<(), Error> {
        match self {
            Self::Flag => flag(name, value).map(drop),
            Self::Number(least) => number(name, value, least).map(drop),
            Self::OneOf(choices) => one_of(name, value, choices).map(drop),
            Self::Functions => functions(name, value).map(drop),
            Self::StartAfter => start_after(name, value).map(drop),
            Self::Key => key(name, value).map(drop),
            Self::Any => Ok(()),
        }
    }
}

pub fn flag(name: &str, value: &str) -> Result<bool, Error> {
    match value.to_ascii_lowercase().as_str() {
        "1" | "true" => Ok(true),
        "0" | "false" => Ok(false),
        _ => Err(invalid(name, value, "it must be true or false")),
    }
}

pub fn number(name: &str, value: &str, least: u64) -> Result<u64, Error> {
    match value.parse() {
        Ok(number) if (least..=MAX_NUMBER).contains(&number) => Ok(number),
        _ => Err(invalid(name, value, &format!("it must be a whole number from {least} to {MAX_NUMBER}"))),
    }
}

/// How long the table keeps a field.
pub fn ttl_seconds(name: &str, value: &str) -> Result<u64, Error> {
    number(name, value, LEAST_TTL_SECONDS)
}

/// The choice that is meant, as it stands in `choices`.
pub fn one_of(name: &str, value: &str, choices: &[&'static str]) -> Result<&'static str, Error> {
    choices.iter().copied().find(|choice| value.eq_ignore_ascii_case(choice)).ok_or_else(|| {
        let (last, first) = choices.split_last().unwrap_or((&"", &[]));
        invalid(name, value, &format!("it must be {} or {last}", first.join(", ")))
    })
}

pub fn functions(name: &str, value: &str) -> Result<Vec<String>, Error> {
    let names: Vec<String> = value.split(',').map(|name| name.trim().to_owned()).collect();
    if names.iter().any(String::is_empty) {
        return Err(invalid(name, value, "it must be function names or ARNs, separated by single commas"));
    }
    Ok(names)
}

pub fn start_after(name: &str, value: &str) -> Result<StartAfter, Error> {
    if value.chars().all(|letter| letter.is_ascii_digit() || "-.".contains(letter)) {
        return number(name, value, 1).map(|count| StartAfter::Count(usize::try_from(count).unwrap_or(usize::MAX)));
    }
    let fields: Vec<String> = value.split(',').map(|field| field.trim().to_owned()).collect();
    if fields.iter().any(String::is_empty) {
        return Err(invalid(
            name,
            value,
            "it must be a number of fields, or names of fields, separated by single commas",
        ));
    }
    Ok(StartAfter::Fields(fields))
}

pub fn key(name: &str, value: &str) -> Result<String, Error> {
    if value.len() < MIN_KEY_BYTES {
        return Err(Error::WeakKey { name: name.to_owned(), bytes: value.len() });
    }
    Ok(value.to_owned())
}

/// The names of a list, of which any may be missing.
pub fn list(names: &str) -> Vec<String> {
    names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn invalid(name: &str, value: &str, expected: &str) -> Error {
    Error::Invalid { name: name.to_owned(), value: value.to_owned(), expected: expected.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, value: &str) -> String {
        let rule = ALL.iter().find(|(known, _)| *known == name).map(|(_, rule)| *rule);
        rule.map_or_else(String::new, |rule| rule.check(name, value).err().map_or_else(String::new, |e| e.to_string()))
    }

    #[test]
    fn takes_what_may_be() {
        for (name, value) in [
            ("UNUM_NEXT", "a, arn:aws:lambda:x:1:function:b"),
            ("UNUM_ENTRY", "TRUE"),
            ("UNUM_ENTRY", "0"),
            ("UNUM_STREAMING", "Off"),
            ("UNUM_START_AFTER", "1"),
            ("UNUM_START_AFTER", "order, receipt"),
            ("UNUM_START_AFTER", "2024_total,1st"),
            ("UNUM_TTL_SECONDS", "315360000000"),
            ("UNUM_LOG", "trace"),
            ("UNUM_SIGNING_KEY", "0123456789abcdef0123456789abcdef"),
            ("UNUM_TABLE", "anything"),
        ] {
            assert_eq!(check(name, value), "", "{name}={value}");
        }
    }

    #[test]
    fn says_what_a_value_must_be() {
        for (name, value, message) in [
            ("UNUM_NEXT", "a,,b", "`a,,b`; it must be function names or ARNs, separated by single commas"),
            ("UNUM_ENTRY", "yes", "`yes`; it must be true or false"),
            ("UNUM_STREAMING", "on", "`on`; it must be auto or off"),
            ("UNUM_LOG", "all", "`all`; it must be error, warn, info, debug or trace"),
            ("UNUM_TTL_SECONDS", "21599", "`21599`; it must be a whole number from 21600 to 315360000000"),
            ("UNUM_START_AFTER", "0", "`0`; it must be a whole number from 1 to 315360000000"),
            ("UNUM_START_AFTER", "-1", "`-1`; it must be a whole number from 1 to"),
            ("UNUM_START_AFTER", "a,", "`a,`; it must be a number of fields, or names of fields"),
            ("UNUM_TTL_SECONDS", "1.5", "`1.5`; it must be a whole number"),
        ] {
            let found = check(name, value);
            assert!(found.starts_with(&format!("{name} is {message}")), "{found}");
        }
        let found = check("UNUM_SIGNING_KEY", "secret");
        assert!(found.starts_with("UNUM_SIGNING_KEY has 6 bytes") && !found.contains("secret"), "{found}");
    }
}
