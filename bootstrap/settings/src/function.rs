//! Names of Lambda functions: bare, with a qualifier, and in the two kinds of ARN.

/// A name, or a part of one. Where the whole is not known yet, its parts may be.
pub trait Text: Clone {
    fn split_at_colons(&self) -> Vec<Self>;

    /// None: it is not known yet.
    fn known(&self) -> Option<&str>;
}

impl Text for &str {
    fn split_at_colons(&self) -> Vec<Self> {
        self.split(':').collect()
    }

    fn known(&self) -> Option<&str> {
        Some(self)
    }
}

/// The parts of a name; a part that is not there says nothing.
#[derive(Debug, PartialEq, Eq)]
pub struct Function<T> {
    pub region: Option<T>,
    pub account: Option<T>,
    pub name: T,
    /// A version or an alias. `$LATEST` is what no qualifier means, too.
    pub qualifier: Option<T>,
}

impl<T: Text> Function<T> {
    /// Takes `f`, `f:live`, `123456789012:function:f` and `arn:aws:lambda:eu-west-1:123456789012:function:f:live`.
    /// What is none of these is a bare name, which Lambda will refuse.
    pub fn parse(text: &T) -> Self {
        let parts = text.split_at_colons();
        let known: Vec<Option<&str>> = parts.iter().map(Text::known).collect();
        let (region, account, rest) = match (known.as_slice(), parts.as_slice()) {
            (
                [Some("arn"), _, Some("lambda"), _, _, Some("function"), ..],
                [_, _, _, region, account, _, rest @ ..],
            ) => (Some(region), Some(account), rest),
            ([_, Some("function"), ..], [account, _, rest @ ..]) => (None, Some(account), rest),
            ([Some("function"), ..], [_, rest @ ..]) | (_, rest) => (None, None, rest),
        };
        let (name, qualifier) = match rest {
            [name] => (name, None),
            [name, qualifier] => (name, Some(qualifier).filter(|qualifier| qualifier.known() != Some("$LATEST"))),
            _ => return Self { region: None, account: None, name: text.clone(), qualifier: None },
        };
        Self { region: region.cloned(), account: account.cloned(), name: name.clone(), qualifier: qualifier.cloned() }
    }

    /// Whether both may be one function, whatever the version: parts that only one of them has are taken for the same.
    /// `same` compares two parts.
    pub fn may_be(&self, other: &Self, same: impl Fn(&T, &T) -> bool) -> bool {
        let may_be_same = |one: &Option<T>, other: &Option<T>| {
            one.as_ref().zip(other.as_ref()).is_none_or(|(one, other)| same(one, other))
        };
        same(&self.name, &other.name)
            && may_be_same(&self.region, &other.region)
            && may_be_same(&self.account, &other.account)
    }

    /// The same of one version.
    pub fn may_be_same_version(&self, other: &Self, same: impl Fn(&T, &T) -> bool) -> bool {
        let is_same_version = match (&self.qualifier, &other.qualifier) {
            (None, None) => true,
            (Some(one), Some(other)) => same(one, other),
            _ => false,
        };
        is_same_version && self.may_be(other, same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:f";

    #[test]
    fn reads_every_form() {
        for (text, region, account, name, qualifier) in [
            ("f", None, None, "f", None),
            ("f:live", None, None, "f", Some("live")),
            ("f:$LATEST", None, None, "f", None),
            ("function:f", None, None, "f", None),
            ("123456789012:function:f:7", None, Some("123456789012"), "f", Some("7")),
            (ARN, Some("us-gov-west-1"), Some("123456789012"), "f", None),
            (&format!("{ARN}:live"), Some("us-gov-west-1"), Some("123456789012"), "f", Some("live")),
            ("function", None, None, "function", None),
            ("a:b:c:d", None, None, "a:b:c:d", None),
            ("", None, None, "", None),
        ] {
            assert_eq!(Function::parse(&text), Function { region, account, name, qualifier }, "{text}");
        }
    }

    #[test]
    fn what_is_not_said_may_be_the_same() {
        let elsewhere = ARN.replace("123456789012", "999999999999");
        for (one, other, expected) in [
            ("f", "f:live", true),
            ("f", ARN, true),
            ("123456789012:function:f", ARN, true),
            ("f", "g", false),
            (&elsewhere, ARN, false),
            (&ARN.replace("west", "east"), ARN, false),
        ] {
            let may_be = Function::parse(&one).may_be(&Function::parse(&other), PartialEq::eq);
            assert_eq!(may_be, expected, "{one} {other}");
        }
    }

    #[test]
    fn no_qualifier_means_the_latest_version() {
        for (one, other, expected) in [
            ("f", "f:$LATEST", true),
            ("f:$LATEST", ARN, true),
            ("f:1", "function:f:1", true),
            ("f:1", "f:2", false),
            ("f", "f:1", false),
            ("f", "g", false),
        ] {
            let may_be = Function::parse(&one).may_be_same_version(&Function::parse(&other), PartialEq::eq);
            assert_eq!(may_be, expected, "{one} {other}");
        }
    }
}
