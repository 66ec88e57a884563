//! Names of Lambda functions: bare, with a qualifier, and in the two kinds of ARN.

/// The parts of a name; a part that is not there says nothing.
#[derive(Debug, PartialEq, Eq)]
pub struct Function<'a> {
    pub region: Option<&'a str>,
    pub account: Option<&'a str>,
    pub name: &'a str,
    /// A version or an alias. `$LATEST` is what no qualifier means, too.
    pub qualifier: Option<&'a str>,
}

impl<'a> Function<'a> {
    /// Takes `f`, `f:live`, `123456789012:function:f` and `arn:aws:lambda:eu-west-1:123456789012:function:f:live`.
    /// What is none of these is a bare name, which Lambda will refuse.
    pub fn parse(text: &'a str) -> Self {
        let parts: Vec<&str> = text.split(':').collect();
        let (region, account, rest) = match parts.as_slice() {
            ["arn", _, "lambda", region, account, "function", rest @ ..] => (Some(*region), Some(*account), rest),
            [account, "function", rest @ ..] => (None, Some(*account), rest),
            ["function", rest @ ..] | rest => (None, None, rest),
        };
        let (name, qualifier) = match rest {
            [name] => (*name, None),
            [name, qualifier] => (*name, Some(*qualifier).filter(|qualifier| *qualifier != "$LATEST")),
            _ => return Self { region: None, account: None, name: text, qualifier: None },
        };
        Self { region, account, name, qualifier }
    }

    /// Whether both may be one function, whatever the version: parts that only one of them has are taken for the same.
    pub fn may_be(&self, other: &Self) -> bool {
        fn differ(one: Option<&str>, other: Option<&str>) -> bool {
            one.zip(other).is_some_and(|(one, other)| one != other)
        }
        self.name == other.name && !differ(self.region, other.region) && !differ(self.account, other.account)
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
            assert_eq!(Function::parse(text), Function { region, account, name, qualifier }, "{text}");
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
            assert_eq!(Function::parse(one).may_be(&Function::parse(other)), expected, "{one} {other}");
        }
    }
}
