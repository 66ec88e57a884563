//! A line on standard error about what takes longer than a second. It is there only where that is a terminal, and gone
//! before anything else is printed.

use std::{
    env,
    io::{self, IsTerminal, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::text::{self, clean};

/// What is over sooner needs no line.
const PATIENCE: Duration = Duration::from_secs(1);
const REDRAWN_EACH: Duration = Duration::from_millis(200);
const BAR_COLUMNS: usize = 20;
/// Back to the line's start, which is cleared.
const ERASE: &str = "\r\u{1b}[K";

/// Whether a line is on the terminal. Who prints holds it.
static IS_SHOWN: Mutex<bool> = Mutex::new(false);

/// Prints without a line in the way.
pub fn without_line<T>(print: impl FnOnce() -> T) -> T {
    let mut is_shown = IS_SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if std::mem::take(&mut *is_shown) {
        let _ = io::stderr().write_all(ERASE.as_bytes());
    }
    print()
}

/// Something that may take long, until it is dropped.
pub struct Progress {
    done: Arc<AtomicUsize>,
    /// Dropping the sender ends the thread.
    drawing: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// `steps`: how many there are, if that is known.
    pub fn start(doing: &str, steps: Option<usize>) -> Self {
        let done = Arc::new(AtomicUsize::new(0));
        let task = Task { doing: clean(doing), steps, done: Arc::clone(&done), started: Instant::now() };
        let drawing = has_terminal().then(|| {
            let (sender, ended) = mpsc::channel();
            let draw = move || {
                while ended.recv_timeout(REDRAWN_EACH) == Err(RecvTimeoutError::Timeout) {
                    task.draw();
                }
            };
            (sender, thread::spawn(draw))
        });
        Self { done, drawing }
    }

    pub fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.drawing.take() {
            drop(sender);
            let _ = thread.join();
            without_line(|| ());
        }
    }
}

fn has_terminal() -> bool {
    io::stderr().is_terminal() && env::var_os("TERM").is_none_or(|term| term != "dumb")
}

struct Task {
    doing: String,
    steps: Option<usize>,
    done: Arc<AtomicUsize>,
    started: Instant,
}

impl Task {
    fn draw(&self) {
        let Some(line) = line(&self.doing, self.done.load(Ordering::Relaxed), self.steps, self.started.elapsed())
        else {
            return;
        };
        // A line that fills the terminal may wrap, and only its last row would be cleared.
        let room = usize::from(text::columns_of(io::stderr()).unwrap_or(text::MIN_WIDTH)) - 1;
        let mut is_shown = IS_SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = text::fit_columns(&line, room);
        *is_shown = io::stderr().write_all(format!("{ERASE}{shown}").as_bytes()).is_ok();
    }
}

/// `12 s  analysing 120 of 340 ███████░░░░░░░░░░░░░`
fn line(doing: &str, done: usize, steps: Option<usize>, elapsed: Duration) -> Option<String> {
    let seconds = Some(elapsed.as_secs()).filter(|_| elapsed >= PATIENCE)?;
    let Some(steps) = steps else { return Some(format!("{seconds} s  {doing}")) };
    let full = (done * BAR_COLUMNS / steps.max(1)).min(BAR_COLUMNS);
    let bar = "█".repeat(full) + &"░".repeat(BAR_COLUMNS - full);
    Some(format!("{seconds} s  {doing} {done} of {steps} {bar}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_nothing_for_a_second_and_then_how_far_it_is() {
        let at = |millis, done, steps| line("analysing", done, steps, Duration::from_millis(millis));
        assert_eq!(at(999, 3, Some(4)), None);
        assert_eq!(at(1000, 0, None).as_deref(), Some("1 s  analysing"));
        assert_eq!(at(61_900, 3, Some(4)).as_deref(), Some("61 s  analysing 3 of 4 ███████████████░░░░░"));
        assert_eq!(at(1000, 0, Some(0)).as_deref(), Some("1 s  analysing 0 of 0 ░░░░░░░░░░░░░░░░░░░░"));
    }
}
