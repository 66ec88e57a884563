//! When a field comes, as far as the times tell at which it came before, and when to look for it.
//!
//! The rate at which a field comes that is not there yet is its hazard h. Where the looks are g seconds apart, its lag is
//! g / 2 on average, and each look costs as much as some lag, λ: together that is least with g = √(2 λ / h).

use std::ops::Range;

/// Seconds of lag that one look is worth, where more than enough of them are left.
const LOOK: f64 = 0.000_15;
/// So many looks are kept for a field that comes later than it ever did, and of the last ones so much of what is left.
const KEPT: f64 = 6.0;
const KEPT_SHARE: f64 = 0.9;
/// So far around a time at which a field came once may it come the next time, as a share of that time; less with each
/// time that is known.
const SPREAD: f64 = 0.15;
/// Seconds; clocks and timers are no better.
const LEAST_SPREAD: f64 = 0.002;
/// About when a field comes of which nothing is known.
const UNKNOWN: f64 = 0.02;
/// How long into a wait the looks must last at least where nothing is known, or no longer.
const LEAST_HORIZON: f64 = 1.0;
/// A step of the integral, as a share of a look and in seconds.
const STEP: f64 = 0.25;
const LONGEST_STEP: f64 = 0.025;

/// In seconds from an origin that all times share.
#[derive(Debug)]
pub(super) struct Expectation {
    /// One for each time at which the field came, all as likely.
    kernels: Vec<Kernel>,
    /// How likely each of them is.
    weight: f64,
    /// Where the integral is taken: around each kernel, in order.
    nodes: Vec<f64>,
    /// How likely it is that the field comes at quite another time, and about how long it takes then.
    surprise: f64,
    scale: f64,
}

/// Times around one at which the field came: Student's distribution with two degrees of freedom, for its tails are heavy and
/// its integral is an easy one.
#[derive(Debug)]
struct Kernel {
    center: f64,
    spread: f64,
}

/// That a field is not there yet at some time, and the density of its coming then.
#[derive(Clone, Copy)]
struct Chance {
    missing: f64,
    density: f64,
}

impl Default for Expectation {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl Expectation {
    /// Of a field that came between these times, the times before.
    pub fn new(arrivals: &[Range<f64>]) -> Self {
        let centers: Vec<f64> = arrivals.iter().map(|seen| f64::midpoint(seen.start, seen.end)).collect();
        let count = count(centers.len());
        let kernel = |(seen, center): (&Range<f64>, &f64)| {
            let learned = (SPREAD * center / count).max((seen.end - seen.start) / 2.0).max(LEAST_SPREAD);
            let spread = (neighbour(&centers, *center) / 2.0).min(center / 3.0).max(learned);
            Kernel { center: *center, spread }
        };
        let kernels: Vec<_> = arrivals.iter().zip(&centers).map(kernel).collect();
        let mut nodes: Vec<f64> = kernels.iter().flat_map(Kernel::nodes).collect();
        nodes.sort_unstable_by(f64::total_cmp);
        // As for the next of so many values to be greater than all of them.
        let surprise = 1.0 / (count + 1.0);
        Self {
            weight: (1.0 - surprise) / count.max(1.0),
            scale: (centers.iter().sum::<f64>() / count.max(1.0)).max(UNKNOWN),
            kernels,
            nodes,
            surprise,
        }
    }

    /// The seconds, `longest` at most, from `now` until the next look of somebody who has `waited` so long; `looks_by` tells
    /// how many may be made until a time.
    pub fn until_next(&self, now: f64, waited: f64, longest: f64, looks_by: impl Fn(f64) -> u32) -> f64 {
        let each = 1.0 / self.price(now, waited, looks_by).sqrt();
        let (mut at, mut sum) = (now, 0.0);
        let mut rate = self.urgency(at) * each;
        while at < now + longest {
            let step = (STEP / rate).min(LONGEST_STEP);
            let later = self.urgency(at + step) * each;
            let more = f64::midpoint(rate, later) * step;
            if sum + more >= 1.0 {
                return (at + step * (1.0 - sum) / more - now).min(longest);
            }
            (at, sum, rate) = (at + step, sum + more, later);
        }
        longest
    }

    /// What a look must be worth so that those that are left last as long as the field may well be late: the looks are
    /// counted for something between a wait of the usual length and the longest one.
    fn price(&self, now: f64, waited: f64, looks_by: impl Fn(f64) -> u32) -> f64 {
        let is_ahead = |node: &f64| *node > now;
        let (sum, looks) = if self.nodes.last().is_some_and(is_ahead) {
            let (sum, end) = self.integral(now, self.nodes.iter().copied().filter(is_ahead));
            let looks = f64::from(looks_by(end));
            (sum, (looks - KEPT).max(looks * (1.0 - KEPT_SHARE)))
        } else {
            let length = (LEAST_HORIZON - waited).max(waited);
            let (sum, end) = self.integral(now, (1..=8).map(|eighth| now + length * f64::from(eighth) / 8.0));
            (sum, f64::from(looks_by(end)))
        };
        (sum / looks.max(0.1)).powi(2).max(LOOK)
    }

    /// Over the nodes to the last of them, which is returned, too: of the urgency, times the square root of the chance that
    /// the field is not there yet at that time, if it is not there now.
    fn integral(&self, now: f64, nodes: impl Iterator<Item = f64>) -> (f64, f64) {
        let weigh = |chance: Chance| (chance.density / 2.0).sqrt();
        let chance = self.chance(now);
        let (mut at, mut weight, mut sum) = (now, weigh(chance), 0.0);
        for node in nodes {
            let later = weigh(self.chance(node));
            sum += f64::midpoint(weight, later) * (node - at);
            (at, weight) = (node, later);
        }
        (sum / chance.missing.sqrt(), at)
    }

    /// √(h / 2): looks in a second, were λ = 1 s.
    fn urgency(&self, at: f64) -> f64 {
        let chance = self.chance(at);
        (chance.density / chance.missing / 2.0).sqrt()
    }

    fn chance(&self, at: f64) -> Chance {
        let elsewhere = self.surprise * self.scale / (self.scale + at);
        let mut chance = Chance { missing: elsewhere, density: elsewhere / (self.scale + at) };
        for kernel in &self.kernels {
            let there = kernel.chance(at);
            chance.missing += self.weight * there.missing;
            chance.density += self.weight * there.density;
        }
        chance
    }
}

impl Kernel {
    fn chance(&self, at: f64) -> Chance {
        let distance = (at - self.center) / self.spread;
        let root = (1.0 + distance * distance).sqrt();
        Chance { missing: (1.0 - distance / root) / 2.0, density: 1.0 / (2.0 * root * root * root * self.spread) }
    }

    fn nodes(&self) -> [f64; 4] {
        [-2.0, -0.7, 0.7, 2.0].map(|far| self.center + far * self.spread)
    }
}

/// The distance from one of `centers` to another near it: to the second of four, the fourth of sixteen.
fn neighbour(centers: &[f64], center: f64) -> f64 {
    let mut distances: Vec<f64> = centers.iter().map(|other| (center - other).abs()).collect();
    distances.sort_unstable_by(f64::total_cmp);
    let near = centers.len().isqrt().min(centers.len().saturating_sub(1));
    distances.get(near).copied().unwrap_or_default()
}

/// Exact: they are few.
fn count(values: usize) -> f64 {
    u32::try_from(values).map_or(f64::INFINITY, f64::from)
}
