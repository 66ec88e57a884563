//! HTTP/1.1 as these clients speak it: kept-alive connections, bodies with a `Content-Length`.

use std::{
    fmt::Write,
    io::{self, ErrorKind},
};

use bytes::{Bytes, BytesMut};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::clock::{self, Nanos};

const MAX_HEADERS: usize = 64;

pub struct Connection {
    stream: TcpStream,
    incoming: BytesMut,
}

pub struct Request {
    pub method: String,
    pub path: String,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    pub body: Bytes,
    /// When its last byte had come.
    pub arrived: Nanos,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// The parts of the path: `/functions/a` is `["functions", "a"]`.
    pub fn segments(&self) -> Vec<&str> {
        self.path.trim_matches('/').split('/').collect()
    }
}

pub struct Response {
    pub status: u16,
    /// Names and values in turn; `Content-Length` is not among them.
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
}

impl Response {
    pub fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self { status, headers: vec![("content-type", content_type.to_owned())], body: body.into() }
    }

    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }
}

impl Connection {
    pub fn new(stream: TcpStream) -> Self {
        Self { stream, incoming: BytesMut::with_capacity(16 * 1024) }
    }

    /// The next request; None once the client is gone.
    pub async fn receive(&mut self) -> io::Result<Option<Request>> {
        let mut arrived = clock::now();
        loop {
            if let Some((request, head_bytes, body_bytes)) = parse_head(&self.incoming)? {
                while self.incoming.len() < head_bytes + body_bytes {
                    self.incoming.reserve(head_bytes + body_bytes - self.incoming.len());
                    self.fill().await?;
                    arrived = clock::now();
                }
                let mut message = self.incoming.split_to(head_bytes + body_bytes);
                let body = message.split_off(head_bytes).freeze();
                return Ok(Some(Request { body, arrived, ..request }));
            }
            match self.fill().await {
                Ok(()) => arrived = clock::now(),
                Err(error) if error.kind() == ErrorKind::UnexpectedEof && self.incoming.is_empty() => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    pub async fn send(&mut self, response: &Response) -> io::Result<()> {
        let mut head = format!("HTTP/1.1 {} -\r\ncontent-length: {}\r\n", response.status, response.body.len());
        for (name, value) in &response.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head.push_str("\r\n");
        let mut bytes = bytes::Buf::chain(head.as_bytes(), response.body.as_ref());
        self.stream.write_all_buf(&mut bytes).await
    }

    /// Ends when the client goes away, while nothing is to be said. Cancel safe.
    pub async fn closed(&mut self) {
        while self.fill().await.is_ok() {}
    }

    async fn fill(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.incoming).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// The request without its body, and the lengths of head and body; None if the head is not there yet.
fn parse_head(bytes: &[u8]) -> io::Result<Option<(Request, usize, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head_bytes) = head.parse(bytes).map_err(invalid)? else { return Ok(None) };
    let request = Request {
        method: head.method.unwrap_or_default().to_owned(),
        path: head.path.unwrap_or_default().to_owned(),
        headers: head
            .headers
            .iter()
            .map(|header| (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).into_owned()))
            .collect(),
        body: Bytes::new(),
        arrived: 0,
    };
    if request.header("transfer-encoding").is_some_and(|value| !value.is_empty()) {
        return Err(invalid("a body without a length"));
    }
    let body_bytes = request.header("content-length").map_or(Ok(0), str::parse).map_err(invalid)?;
    Ok(Some((request, head_bytes, body_bytes)))
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_says_how_long_the_body_is() {
        let text = b"POST /a/b?c HTTP/1.1\r\nContent-Length: 5\r\nX-Y: z\r\n\r\nhello";
        let (request, head, body) = parse_head(text).unwrap().unwrap();
        assert_eq!((request.method.as_str(), request.segments()), ("POST", vec!["a", "b?c"]));
        assert_eq!((request.header("x-y"), &text[head..], body), (Some("z"), &b"hello"[..], 5));
    }

    #[test]
    fn half_a_head_is_none_yet() {
        assert!(parse_head(b"GET /a HTTP/1.1\r\nHost: b\r\n").unwrap().is_none());
    }

    #[test]
    fn what_is_not_http_is_an_error() {
        assert!(parse_head(b"\x16\x03\x01\x02\x00").is_err());
        assert!(parse_head(b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n").is_err());
    }
}
