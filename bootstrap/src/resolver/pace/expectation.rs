//! When a field comes, as far as the times tell at which it came before, and when to look for it.
//!
//! The rate at which a field comes that is not there yet is its hazard h. Where the looks are g seconds apart, its lag is
//! g / 2 on average, and each look costs as much as some lag, λ: together that is least with g = √(2 λ / h).

use std::ops::Range;

/// Seconds of lag that one look is worth, where more than enough of them are left.
const LOOK: f64 = 0.000_05;
/// How far apart the times of a field may be, as shares of them: which it is, they tell themselves.
const SPREADS: [f64; 6] = [0.0005, 0.0018, 0.0065, 0.023, 0.083, 0.3];
/// What it mostly is, as long as they are few; e times as much or as little is less likely by √e.
const USUAL_SPREAD: f64 = 0.1;
/// A spread that is less likely than this is left out, for each costs as much time.
const UNLIKELY: f64 = 0.02;
/// Seconds; clocks and timers are no better.
const LEAST_SPREAD: f64 = 0.001;
/// What an earlier time counts, beside the one after it, and how likely that is before any is known. Of a source that stays as
/// it is, all that are remembered tell how long it takes; of one that changes, the latest twenty, and soon those since then.
/// Which it is, they tell themselves.
const FADINGS: [(f64, f64); 2] = [(0.9, 0.1), (0.97, 0.9)];
/// So many of the latest times tell that.
const LATEST: usize = 24;
/// So many of the times are believed to have been quite other ones, before any is known.
const SURPRISES: f64 = 0.1;
/// However many are known: one of so many invocations takes another way, and is not to be looked for in vain for long.
const LEAST_SURPRISE: f64 = 0.01;
/// About when a field comes of which nothing is known.
const UNKNOWN: f64 = 0.02;
/// How long into a wait the looks must last at least where nothing is known, or no longer.
const LEAST_HORIZON: f64 = 1.0;
/// So many spreads away from a time nothing is expected because of it: most are, of each other, and need no exponential.
const FAR: f64 = 36.0;
/// Nodes reach to so many times the latest of the times; between them, if nothing else is near, each is so much later.
const REACH: f64 = 3.0;
const STRIDE: f64 = 1.1;
const FIRST_NODE: f64 = 0.02;
/// Seconds between two nodes, at least.
const LEAST_STRIDE: f64 = 0.0005;

/// In seconds from an origin that all times share.
#[derive(Debug)]
pub(super) struct Expectation {
    /// What is expected then, in order; between two of them it changes evenly. None if nothing is known.
    nodes: Vec<Node>,
    /// Until then more likely at a time like those that are known, if it is not there yet, than at quite another.
    end: f64,
    /// About how long it takes in the other case.
    scale: f64,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    at: f64,
    /// √(h / 2): looks in a second, were λ = 1 s.
    urgency: f64,
    /// The square root of the chance that the field is not there yet: what is planned for then counts so much. That is
    /// between a wait of the usual length, for which it would be the chance itself, and the longest one.
    weight: f64,
}

/// The times at which a field came, and how likely the next is to be near each of them.
struct Times {
    known: Vec<Known>,
    /// As many times as tell as much, were none of them older than another.
    count: f64,
    /// How likely it is that the field comes at quite another time, and about how long it takes then.
    surprise: f64,
    scale: f64,
}

struct Known {
    at: f64,
    /// How exactly that is known.
    precision: f64,
    share: f64,
}

/// That a field is not there yet at some time, and the density of its coming then.
#[derive(Debug, Clone, Copy)]
struct Chance {
    missing: f64,
    density: f64,
}

/// A plan of looks, from some time on: as often as is urgent, times a factor, and within limits.
struct Plan<'a> {
    now: Node,
    ahead: &'a [Node],
    /// Looks in a second.
    rates: [f64; 2],
}

impl Expectation {
    /// Of a field that came between these times, the times before; the latest is the last one.
    pub fn new(arrivals: &[Range<f64>]) -> Self {
        let times = Times::new(arrivals);
        if times.known.is_empty() {
            return Self { nodes: Vec::new(), end: 0.0, scale: UNKNOWN };
        }
        let spreads = times.spreads();
        let (mut nodes, mut end) = (Vec::new(), 0.0);
        for at in times.nodes(&spreads) {
            let (usual, other) = (times.usual(at, &spreads), times.other(at));
            if usual.missing >= other.missing {
                end = at;
            }
            let Chance { missing, density } = usual + other;
            nodes.push(Node { at, urgency: (density / missing / 2.0).sqrt(), weight: missing.sqrt() });
        }
        Self { nodes, end, scale: times.scale }
    }

    /// The seconds from `now` until the next look of somebody who has `waited` so long, within these limits; `looks_by` tells
    /// how many may be made until a time.
    pub fn until_next(&self, now: f64, waited: f64, limits: Range<f64>, looks_by: impl Fn(f64) -> u32) -> f64 {
        if now >= self.end {
            return self.until_next_unknown(now, waited, looks_by).min(limits.end).max(limits.start);
        }
        let ahead = &self.nodes[self.nodes.partition_point(|node| node.at <= now)..];
        let plan = Plan { now: self.at(now, ahead), ahead, rates: [1.0 / limits.end, 1.0 / limits.start] };
        let factor = plan.factor(plan.looks(looks_by));
        plan.until_next(factor).min(limits.end).max(limits.start)
    }

    /// Where nothing is known, or no longer, it takes as long again as it has taken: then h = 1 / t, and what else needs an
    /// integral has a formula.
    fn until_next_unknown(&self, now: f64, waited: f64, looks_by: impl Fn(f64) -> u32) -> f64 {
        let length = (LEAST_HORIZON - waited).max(waited);
        let so_far = self.scale + now;
        let looks = f64::from(looks_by(now + length)).max(0.1);
        let price = ((length / so_far).ln_1p() / looks).powi(2) * so_far / 2.0;
        let price = price.max(LOOK);
        (2.0 * price * so_far).sqrt() + price / 2.0
    }

    /// What is expected `now`, where these nodes are ahead.
    fn at(&self, now: f64, ahead: &[Node]) -> Node {
        let before = self.nodes.len() - ahead.len();
        match (before.checked_sub(1).map(|before| self.nodes[before]), ahead.first()) {
            (Some(before), Some(after)) => before.towards(after, now),
            (None, Some(after)) => Node { at: now, ..*after },
            (Some(before), None) => Node { at: now, ..before },
            (None, None) => Node { at: now, urgency: 0.0, weight: 1.0 },
        }
    }
}

impl Node {
    fn towards(&self, next: &Self, at: f64) -> Self {
        let share = (at - self.at) / (next.at - self.at);
        let between = |from: f64, to: f64| from + share * (to - from);
        Self { at, urgency: between(self.urgency, next.urgency), weight: between(self.weight, next.weight) }
    }
}

impl Plan<'_> {
    /// How many looks may be made while it lasts, each counted as the others are.
    fn looks(&self, looks_by: impl Fn(f64) -> u32) -> f64 {
        let mut so_far = f64::from(looks_by(self.now.at));
        let mut sum = so_far * self.now.weight;
        for node in self.ahead {
            let by_then = f64::from(looks_by(node.at));
            sum += (by_then - so_far) * node.weight;
            so_far = by_then;
        }
        sum
    }

    /// The greatest factor, 1 / √λ, with which it takes no more than so many looks.
    fn factor(&self, looks: f64) -> f64 {
        let (mut least, mut most) = (0.0, (1.0 / LOOK).sqrt());
        if self.cost(most) <= looks {
            return most;
        }
        for _ in 0..14 {
            let middle = f64::midpoint(least, most);
            if self.cost(middle) <= looks {
                least = middle;
            } else {
                most = middle;
            }
        }
        least
    }

    fn cost(&self, factor: f64) -> f64 {
        let weigh = |node: &Node| self.rate(node, factor) * node.weight;
        let (mut at, mut rate, mut sum) = (self.now.at, weigh(&self.now), 0.0);
        for node in self.ahead {
            let later = weigh(node);
            sum += f64::midpoint(rate, later) * (node.at - at);
            (at, rate) = (node.at, later);
        }
        sum
    }

    fn rate(&self, node: &Node, factor: f64) -> f64 {
        let [least, most] = self.rates;
        (node.urgency * factor).max(least).min(most)
    }

    fn until_next(&self, factor: f64) -> f64 {
        let (mut at, mut rate, mut sum) = (self.now.at, self.rate(&self.now, factor), 0.0);
        for node in self.ahead {
            let later = self.rate(node, factor);
            let more = f64::midpoint(rate, later) * (node.at - at);
            if sum + more >= 1.0 {
                return at + (node.at - at) * (1.0 - sum) / more - self.now.at;
            }
            (at, rate, sum) = (node.at, later, sum + more);
        }
        f64::INFINITY
    }
}

impl Times {
    fn new(arrivals: &[Range<f64>]) -> Self {
        let newest_first = arrivals.iter().rev().map(|seen| {
            let precision = ((seen.end - seen.start) / 4.0).max(LEAST_SPREAD);
            Known { at: f64::midpoint(seen.start, seen.end), precision, share: 0.0 }
        });
        let mut known: Vec<_> = newest_first.collect();
        for (fading, likely) in probable(FADINGS.map(|(fading, prior)| (fading, prior.ln() + told(&known, fading)))) {
            let sum: f64 = fades(fading).take(known.len()).sum();
            for (time, share) in known.iter_mut().zip(fades(fading)) {
                time.share += likely * share / sum;
            }
        }
        let count = 1.0 / known.iter().map(|time| time.share * time.share).sum::<f64>();
        let mean: f64 = known.iter().map(|time| time.share * time.at).sum();
        let surprise = (SURPRISES / (count + SURPRISES)).max(LEAST_SURPRISE);
        Self { known, count, surprise, scale: mean.max(UNKNOWN) }
    }

    /// How far apart the times are, and how likely that is: the likelier the better each of them could have been told from
    /// the others.
    fn spreads(&self) -> Vec<(f64, f64)> {
        let likelihood = |spread: f64| {
            let prior = -(spread / USUAL_SPREAD).ln().powi(2) / 2.0;
            let told = |time: &Known| {
                let others = self.known.iter().filter(|other| !std::ptr::eq(*other, time));
                let near: f64 = others.map(|other| other.share * other.chance(time.at, spread).density).sum();
                let usual = (1.0 - self.surprise) * near / (1.0 - time.share);
                self.count * time.share * (usual + self.other(time.at).density).ln()
            };
            let alone = self.known.len() < 2;
            prior + if alone { 0.0 } else { self.known.iter().map(told).sum() }
        };
        let likely = probable(SPREADS.map(|spread| (spread, likelihood(spread))));
        let likely: Vec<_> = likely.into_iter().filter(|(_, share)| *share >= UNLIKELY).collect();
        let sum: f64 = likely.iter().map(|(_, share)| share).sum();
        likely.into_iter().map(|(spread, share)| (spread, share / sum)).collect()
    }

    /// At a time like those that are known.
    fn usual(&self, at: f64, spreads: &[(f64, f64)]) -> Chance {
        let mut chance = Chance { missing: 0.0, density: 0.0 };
        for time in &self.known {
            for (spread, likely) in spreads {
                chance = chance + time.chance(at, *spread).times((1.0 - self.surprise) * time.share * likely);
            }
        }
        chance
    }

    /// At quite another time.
    fn other(&self, at: f64) -> Chance {
        let missing = self.surprise * self.scale / (self.scale + at);
        Chance { missing, density: missing / (self.scale + at) }
    }

    /// Where what is expected changes: around each of the times, and now and then.
    fn nodes(&self, spreads: &[(f64, f64)]) -> Vec<f64> {
        let last = REACH * self.known.iter().map(|time| time.at).fold(FIRST_NODE, f64::max);
        let around = self.known.iter().flat_map(|time| spreads.iter().flat_map(|(spread, _)| time.nodes(*spread)));
        let mut nodes: Vec<f64> = around.filter(|node| *node > 0.0 && *node < last).collect();
        nodes.extend(
            std::iter::successors(Some(FIRST_NODE), |node| Some(node * STRIDE)).take_while(|node| *node < last),
        );
        nodes.push(last);
        nodes.sort_unstable_by(f64::total_cmp);
        let stride = spreads.first().map_or(0.0, |(least, _)| 0.5 * least);
        let mut latest = 0.0;
        nodes.retain(|node| {
            let is_far = node - latest >= (stride * node).max(LEAST_STRIDE);
            if is_far {
                latest = *node;
            }
            is_far
        });
        nodes
    }
}

/// Of things with the logarithms of their likelihoods, how probable each is.
fn probable<const N: usize>(likelihoods: [(f64, f64); N]) -> [(f64, f64); N] {
    let most = likelihoods.iter().map(|(_, one)| *one).fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = likelihoods.iter().map(|(_, one)| (one - most).exp()).sum();
    likelihoods.map(|(of, one)| (of, (one - most).exp() / sum))
}

/// What the times count, the newest first.
fn fades(fading: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(1.0), move |share| Some(share * fading))
}

/// How well each of the latest times could have been told from those before it, as a logarithm: by a normal distribution with
/// their mean and deviation, which will do to tell one fading from another. The newest come first.
fn told(known: &[Known], fading: f64) -> f64 {
    let by_those_before = |(number, time): (usize, &Known)| {
        let before = || known[number + 1..].iter().zip(fades(fading));
        let (sum, squares) =
            before().fold((0.0, 0.0), |(sum, squares), (_, share)| (sum + share, squares + share * share));
        let mean = before().map(|(other, share)| share * other.at).sum::<f64>() / sum;
        let variance = before().map(|(other, share)| share * (other.at - mean).powi(2)).sum::<f64>() / sum;
        let count = sum * sum / squares;
        // As if one time more had been as far from the mean as is usual; and the mean is not known exactly.
        let variance = (variance * count + (USUAL_SPREAD * mean).powi(2)) / (count + 1.0) * (1.0 + 1.0 / count);
        let deviation = variance.sqrt().max(time.precision);
        let density = (-((time.at - mean) / deviation).powi(2) / 2.0).exp() / deviation;
        (density + SURPRISES / (UNKNOWN + time.at + mean)).ln()
    };
    known.iter().enumerate().take(LATEST.min(known.len().saturating_sub(1))).map(by_those_before).sum()
}

impl Known {
    fn spread(&self, share: f64) -> f64 {
        (share * self.at).max(self.precision)
    }

    /// The logistic distribution around it.
    fn chance(&self, at: f64, share: f64) -> Chance {
        let spread = self.spread(share);
        let distance = (at - self.at) / spread;
        if distance.abs() > FAR {
            return Chance { missing: if distance > 0.0 { 0.0 } else { 1.0 }, density: 0.0 };
        }
        let fall = (-distance.abs()).exp();
        let tail = fall / (1.0 + fall);
        let missing = if distance > 0.0 { tail } else { 1.0 - tail };
        Chance { missing, density: tail / (1.0 + fall) / spread }
    }

    fn nodes(&self, share: f64) -> impl Iterator<Item = f64> + use<> {
        let (at, spread) = (self.at, self.spread(share));
        [-6.0, -4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0, 6.0].into_iter().map(move |far| at + far * spread)
    }
}

impl Chance {
    fn times(self, share: f64) -> Self {
        Self { missing: share * self.missing, density: share * self.density }
    }
}

impl std::ops::Add for Chance {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { missing: self.missing + other.missing, density: self.density + other.density }
    }
}
