//! `X-Amzn-Trace-Id`: `Root=…;Parent=…;Sampled=1`, in any order, with members between that are not for us.

#[derive(Debug)]
pub struct Header {
    text: String,
    pub root: String,
    /// The segment that everything here is below.
    pub parent: String,
}

impl Header {
    /// None unless the trace is sampled, and trace and parent are ids by X-Ray's rules.
    pub fn sampled(text: &str) -> Option<Self> {
        let member = |name| members(text).find_map(|(key, value)| (key == name).then_some(value));
        let root = member("Root").filter(|root| is_trace_id(root))?.to_owned();
        let parent = member("Parent").filter(|parent| is_hexadecimal(parent, 16))?.to_owned();
        (member("Sampled") == Some("1")).then(|| Self { text: text.to_owned(), root, parent })
    }

    /// The header for what happens below the subsegment `id`; whatever else it says stays.
    pub fn below(&self, id: &str) -> String {
        let below = |member: &str| match member.split_once('=') {
            Some((key, _)) if key.trim() == "Parent" => format!("{key}={id}"),
            _ => member.to_owned(),
        };
        self.text.split(';').map(below).collect::<Vec<_>>().join(";")
    }
}

fn members(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split(';').filter_map(|member| member.split_once('=')).map(|(key, value)| (key.trim(), value.trim()))
}

/// `1-` and the time in 8, `-` and a random number in 24 hexadecimal digits.
fn is_trace_id(text: &str) -> bool {
    let mut parts = text.split('-');
    parts.next() == Some("1")
        && parts.next().is_some_and(|time| is_hexadecimal(time, 8))
        && parts.next().is_some_and(|number| is_hexadecimal(number, 24))
        && parts.next().is_none()
}

fn is_hexadecimal(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "1-5759e988-bd862e3fe1be46a994272793";

    #[test]
    fn only_the_parent_changes() {
        for (text, below) in [
            (format!("Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1"), format!("Root={ROOT};Parent=x;Sampled=1")),
            (
                format!("Self=1-2-3;Sampled=1; Parent = 53995c3f42cd8ad8 ;Root={ROOT};Lineage=a:1|b:2;"),
                format!("Self=1-2-3;Sampled=1; Parent =x;Root={ROOT};Lineage=a:1|b:2;"),
            ),
        ] {
            let header = Header::sampled(&text).unwrap();
            assert_eq!((header.root.as_str(), header.parent.as_str()), (ROOT, "53995c3f42cd8ad8"));
            assert_eq!(header.below("x"), below);
        }
    }

    #[test]
    fn what_is_not_sampled_or_no_header_is_none() {
        for text in [
            "",
            ";;=;",
            "Root;Parent;Sampled",
            &format!("Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=0"),
            &format!("Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=?"),
            &format!("Root={ROOT};Parent=53995c3f42cd8ad8"),
            &format!("Root={ROOT};Sampled=1"),
            &format!("Root={ROOT};Parent=53995c3f42cd8ad;Sampled=1"),
            &format!("Root={ROOT}-1;Parent=53995c3f42cd8ad8;Sampled=1"),
            &format!("Root=2{};Parent=53995c3f42cd8ad8;Sampled=1", &ROOT[1..]),
            &format!("Root={};Parent=53995c3f42cd8ad8;Sampled=1", ROOT.replace("bd86", "é86")),
            "Parent=53995c3f42cd8ad8;Sampled=1",
        ] {
            assert!(Header::sampled(text).is_none(), "{text}");
        }
    }
}
