//! Until when an invocation waits for what, so that there is time left for what comes after each wait.

use std::time::Duration;

use tokio::time::Instant;

/// Kept free of an invocation's time, so that what did not come or was not acknowledged can still be reported.
const REPORT_MARGIN: Duration = Duration::from_millis(300);

/// The end of an invocation's time.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    /// When the handler waits for nothing any more: a little before the platform stops the invocation.
    pub of_handler: Instant,
    of_platform: Instant,
}

impl Deadline {
    /// Of an invocation that the platform stops after `left`.
    pub fn after(left: Duration) -> Self {
        let of_platform = Instant::now() + left;
        Self { of_handler: of_platform - REPORT_MARGIN.min(left / 4), of_platform }
    }

    /// Until when a step after the handler's end may take. A handler may end shortly before the platform's deadline: then each
    /// step has half of what is left, and the next one something, too.
    pub fn of_step(self) -> Instant {
        let now = Instant::now();
        self.of_handler.max(now + self.of_platform.saturating_duration_since(now) / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of an invocation with so much time, of which the handler has left so much: how long each may take, if
    /// those before it have taken all of theirs.
    async fn steps(time: Duration, left: Duration) -> Vec<Duration> {
        let deadline = Deadline::after(time);
        tokio::time::advance(time.saturating_sub(left)).await;
        let mut steps = Vec::new();
        for _ in 0..3 {
            let now = Instant::now();
            steps.push(deadline.of_step() - now);
            tokio::time::advance(deadline.of_step() - now).await;
        }
        steps
    }

    #[tokio::test(start_paused = true)]
    async fn each_step_leaves_time_for_the_next_one() {
        let ms = Duration::from_millis;
        for (time, left, expected) in [
            (3000, 2000, [1700, 150, 75]),
            (3000, 600, [300, 150, 75]),
            (3000, 400, [200, 100, 50]),
            (3000, 200, [100, 50, 25]),
            (800, 600, [400, 100, 50]),
            (800, 0, [0, 0, 0]),
        ] {
            assert_eq!(steps(ms(time), ms(left)).await, expected.map(ms), "{left} of {time} ms");
        }
    }
}
