//! Stands for Lambda and DynamoDB while the benchmarks run: small, on one thread, with latencies that can be set.
//!
//! Each function has a Runtime API on a port of its own; `Invoke` hands its event to another function's. Whatever is
//! measured gets its time here, where the bytes arrive, so that nobody's client is in the figures. `stub.py` drives it
//! through the control port. It ends with its standard input.

mod aws;
mod clock;
mod control;
mod function;
mod http;
mod runtime_api;
mod store;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    io,
    rc::Rc,
    time::Duration,
};

use serde_json::json;
use tokio::{
    net::{TcpListener, TcpStream},
    task::{self, LocalSet},
};

use clock::Nanos;
use function::Function;
use http::Connection;
use store::Store;

/// From a request to its answer.
#[derive(Debug, Default, Clone, Copy)]
struct Latency {
    store: Duration,
    invoke: Duration,
}

/// One call of `Invoke`.
#[derive(Debug, serde::Serialize)]
struct Invoke {
    function: String,
    arrived_ns: Nanos,
    bytes: usize,
}

/// What the ports share.
#[derive(Default)]
struct Bench {
    latency: Cell<Latency>,
    store: RefCell<Store>,
    functions: RefCell<HashMap<String, Rc<Function>>>,
    invokes: RefCell<Vec<Invoke>>,
}

impl Bench {
    fn function(&self, name: &str) -> Option<Rc<Function>> {
        self.functions.borrow().get(name).cloned()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    LocalSet::new().run_until(serve()).await
}

async fn serve() -> io::Result<()> {
    let bench = Rc::new(Bench::default());
    let shared = Rc::clone(&bench);
    let control = listen(move |connection| control::serve(Rc::clone(&shared), connection)).await?;
    let aws = listen(move |connection| aws::serve(Rc::clone(&bench), connection)).await?;
    println!("{}", json!({"control": control, "aws": aws}));
    // Whoever started this process has gone when its input ends.
    task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink())).await??;
    Ok(())
}

/// Serves each connection by a task of its own; returns the port, on the loopback interface.
async fn listen<F: Future<Output = ()> + 'static>(serve: impl Fn(Connection) -> F + 'static) -> io::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    task::spawn_local(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(connection) = prepare(stream) {
                task::spawn_local(serve(connection));
            }
        }
    });
    Ok(port)
}

fn prepare(stream: TcpStream) -> io::Result<Connection> {
    stream.set_nodelay(true)?;
    Ok(Connection::new(stream))
}
