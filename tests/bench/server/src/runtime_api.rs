//! Lambda's Runtime API for one function; every environment of it asks here.

use std::{
    io,
    rc::Rc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::{
    clock,
    function::{Event, Function},
    http::{Connection, Request, Response},
};

/// Lambda's longest.
const TIME: Duration = Duration::from_mins(15);

/// Until the client goes away; an error of the connection is its end.
pub async fn serve(name: String, function: Rc<Function>, mut connection: Connection) {
    let _ = converse(&name, &function, &mut connection).await;
}

async fn converse(name: &str, function: &Function, connection: &mut Connection) -> io::Result<()> {
    while let Some(request) = connection.receive().await? {
        match request.segments()[..] {
            ["2018-06-01", "runtime", "invocation", "next"] => {
                let event = tokio::select! {
                    event = function.next(request.arrived) => event,
                    () = connection.closed() => return Ok(()),
                };
                let answer = invocation(name, &event);
                function.handed(&event, clock::now());
                connection.send(&answer).await?;
            }
            ["2018-06-01", "runtime", "invocation", id, kind] => {
                let status = post(function, id, kind, &request);
                connection.send(&accepted(status)).await?;
            }
            ["2018-06-01", "runtime", "init", "error"] => {
                function.failed_to_start(&request.body);
                connection.send(&accepted(202)).await?;
            }
            _ => connection.send(&accepted(404)).await?,
        }
    }
    Ok(())
}

fn post(function: &Function, id: &str, kind: &str, request: &Request) -> u16 {
    let failed = match kind {
        "response" => false,
        "error" => true,
        _ => return 404,
    };
    if function.answered(id, failed, &request.body, request.arrived) { 202 } else { 400 }
}

fn invocation(name: &str, event: &Event) -> Response {
    let deadline = (SystemTime::now() + TIME).duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut response = Response::new(200, "application/json", event.body.clone());
    response.headers.extend([
        ("lambda-runtime-aws-request-id", event.id.clone()),
        ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
        ("lambda-runtime-invoked-function-arn", format!("arn:aws:lambda:us-east-1:123456789012:function:{name}")),
    ]);
    response.headers.extend(event.trace_id.clone().map(|id| ("lambda-runtime-trace-id", id)));
    response
}

fn accepted(status: u16) -> Response {
    Response::new(status, "application/json", if status == 202 { "{\"status\":\"OK\"}\n" } else { "{}\n" })
}
