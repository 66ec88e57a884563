//! DynamoDB and Lambda's Invoke, each request with the latency that is set.

use std::{io, rc::Rc, time::Duration};

use serde_json::{Value, json};
use tokio::task;

use crate::{
    Bench, Invoke,
    clock::{self, Nanos},
    function::Event,
    http::{Connection, Request, Response},
    store::StoreError,
};

const JSON: &str = "application/x-amz-json-1.0";

/// Until the client goes away; an error of the connection is its end.
pub async fn serve(bench: Rc<Bench>, mut connection: Connection) {
    let _ = converse(&bench, &mut connection).await;
}

async fn converse(bench: &Rc<Bench>, connection: &mut Connection) -> io::Result<()> {
    while let Some(request) = connection.receive().await? {
        let latency = bench.latency.get();
        let answer = if let [_, "functions", function, "invocations"] = request.segments()[..] {
            let answer = invoke(bench, function, &request);
            sleep_since(request.arrived, latency.invoke).await?;
            answer
        } else {
            // Half of the time is the way there: a value is readable before its writer knows, and a reader is told
            // what was there before.
            sleep_since(request.arrived, latency.store / 2).await?;
            let answer = operate(bench, &request);
            sleep_since(request.arrived, latency.store).await?;
            answer
        };
        connection.send(&answer).await?;
    }
    Ok(())
}

/// The event is at the next function when the caller is told so.
fn invoke(bench: &Rc<Bench>, name: &str, request: &Request) -> Response {
    let Some(function) = bench.function(name) else {
        let body = json!({"Type": "User", "Message": format!("Function not found: {name}")});
        return error(404, "ResourceNotFoundException", &body);
    };
    bench.invokes.borrow_mut().push(Invoke {
        function: name.to_owned(),
        arrived_ns: request.arrived,
        bytes: request.body.len(),
    });
    let (arrived, delay) = (request.arrived, bench.latency.get().invoke);
    let (body, trace_id) = (request.body.clone(), request.header("x-amzn-trace-id").map(str::to_owned));
    let id = format!("invoked-{arrived}");
    task::spawn_local(async move {
        let _ = sleep_since(arrived, delay).await;
        function.push(Event { id, body, trace_id, queued_ns: clock::now() });
    });
    Response::new(202, "application/json", "")
}

fn operate(bench: &Bench, request: &Request) -> Response {
    let target = request.header("x-amz-target").unwrap_or_default();
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let now = clock::now();
    let mut store = bench.store.borrow_mut();
    let result = match target.rsplit('.').next() {
        Some("PutItem") => store.put(&body, request.arrived, now),
        Some("Query") => store.query(&body, now),
        Some("BatchGetItem") => store.batch_get(&body, now),
        _ => Err(StoreError::NotKnownHere(format!("the benchmark's table does not know `{target}`"))),
    };
    match result {
        Ok(answer) => {
            let mut response = Response::new(200, JSON, answer.to_string());
            response.headers.push(("x-amzn-requestid", format!("REQUEST{now}")));
            response
        }
        Err(failure @ StoreError::ConditionFailed { .. }) => {
            let message = failure.to_string();
            let StoreError::ConditionFailed { winner } = failure else { return error(500, "", &Value::Null) };
            error(400, "ConditionalCheckFailedException", &json!({"message": message, "Item": winner}))
        }
        Err(failure @ StoreError::NotKnownHere(_)) => {
            eprintln!("{failure}: {body}");
            error(400, "ValidationException", &json!({"message": failure.to_string()}))
        }
    }
}

fn error(status: u16, name: &str, body: &Value) -> Response {
    let mut body = body.clone();
    body["__type"] = format!("com.amazonaws.dynamodb.v20120810#{name}").into();
    let mut response = Response::new(status, JSON, body.to_string());
    response.headers.push(("x-amzn-errortype", name.to_owned()));
    response
}

async fn sleep_since(start: Nanos, length: Duration) -> io::Result<()> {
    clock::sleep(length.saturating_sub(Duration::from_nanos(clock::now().saturating_sub(start)))).await
}
