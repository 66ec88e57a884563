//! One function: the events that wait for it, the environments that wait for events, and when each was answered.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, VecDeque},
};

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::Notify;

use crate::clock::Nanos;

/// A longer response is only counted.
const MAX_KEPT_BYTES: usize = 64 * 1024;

pub struct Event {
    pub id: String,
    pub body: Bytes,
    pub trace_id: Option<String>,
    pub queued_ns: Nanos,
}

/// One invocation, from its event to its answer.
#[derive(Debug, Clone, Serialize)]
pub struct Invocation {
    pub id: String,
    pub queued_ns: Nanos,
    /// Just before the first byte of the answer to `/next` was written.
    pub handed_ns: Nanos,
    /// When the last byte of the response had come.
    pub answered_ns: Nanos,
    /// Answered at `/error`.
    pub failed: bool,
    pub bytes: usize,
    pub body: Option<String>,
}

#[derive(Default)]
pub struct Function {
    /// Events are counted and dropped: no environment runs.
    pub is_sink: bool,
    queue: RefCell<VecDeque<Event>>,
    queued: Notify,
    /// How many environments wait at `/next`.
    waiting: Cell<usize>,
    /// When `/next` was asked.
    polls: RefCell<Vec<Nanos>>,
    running: RefCell<HashMap<String, (Nanos, Nanos)>>,
    done: RefCell<Vec<Invocation>>,
    init_error: RefCell<Option<String>>,
    changed: Notify,
}

impl Function {
    pub fn sink() -> Self {
        Self { is_sink: true, ..Self::default() }
    }

    pub fn push(&self, event: Event) {
        if self.is_sink {
            return;
        }
        self.queue.borrow_mut().push_back(event);
        self.queued.notify_one();
    }

    /// An environment waits here for its next event. Cancel safe.
    pub async fn next(&self, asked: Nanos) -> Event {
        self.polls.borrow_mut().push(asked);
        let _waiting = Waiting::new(self);
        loop {
            if let Some(event) = self.queue.borrow_mut().pop_front() {
                return event;
            }
            self.queued.notified().await;
        }
    }

    pub fn handed(&self, event: &Event, at: Nanos) {
        self.running.borrow_mut().insert(event.id.clone(), (event.queued_ns, at));
    }

    /// False for an id that is not running.
    pub fn answered(&self, id: &str, failed: bool, body: &[u8], at: Nanos) -> bool {
        let Some((queued_ns, handed_ns)) = self.running.borrow_mut().remove(id) else { return false };
        let kept = body.len() <= MAX_KEPT_BYTES;
        self.done.borrow_mut().push(Invocation {
            id: id.to_owned(),
            queued_ns,
            handed_ns,
            answered_ns: at,
            failed,
            bytes: body.len(),
            body: kept.then(|| String::from_utf8_lossy(body).into_owned()),
        });
        self.changed.notify_waiters();
        true
    }

    pub fn failed_to_start(&self, document: &[u8]) {
        *self.init_error.borrow_mut() = Some(String::from_utf8_lossy(document).into_owned());
        self.changed.notify_waiters();
    }

    /// Waits until so many environments wait for events. An init error is one here.
    pub async fn ready(&self, environments: usize) -> Result<(), String> {
        self.until(|| self.waiting.get() >= environments).await
    }

    /// When each `/next` was asked.
    pub fn polls(&self) -> Vec<Nanos> {
        self.polls.borrow().clone()
    }

    /// Waits until so many invocations are over, and takes them.
    pub async fn take_done(&self, count: usize) -> Result<Vec<Invocation>, String> {
        self.until(|| self.done.borrow().len() >= count).await?;
        Ok(std::mem::take(&mut self.done.borrow_mut()))
    }

    async fn until(&self, holds: impl Fn() -> bool) -> Result<(), String> {
        loop {
            let changed = self.changed.notified();
            if let Some(document) = self.init_error.borrow().as_ref() {
                return Err(document.clone());
            }
            if holds() {
                return Ok(());
            }
            changed.await;
        }
    }
}

/// Counts an environment for as long as it waits.
struct Waiting<'a>(&'a Function);

impl<'a> Waiting<'a> {
    fn new(function: &'a Function) -> Self {
        function.waiting.set(function.waiting.get() + 1);
        function.changed.notify_waiters();
        Self(function)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.set(self.0.waiting.get() - 1);
    }
}
