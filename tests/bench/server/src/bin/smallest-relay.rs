//! The smallest runtime of two processes that could work: events go to a child's standard input, results come from its
//! standard output. No errors, no headers, no streaming: a floor to measure from.
//!
//! `smallest-relay PROGRAM ARGUMENT…`

use std::{
    env,
    io::{self, ErrorKind, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

const REQUEST_ID: &str = "lambda-runtime-aws-request-id: ";
const LENGTH: &str = "content-length: ";

fn main() -> io::Result<()> {
    let address = env::var("AWS_LAMBDA_RUNTIME_API").map_err(io::Error::other)?;
    let mut arguments = env::args_os().skip(1);
    let program = arguments.next().ok_or_else(|| io::Error::other("which program?"))?;
    let mut child = Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    // The child says so when it has its handler.
    receive_result(&mut child)?;
    let mut api = TcpStream::connect(address)?;
    api.set_nodelay(true)?;
    loop {
        api.write_all(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
        let (head, event) = receive(&mut api)?;
        send_event(&mut child, &event)?;
        let result = receive_result(&mut child)?;
        let path = format!("/2018-06-01/runtime/invocation/{}/response", header(&head, REQUEST_ID)?);
        let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", result.len());
        api.write_all(&[head.as_bytes(), &result].concat())?;
        receive(&mut api)?;
    }
}

fn send_event(child: &mut Child, event: &[u8]) -> io::Result<()> {
    let length = u32::try_from(event.len()).map_err(io::Error::other)?.to_be_bytes();
    let input = child.stdin.as_mut().ok_or(ErrorKind::BrokenPipe)?;
    input.write_all(&[&length, event].concat())
}

fn receive_result(child: &mut Child) -> io::Result<Vec<u8>> {
    let output = child.stdout.as_mut().ok_or(ErrorKind::BrokenPipe)?;
    let mut length = [0; 4];
    output.read_exact(&mut length)?;
    let mut result = vec![0; u32::from_be_bytes(length) as usize];
    output.read_exact(&mut result)?;
    Ok(result)
}

/// Head, in lower case, and body of an answer.
fn receive(api: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut data = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    let mut take = |data: &mut Vec<u8>| match api.read(&mut buffer)? {
        0 => Err(io::Error::from(ErrorKind::UnexpectedEof)),
        count => {
            data.extend_from_slice(&buffer[..count]);
            Ok(())
        }
    };
    let end = loop {
        if let Some(end) = data.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break end;
        }
        take(&mut data)?;
    };
    let head = String::from_utf8_lossy(&data[..end]).to_ascii_lowercase();
    let length: usize = header(&head, LENGTH)?.parse().map_err(io::Error::other)?;
    while data.len() < end + 4 + length {
        take(&mut data)?;
    }
    Ok((head, data.split_off(end + 4)))
}

fn header<'a>(head: &'a str, name: &str) -> io::Result<&'a str> {
    let found = head.lines().find_map(|line| line.strip_prefix(name));
    found.ok_or_else(|| io::Error::other(format!("the answer has no `{name}`")))
}
