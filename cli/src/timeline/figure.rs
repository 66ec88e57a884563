//! A number of several sessions, for people.

use std::fmt;

use super::{
    record::Millis,
    scale::{bytes, duration},
    summary::Spread,
};

pub struct Figure {
    pub median: String,
    /// From the smallest value to the largest, where they differ.
    pub range: Option<String>,
}

impl Figure {
    pub fn time(spread: Spread) -> Self {
        Self::new(spread, duration)
    }

    /// Of time; below zero it is a loss.
    pub fn saving(spread: Spread) -> Self {
        Self::new(spread, signed)
    }

    pub fn count(spread: Spread) -> Self {
        Self::new(spread, |count| format!("{count:.0}"))
    }

    pub fn size(spread: Spread) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was a count of bytes")]
        Self::new(spread, |count| bytes(count as u64))
    }

    fn new(spread: Spread, shown: impl Fn(f64) -> String) -> Self {
        let (median, least, most) = (shown(spread.median), shown(spread.least), shown(spread.most));
        Self { median, range: (least != most).then(|| format!("{least} to {most}")) }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.range {
            None => formatter.write_str(&self.median),
            Some(range) => write!(formatter, "{} ({range})", self.median),
        }
    }
}

fn signed(ms: Millis) -> String {
    if ms < 0.0 { format!("-{}", duration(-ms)) } else { duration(ms) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_a_range_only_where_there_is_one() {
        let spread = |least, most| Spread { median: 2.0, least, most };
        assert_eq!(Figure::count(spread(2.0, 2.0)).to_string(), "2");
        assert_eq!(Figure::saving(spread(-1500.0, 3.0)).to_string(), "2.0 ms (-1.50 s to 3.0 ms)");
        assert_eq!(Figure::size(spread(1.0, 2e6)).to_string(), "2 B (1 B to 2.0 MB)");
    }
}
