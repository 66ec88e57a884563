//! Times and sizes for people: durations, bytes, round ticks of an axis.

use super::record::Millis;

const SECOND: Millis = 1000.0;
const MINUTE: Millis = 60.0 * SECOND;
const HOUR: Millis = 60.0 * MINUTE;

/// Distances between two ticks, in milliseconds.
const STEPS: [Millis; 33] = [
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, SECOND, 2e3, 5e3, 10e3,
    15e3, 30e3, MINUTE, 120e3, 300e3, 600e3, 900e3, 1800e3, HOUR, 7200e3, 10_800e3, 21_600e3, 43_200e3, 86_400e3,
];

#[derive(Debug, PartialEq)]
pub struct Tick {
    pub at: Millis,
    pub label: String,
}

/// Round ticks from 0 to `span`, at most `most` steps apart.
pub fn ticks(span: Millis, most: f64) -> Vec<Tick> {
    let fits = |step: &Millis| span / step <= most;
    let mut step = STEPS.into_iter().find(fits).unwrap_or(STEPS[STEPS.len() - 1]);
    while !fits(&step) {
        step *= 2.0;
    }
    let (unit, name) = match step {
        _ if step >= HOUR => (HOUR, "h"),
        _ if step >= MINUTE => (MINUTE, "min"),
        _ if span >= SECOND => (SECOND, "s"),
        _ => (1.0, "ms"),
    };
    let mut ticks = Vec::new();
    let mut number = 0_u32;
    loop {
        let at = f64::from(number) * step;
        if at > span {
            return ticks;
        }
        // Hides what binary fractions add: 3 × 0.1 is not 0.3.
        let value = (at / unit * 1e6).round() / 1e6;
        ticks.push(Tick { at, label: if number == 0 { "0".to_owned() } else { format!("{value} {name}") } });
        number += 1;
    }
}

/// At most seven characters up to a day: `0.4 ms`, `812 ms`, `3.42 s`, `14m 03s`.
pub fn duration(ms: Millis) -> String {
    let seconds = ms / SECOND;
    match ms {
        _ if ms < 9.95 => format!("{ms:.1} ms"),
        _ if ms < 999.5 => format!("{ms:.0} ms"),
        _ if seconds < 9.995 => format!("{seconds:.2} s"),
        _ if seconds < 59.95 => format!("{seconds:.1} s"),
        _ if seconds < 3599.5 => {
            let seconds = seconds.round();
            format!("{}m {:02}s", (seconds / 60.0).floor(), seconds % 60.0)
        }
        _ => {
            let minutes = (seconds / 60.0).round();
            format!("{}h {:02}m", (minutes / 60.0).floor(), minutes % 60.0)
        }
    }
}

pub fn bytes(count: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let amount = count as f64;
    match count {
        0..1000 => format!("{count} B"),
        1000..1_000_000 => format!("{:.1} kB", amount / 1e3),
        _ => format!("{:.1} MB", amount / 1e6),
    }
}

/// `1 field`, `2 fields`.
pub fn counted(count: impl TryInto<u64>, noun: &str) -> String {
    match count.try_into() {
        Ok(1) => format!("1 {noun}"),
        Ok(count) => format!("{count} {noun}s"),
        Err(_) => format!("many {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        for (ms, text) in [
            (0.0, "0.0 ms"),
            (2.04, "2.0 ms"),
            (9.96, "10 ms"),
            (999.6, "1.00 s"),
            (3421.0, "3.42 s"),
            (9996.0, "10.0 s"),
            (59_960.0, "1m 00s"),
            (843_000.0, "14m 03s"),
            (3_599_600.0, "1h 00m"),
            (86_000_000.0, "23h 53m"),
        ] {
            assert_eq!(duration(ms), text);
            assert!(text.len() <= 7);
        }
    }

    #[test]
    fn ticks_are_round() {
        let labels = |span, most| ticks(span, most).into_iter().map(|tick| tick.label).collect::<Vec<_>>().join(" | ");
        assert_eq!(labels(2.0, 8.0), "0 | 0.5 ms | 1 ms | 1.5 ms | 2 ms");
        assert_eq!(labels(1300.0, 8.0), "0 | 0.2 s | 0.4 s | 0.6 s | 0.8 s | 1 s | 1.2 s");
        assert_eq!(labels(9_300.0, 5.0), "0 | 2 s | 4 s | 6 s | 8 s");
        assert_eq!(labels(900_000.0, 6.0), "0 | 5 min | 10 min | 15 min");
        assert_eq!(labels(0.0, 6.0), "0");
    }

    #[test]
    fn ticks_end_for_any_span() {
        for span in [0.0, 1e-9, 1e-3, 1.0, 1e6, 1e9, 1e15] {
            assert!((1..=9).contains(&ticks(span, 8.0).len()), "{span}");
        }
    }
}
