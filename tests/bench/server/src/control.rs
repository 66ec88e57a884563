//! What `stub.py` asks for.
//!
//! | request | body | answer |
//! |---|---|---|
//! | `POST /latency` | `{"store_ms", "invoke_ms"}` | `{}` |
//! | `POST /functions` | `{"name", "sink"}` | `{"port"}` of its Runtime API; none for a sink |
//! | `GET /ready/NAME/N` | | `{"polls"}`: when `/next` was asked, once N environments wait there |
//! | `POST /events/NAME` | the event | `{"id"}` |
//! | `GET /invocations/NAME/N` | | takes the invocations that are over, once there are N |
//! | `POST /rounds` | `{"functions", "rounds", "event"}` | nanoseconds of each invocation, by function |
//! | `POST /field` | `{"stream", "field", "value", "readable_ns"}` | `{}` |
//! | `GET /log` | | takes what store and Invoke were asked, and empties the store |

use std::{collections::HashMap, io, rc::Rc, time::Duration};

use bytes::Bytes;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    Bench, Latency,
    clock::{self, Nanos},
    function::{Event, Function},
    http::{Connection, Request, Response},
    listen, runtime_api,
    store::Store,
};

#[derive(Debug, thiserror::Error)]
enum ControlError {
    #[error("there is no `{0} {1}` here")]
    NoSuchRequest(String, String),
    #[error("there is no function `{0}`")]
    NoSuchFunction(String),
    #[error(transparent)]
    Body(#[from] serde_json::Error),
    #[error(transparent)]
    Number(#[from] std::num::ParseIntError),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("the function did not start: {0}")]
    Init(String),
    #[error("an invocation of `{0}` failed: {1}")]
    Failed(String, String),
}

#[derive(Deserialize)]
struct SetLatency {
    store_ms: f64,
    invoke_ms: f64,
}

#[derive(Deserialize)]
struct NewFunction {
    name: String,
    #[serde(default)]
    sink: bool,
}

#[derive(Deserialize)]
struct InTurns {
    functions: Vec<String>,
    rounds: usize,
    event: String,
}

#[derive(Deserialize)]
struct Appearance {
    stream: String,
    field: String,
    value: String,
    readable_ns: Nanos,
}

pub async fn serve(bench: Rc<Bench>, mut connection: Connection) {
    while let Ok(Some(request)) = connection.receive().await {
        let answer = match answer(&bench, &request).await {
            Ok(answer) => Response::json(200, &answer),
            Err(error) => Response::json(400, &json!({"error": error.to_string()})),
        };
        if connection.send(&answer).await.is_err() {
            return;
        }
    }
}

async fn answer(bench: &Rc<Bench>, request: &Request) -> Result<Value, ControlError> {
    match (request.method.as_str(), &request.segments()[..]) {
        ("POST", ["latency"]) => {
            set_latency(bench, &parse(request)?);
            Ok(json!({}))
        }
        ("POST", ["functions"]) => new_function(bench, parse(request)?).await,
        ("GET", ["ready", name, count]) => {
            let function = named(bench, name)?;
            function.ready(count.parse()?).await.map_err(ControlError::Init)?;
            Ok(json!({"polls": function.polls()}))
        }
        ("POST", ["events", name]) => Ok(json!({"id": push(&*named(bench, name)?, request.body.clone())})),
        ("GET", ["invocations", name, count]) => {
            let done = named(bench, name)?.take_done(count.parse()?).await.map_err(ControlError::Init)?;
            Ok(json!({"invocations": done}))
        }
        ("POST", ["rounds"]) => rounds(bench, parse(request)?).await,
        ("POST", ["field"]) => {
            let Appearance { stream, field, value, readable_ns } = parse(request)?;
            bench.store.borrow_mut().place(&stream, &field, &value, readable_ns);
            Ok(json!({}))
        }
        ("GET", ["log"]) => {
            let Store { writes, reads, .. } = bench.store.take();
            Ok(json!({"writes": writes, "reads": reads, "invokes": bench.invokes.take()}))
        }
        _ => Err(ControlError::NoSuchRequest(request.method.clone(), request.path.clone())),
    }
}

fn parse<T: DeserializeOwned>(request: &Request) -> Result<T, ControlError> {
    Ok(serde_json::from_slice(&request.body)?)
}

fn named(bench: &Bench, name: &str) -> Result<Rc<Function>, ControlError> {
    bench.function(name).ok_or_else(|| ControlError::NoSuchFunction(name.to_owned()))
}

fn set_latency(bench: &Bench, latency: &SetLatency) {
    let milliseconds = |ms: f64| Duration::from_secs_f64(ms / 1000.0);
    bench.latency.set(Latency { store: milliseconds(latency.store_ms), invoke: milliseconds(latency.invoke_ms) });
}

async fn new_function(bench: &Bench, NewFunction { name, sink }: NewFunction) -> Result<Value, ControlError> {
    let function = Rc::new(if sink { Function::sink() } else { Function::default() });
    bench.functions.borrow_mut().insert(name.clone(), Rc::clone(&function));
    if sink {
        return Ok(json!({"port": null}));
    }
    let port = listen(move |connection| runtime_api::serve(name.clone(), Rc::clone(&function), connection)).await?;
    Ok(json!({"port": port}))
}

/// One invocation of each function in turn, so that whatever else the machine does meets all of them alike. Each starts
/// when the one before waits for its next event again.
async fn rounds(bench: &Bench, InTurns { functions, rounds, event }: InTurns) -> Result<Value, ControlError> {
    let event = Bytes::from(event);
    let named: Vec<_> = functions.iter().map(|name| named(bench, name)).collect::<Result<_, _>>()?;
    let mut latencies: HashMap<&str, Vec<Nanos>> = HashMap::new();
    for _ in 0..rounds {
        for (name, function) in functions.iter().zip(&named) {
            function.ready(1).await.map_err(ControlError::Init)?;
            push(function, event.clone());
            for invocation in function.take_done(1).await.map_err(ControlError::Init)? {
                if invocation.failed {
                    return Err(ControlError::Failed(name.clone(), invocation.body.unwrap_or_default()));
                }
                latencies.entry(name).or_default().push(invocation.answered_ns - invocation.handed_ns);
            }
            function.ready(1).await.map_err(ControlError::Init)?;
        }
    }
    Ok(json!(latencies))
}

fn push(function: &Function, body: Bytes) -> String {
    let queued_ns = clock::now();
    let id = format!("event-{queued_ns}");
    let trace_id = Some(format!("Root=1-00000000-{queued_ns:024x};Sampled=0"));
    function.push(Event { id: id.clone(), body, trace_id, queued_ns });
    id
}
