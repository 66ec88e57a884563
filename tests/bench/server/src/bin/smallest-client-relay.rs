//! The same as `smallest-relay`, with what a Rust layer for Lambda has to be made of: tokio, and the client that
//! `lambda_runtime` talks to the Runtime API with.
//!
//! `smallest-client-relay PROGRAM ARGUMENT…`

use std::{env, io, process::Stdio};

use bytes::{BufMut, BytesMut};
use http_body_util::BodyExt;
use lambda_runtime_api_client::{BoxError, PooledClient, body::Body, build_request};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{ChildStdin, ChildStdout, Command},
};

const REQUEST_ID: &str = "lambda-runtime-aws-request-id";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let endpoint = format!("http://{}", env::var("AWS_LAMBDA_RUNTIME_API")?).parse()?;
    let mut arguments = env::args_os().skip(1);
    let program = arguments.next().ok_or("which program?")?;
    let mut child = Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().ok_or("no standard input")?;
    let mut output = child.stdout.take().ok_or("no standard output")?;
    // The child says so when it has its handler.
    receive_result(&mut output).await?;
    let client = PooledClient::builder().with_endpoint(endpoint).build();
    loop {
        let next = build_request().uri("/2018-06-01/runtime/invocation/next").body(Body::empty())?;
        let (head, event) = client.call(next).await?.into_parts();
        send_event(&mut input, &event.collect().await?.to_bytes()).await?;
        let result = receive_result(&mut output).await?;
        let id = head.headers.get(REQUEST_ID).ok_or("an event without an id")?.to_str()?;
        let path = format!("/2018-06-01/runtime/invocation/{id}/response");
        let response = build_request().method("POST").uri(path).body(Body::from(result))?;
        client.call(response).await?.into_body().collect().await?;
    }
}

async fn send_event(input: &mut ChildStdin, event: &[u8]) -> io::Result<()> {
    let mut frame = BytesMut::with_capacity(4 + event.len());
    frame.put_u32(u32::try_from(event.len()).map_err(io::Error::other)?);
    frame.put_slice(event);
    input.write_all(&frame).await
}

async fn receive_result(output: &mut ChildStdout) -> io::Result<Vec<u8>> {
    let mut result = vec![0; output.read_u32().await? as usize];
    output.read_exact(&mut result).await?;
    Ok(result)
}
