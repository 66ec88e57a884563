//! `CLOCK_MONOTONIC`, Python's `time.monotonic_ns()`: times of this process and of the functions compare.

use std::{io, time::Duration};

use rustix::{
    fd::OwnedFd,
    time::{
        ClockId, Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, clock_gettime, timerfd_create,
        timerfd_settime,
    },
};
use tokio::io::unix::AsyncFd;

/// Nanoseconds since an arbitrary point that all processes share.
pub type Nanos = u64;

pub fn now() -> Nanos {
    let time = clock_gettime(ClockId::Monotonic);
    let part = |number: i64| u64::try_from(number).unwrap_or_default();
    part(time.tv_sec) * 1_000_000_000 + part(time.tv_nsec)
}

/// Sleeps to a few microseconds; tokio's own timers count in whole milliseconds.
#[allow(deprecated, reason = "`new` is unsound for what may lose its descriptor meanwhile; an `OwnedFd` keeps it")]
pub async fn sleep(duration: Duration) -> io::Result<()> {
    if duration.is_zero() {
        return Ok(());
    }
    let timer: OwnedFd = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
    let once = Itimerspec {
        it_interval: Timespec { tv_sec: 0, tv_nsec: 0 },
        it_value: Timespec {
            tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(duration.subsec_nanos()),
        },
    };
    timerfd_settime(&timer, TimerfdTimerFlags::empty(), &once)?;
    AsyncFd::new(timer)?.readable().await.map(drop)
}
