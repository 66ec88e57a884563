//! Next's twin for tests: keeps what it was asked for.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use super::{Next, NextError, Pending};

#[derive(Debug, Default, Clone)]
pub struct RecordingNext {
    pub invoked: Arc<Mutex<Vec<(String, String)>>>,
    /// Functions that do not exist.
    pub missing: HashSet<String>,
}

impl Next for RecordingNext {
    fn invoke(&self, function: &str, payload: Vec<u8>, _trace_id: Option<&str>) -> Pending {
        let (next, function) = (self.clone(), function.to_owned());
        Box::pin(async move {
            if next.missing.contains(&function) {
                return Err(NextError { function, cause: "there is no such function".to_owned() });
            }
            next.invoked.lock().unwrap().push((function, String::from_utf8(payload).unwrap()));
            Ok(())
        })
    }
}
