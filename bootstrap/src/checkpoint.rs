//! A run's recorded result: content type on the first line, then the body; Base64 where the body is no text.

use aws_smithy_types::base64;
use bytes::Bytes;

const BASE64: &str = ";base64";

/// A successful response, as it is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub content_type: String,
    pub body: Bytes,
}

pub fn encode(response: &Response) -> String {
    let content_type = &response.content_type;
    match std::str::from_utf8(&response.body) {
        Ok(text) => format!("{content_type}\n{text}"),
        Err(_) => format!("{content_type}{BASE64}\n{}", base64::encode(&response.body)),
    }
}

/// `None` if it is nothing that `encode` has made.
pub fn decode(recorded: &str) -> Option<Response> {
    let (content_type, body) = recorded.split_once('\n')?;
    let (content_type, body) = match content_type.strip_suffix(BASE64) {
        Some(content_type) => (content_type, base64::decode(body).ok()?.into()),
        None => (content_type, Bytes::copy_from_slice(body.as_bytes())),
    };
    Some(Response { content_type: content_type.to_owned(), body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_was_recorded() {
        for body in [&b"{\"a\": 1}"[..], b"", b"\n\n", b"\xff\x00"] {
            let response = Response { content_type: "application/json".to_owned(), body: Bytes::from_static(body) };
            assert_eq!(decode(&encode(&response)), Some(response));
        }
    }

    #[test]
    fn takes_nothing_else() {
        assert_eq!(decode("no line"), None);
        assert_eq!(decode("application/unknown;base64\nnot Base64!"), None);
    }
}
