//! Panics and hangs: what the transformer keeps to itself, and what it cannot tell.

use std::{
    panic, process,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// Exit status after a question that took too long.
const HUNG: i32 = 3;
const LONGEST: Duration = Duration::from_secs(20);

#[derive(Default)]
struct State {
    begun: Option<Instant>,
    panicked: Option<String>,
}

pub struct Watch(Arc<Mutex<State>>);

impl Watch {
    /// Notes where a panic happens, and ends the process when a question takes too long.
    pub fn start() -> Self {
        let watch = Self(Arc::default());
        let hook = Self(Arc::clone(&watch.0));
        panic::set_hook(Box::new(move |panic| hook.with(|state| state.panicked = Some(panic.to_string()))));
        let timer = Self(Arc::clone(&watch.0));
        thread::spawn(move || {
            loop {
                thread::sleep(Duration::from_millis(500));
                if timer.with(|state| state.begun.is_some_and(|begun| begun.elapsed() > LONGEST)) {
                    process::exit(HUNG);
                }
            }
        });
        watch
    }

    pub fn begin(&self) {
        self.with(|state| state.begun = Some(Instant::now()));
    }

    pub fn end(&self) {
        self.with(|state| state.begun = None);
    }

    /// Since it was asked last.
    pub fn panicked(&self) -> Option<String> {
        self.with(|state| state.panicked.take())
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
