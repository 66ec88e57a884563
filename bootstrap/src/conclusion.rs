//! From the handler's end to what is posted, in the order that docs/guarantees.md promises: the source's stream is whole
//! (strict mode), this result is acknowledged, the run's result is recorded (checkpoint), its stream is ended (strict
//! mode). So what a strict reader has read is what its source's record says.

use std::{process::ExitStatus, sync::Arc};

use bytes::Bytes;
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};

use crate::{
    checkpoint::{self, Completed, Response},
    deadline::Deadline,
    diagnostic::{Diagnostic, Named},
    publisher::{PublishError, Publisher},
    record::Costs,
    resolver::Resolver,
    run::Run,
    store::{FieldStore, RunRecord, StoreError},
    worker::{WorkerError, protocol::Field},
};

/// How an invocation ended.
#[derive(Debug)]
pub enum Outcome {
    Response(Response),
    Error(Diagnostic),
    /// The worker process ended; its environment ends with it, as under AWS's runtime.
    Exited(ExitStatus),
}

/// How the handler ended, before anything is flushed.
pub enum Ended {
    Returned { content_type: String, body: Bytes, late: Vec<Field> },
    Raised { document: Bytes, xray_cause: String },
    Exited(ExitStatus),
}

/// What stands between a result and a success, beside the result itself.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("whether this run has completed before cannot be read (UNUM_CHECKPOINT): {0}")]
    Unreadable(StoreError),
    #[error("the result cannot be recorded (UNUM_CHECKPOINT): {0}")]
    Unrecorded(StoreError),
    #[error("item `!result` of `{partition}` holds no result (UNUM_CHECKPOINT): delete it")]
    Damaged { partition: String },
    #[error(
        "the field store did not answer about this run's result (UNUM_CHECKPOINT) before this function's time ran out"
    )]
    RecordTime,
    #[error("the result is held back (UNUM_STRICT): {0}")]
    Source(String),
}

/// Where a run's result is recorded.
pub struct Checkpoint {
    pub store: Arc<dyn FieldStore>,
    pub run: Run,
}

impl Checkpoint {
    /// What earlier attempts have left.
    pub async fn read(&self, deadline: Instant) -> Result<RunRecord, RunError> {
        match timeout_at(deadline, self.store.run_record(&self.run.partition)).await {
            Ok(record) => record.map_err(RunError::Unreadable),
            Err(_) => Err(RunError::RecordTime),
        }
    }

    pub fn decode(&self, recorded: &str) -> Result<Completed, RunError> {
        checkpoint::decode(recorded).ok_or_else(|| RunError::Damaged { partition: self.run.partition.clone() })
    }

    /// The result that counts for this run: the one that was recorded first.
    async fn record(&self, completed: Completed, deadline: Instant, costs: &mut Costs) -> Result<Completed, RunError> {
        let result = checkpoint::encode(&completed);
        let recorded = match timeout_at(deadline, self.store.record_result(&self.run.partition, &result)).await {
            Ok(recorded) => recorded.map_err(RunError::Unrecorded)?,
            Err(_) => return Err(RunError::RecordTime),
        };
        *costs += recorded.costs;
        recorded.before.map_or(Ok(completed), |first| self.decode(&first))
    }
}

/// What turns the end of a handler into an outcome.
pub struct Conclusion<'a> {
    pub publisher: &'a mut Publisher,
    /// The source whose stream must be whole first.
    pub awaited: Option<&'a mut Resolver>,
    pub checkpoint: Option<&'a Checkpoint>,
    pub request_id: &'a str,
    pub deadline: Deadline,
}

impl Conclusion<'_> {
    pub async fn of(mut self, ended: Ended) -> Outcome {
        match ended {
            Ended::Returned { content_type, body, late } => {
                self.returned(Response { content_type, body }, late).await.unwrap_or_else(Outcome::Error)
            }
            Ended::Raised { document, xray_cause } => {
                self.settle(&cause(&document)).await;
                Outcome::Error(Diagnostic { document: document.into(), xray_cause: Some(xray_cause) })
            }
            Ended::Exited(status) => {
                self.settle(&format!("its process ended: {status}")).await;
                Outcome::Exited(status)
            }
        }
    }

    /// The channel to the worker broke, and how the handler ended is not known.
    pub async fn lost(mut self, error: &WorkerError) {
        self.settle(&format!("{}: {error}", error.error_type())).await;
    }

    async fn returned(&mut self, response: Response, late: Vec<Field>) -> Result<Outcome, Diagnostic> {
        if let Some(source) = &mut self.awaited
            && let Err(unavailable) = tokio::select! {
                confirmed = source.confirm(self.deadline.of_step()) => confirmed,
                never = self.publisher.go_on_writing() => match never {},
            }
        {
            let error = RunError::Source(unavailable.message);
            self.settle(&error.to_string()).await;
            return Err(failure(&error, self.request_id));
        }
        self.publisher.finish_result(&response.body, late);
        self.flush().await.map_err(|error| failure(&error, self.request_id))?;
        let own = Completed { response, stream: self.publisher.stream().to_owned() };
        let counted = match self.checkpoint {
            Some(checkpoint) => {
                match checkpoint.record(own, self.deadline.of_step(), &mut self.publisher.deliveries.costs).await {
                    Ok(counted) => counted,
                    Err(error) => {
                        // Whoever reads this stream in strict mode is not to wait for an end that does not come.
                        self.settle(&error.to_string()).await;
                        return Err(failure(&error, self.request_id));
                    }
                }
            }
            None => own,
        };
        self.publisher.end_streams(&counted.stream);
        self.flush().await.map_err(|error| failure(&error, self.request_id))?;
        Ok(Outcome::Response(counted.response))
    }

    /// Of a run that has completed before. Its attempt may have come no further than to its record, so the end of its
    /// stream is written again.
    pub async fn again(mut self, completed: Completed) -> Outcome {
        self.publisher.end_streams(&completed.stream);
        match self.flush().await {
            Ok(()) => Outcome::Response(completed.response),
            Err(error) => Outcome::Error(failure(&error, self.request_id)),
        }
    }

    async fn flush(&mut self) -> Result<(), PublishError> {
        self.publisher.flush(self.deadline).await
    }

    /// After a failure: readers of what was published learn why the rest will not come.
    async fn settle(&mut self, cause: &str) {
        if let Err(error) = self.publisher.flush_failed(cause, self.deadline).await {
            tracing::error!("{error}");
        }
    }
}

pub fn failure(error: &(impl Named + 'static), request_id: &str) -> Diagnostic {
    tracing::error!("{error}");
    Diagnostic::new(error, request_id)
}

/// `Type: message` from an error document.
fn cause(document: &[u8]) -> String {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Document {
        error_type: String,
        error_message: String,
    }
    match serde_json::from_slice::<Document>(document) {
        Ok(document) => format!("{}: {}", document.error_type, document.error_message),
        Err(_) => "it raised an exception".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        next::recording::RecordingNext,
        publisher::tests::{STREAM, field, outlet, soon},
        resolver,
        store::{End, memory::MemoryStore},
    };

    fn response(body: &'static str) -> Response {
        Response { content_type: "application/json".to_owned(), body: Bytes::from_static(body.as_bytes()) }
    }

    #[tokio::test]
    async fn the_result_that_was_recorded_first_counts() {
        let run = Run { id: "r".to_owned(), partition: "run/A/r".to_owned() };
        let of = |body| Completed { response: response(body), stream: "s/A/1".to_owned() };
        let checkpoint = Checkpoint { store: Arc::new(MemoryStore::default()), run };
        let deadline = Instant::now() + Duration::from_mins(1);
        for second in ["1", "2"] {
            let mut costs = Costs::default();
            let counted = checkpoint.record(of(second), deadline, &mut costs).await.unwrap();
            assert_eq!((counted, costs.writes), (of("1"), 1));
        }
        let record = checkpoint.read(deadline).await.unwrap();
        assert_eq!(checkpoint.decode(&record.result.unwrap()).unwrap(), of("1"));
    }

    /// Of an invocation that has nothing left but the time for reporting, what its readers are told.
    async fn told(ended: Ended) -> Option<String> {
        let run = outlet(None, &RecordingNext::default(), &["B"]).run;
        let store = MemoryStore {
            write_latency: Duration::from_millis(50),
            unanswered: [run.partition].into(),
            ..MemoryStore::default()
        };
        let outlet = outlet(Some(&store), &RecordingNext::default(), &["B"]);
        let checkpoint = Checkpoint { store: Arc::new(store.clone()), run: outlet.run.clone() };
        let mut publisher = Publisher::with_record(outlet, &RunRecord::default());
        publisher.publish(vec![field("a", "1")]);
        publisher.flush(soon()).await.unwrap();
        let deadline = soon();
        tokio::time::advance(deadline.of_handler - Instant::now()).await;
        let conclusion = Conclusion {
            publisher: &mut publisher,
            awaited: None,
            checkpoint: Some(&checkpoint),
            request_id: "r",
            deadline,
        };
        assert!(matches!(conclusion.of(ended).await, Outcome::Error(_)));
        store.failure(STREAM)
    }

    /// In strict mode a source may go on for long after the handler's end.
    #[tokio::test(start_paused = true)]
    async fn fields_are_stored_while_the_source_is_waited_for() {
        let store = MemoryStore { write_latency: Duration::from_millis(100), ..MemoryStore::default() };
        let outlet = outlet(Some(&store), &RecordingNext::default(), &["B"]);
        let mut publisher = Publisher::with_record(outlet, &RunRecord::default());
        let names: Vec<String> = (0..40).map(|number| format!("f{number}")).collect();
        for name in &names {
            publisher.publish(vec![field(name, "1")]);
        }
        let mut source = resolver::tests::resolver(&store, Duration::from_mins(5), None);
        let deadline = Deadline::after(Duration::from_mins(10));
        let conclusion = Conclusion {
            publisher: &mut publisher,
            awaited: Some(&mut source),
            checkpoint: None,
            request_id: "r",
            deadline,
        };
        let Response { content_type, body } = response("{}");
        let ended = conclusion.of(Ended::Returned { content_type, body, late: Vec::new() });
        let _ = tokio::time::timeout(Duration::from_secs(1), ended).await.unwrap_err();
        assert!(names[1..].iter().all(|name| store.value(STREAM, name).is_some()));
    }

    /// A strict run with a checkpoint that ends when so much of its 3 s is left: what it comes to, and how long that takes.
    async fn ended_late(store: &MemoryStore, next: &RecordingNext, left: Duration) -> (Outcome, Duration) {
        let source = MemoryStore::default();
        source.end(STREAM, End::Complete).await.unwrap();
        let mut outlet = outlet(Some(store), next, &["B"]);
        outlet.envelope.end = true;
        let checkpoint = Checkpoint { store: Arc::new(store.clone()), run: outlet.run.clone() };
        let mut publisher = Publisher::with_record(outlet, &RunRecord::default());
        let time = Duration::from_secs(3);
        let deadline = Deadline::after(time);
        tokio::time::advance(time.saturating_sub(left)).await;
        let begun = Instant::now();
        publisher.publish(vec![field("a", "1")]);
        let conclusion = Conclusion {
            publisher: &mut publisher,
            awaited: Some(&mut resolver::tests::resolver(&source, Duration::from_mins(1), None)),
            checkpoint: Some(&checkpoint),
            request_id: "r",
            deadline,
        };
        let Response { content_type, body } = response(r#"{"a": 1, "b": 2}"#);
        let outcome = conclusion.of(Ended::Returned { content_type, body, late: vec![field("b", "2")] }).await;
        (outcome, begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_returned_shortly_before_the_deadline_is_acknowledged() {
        for left in [300, 250, 100] {
            let (store, next) = (MemoryStore::default(), RecordingNext::default());
            let store = MemoryStore { write_latency: Duration::from_millis(10), ..store };
            let (outcome, took) = ended_late(&store, &next, Duration::from_millis(left)).await;
            assert!(matches!(outcome, Outcome::Response(_)), "{left} ms: {outcome:?}");
            assert_eq!((took, next.invoked.lock().unwrap().len()), (Duration::from_millis(30), 1));
            assert_eq!((store.value(STREAM, "b").as_deref(), store.end_of(STREAM)), (Some("2"), Some(End::Complete)));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_acknowledged_shortly_before_the_deadline_is_told_in_time() {
        for left in [300, 250, 100].map(Duration::from_millis) {
            let store = MemoryStore { unanswered: ["b".to_owned()].into(), ..MemoryStore::default() };
            let store = MemoryStore { write_latency: Duration::from_millis(10), ..store };
            let (outcome, took) = ended_late(&store, &RecordingNext::default(), left).await;
            assert!(matches!(outcome, Outcome::Error(_)) && took < left, "{took:?} of {left:?}: {outcome:?}");
            assert!(store.failure(STREAM).unwrap().starts_with("Unum.OutOfTime: "));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn readers_learn_the_cause_when_the_time_is_up() {
        let document = Bytes::from_static(br#"{"errorType": "StreamingTimeoutError", "errorMessage": "it is late"}"#);
        let raised = told(Ended::Raised { document, xray_cause: String::new() }).await;
        assert_eq!(raised.as_deref(), Some("StreamingTimeoutError: it is late"));
        let Response { content_type, body } = response(r#"{"a": 1, "b": 2}"#);
        let returned = told(Ended::Returned { content_type, body, late: Vec::new() }).await;
        assert_eq!(returned, Some(RunError::RecordTime.to_string()));
    }

    #[tokio::test(start_paused = true)]
    async fn readers_get_the_beginning_of_a_long_cause() {
        let message = "é".repeat(300_000);
        let document = format!(r#"{{"errorType": "ValueError", "errorMessage": "bad: {message}"}}"#);
        let cause = told(Ended::Raised { document: document.into(), xray_cause: String::new() }).await.unwrap();
        assert!(cause.starts_with("ValueError: bad: éé") && cause.ends_with("é…") && cause.len() <= 4096);
    }
}
