//! A run's recorded result: the stream of the attempt on the first line, the content type on the second, then the body;
//! Base64 where the body is no text.

use aws_smithy_types::base64;
use bytes::Bytes;

const BASE64: &str = ";base64";

/// A successful response, as it is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub content_type: String,
    pub body: Bytes,
}

/// What the attempt that came first has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed {
    pub response: Response,
    /// Where its fields are.
    pub stream: String,
}

pub fn encode(completed: &Completed) -> String {
    let Completed { stream, response: Response { content_type, body } } = completed;
    match std::str::from_utf8(body) {
        Ok(text) => format!("{stream}\n{content_type}\n{text}"),
        Err(_) => format!("{stream}\n{content_type}{BASE64}\n{}", base64::encode(body)),
    }
}

/// `None` if it is nothing that `encode` has made.
pub fn decode(recorded: &str) -> Option<Completed> {
    let (stream, rest) = recorded.split_once('\n')?;
    let (content_type, body) = rest.split_once('\n')?;
    let (content_type, body) = match content_type.strip_suffix(BASE64) {
        Some(content_type) => (content_type, base64::decode(body).ok()?.into()),
        None => (content_type, Bytes::copy_from_slice(body.as_bytes())),
    };
    let response = Response { content_type: content_type.to_owned(), body };
    Some(Completed { response, stream: stream.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_was_recorded() {
        for body in [&b"{\"a\": 1}"[..], b"", b"\n\n", b"\xff\x00"] {
            let response = Response { content_type: "application/json".to_owned(), body: Bytes::from_static(body) };
            let completed = Completed { response, stream: "s/A/1".to_owned() };
            assert_eq!(decode(&encode(&completed)), Some(completed));
        }
    }

    #[test]
    fn takes_nothing_else() {
        assert_eq!(decode("no line"), None);
        assert_eq!(decode("one\nline"), None);
        assert_eq!(decode("s/A/1\napplication/unknown;base64\nnot Base64!"), None);
    }
}
