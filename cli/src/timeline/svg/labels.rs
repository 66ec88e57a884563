//! Names beside their marks, so that none covers another.

use crate::text;

const SIZE: f64 = super::SMALL;
/// From a mark to its name, and between two names.
const SPACE: f64 = 5.0;
const LONGEST: f64 = 170.0;

/// Marks too near each other to be told apart.
pub struct Cluster<'a, T> {
    pub x: f64,
    pub items: Vec<&'a T>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// Of its left edge.
    pub x: f64,
    pub row: usize,
    pub text: String,
}

/// `items` by their place, which must not decrease.
pub fn cluster<'a, T>(items: &'a [T], distance: f64, x: impl Fn(&T) -> f64) -> Vec<Cluster<'a, T>> {
    let mut clusters: Vec<Cluster<'a, T>> = Vec::new();
    for item in items {
        let x = x(item);
        match clusters.last_mut() {
            Some(last) if x - last.x < distance => last.items.push(item),
            _ => clusters.push(Cluster { x, items: vec![item] }),
        }
    }
    clusters
}

/// How far a name may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Up to the next mark.
    NextMark,
    /// Under the next marks too.
    Rows(usize),
}

/// A place for each cluster's names, right of its mark and before `right`, left of it only where the picture ends; in
/// the first row that has room. `None` where no row has any.
pub fn place<T>(
    clusters: &[Cluster<'_, T>],
    reach: Reach,
    right: f64,
    name: impl Fn(&T) -> String,
) -> Vec<Option<Label>> {
    let rows = if let Reach::Rows(rows) = reach { rows } else { 1 };
    // Where each row's last name ends.
    let mut ends = vec![f64::MIN; rows];
    clusters
        .iter()
        .enumerate()
        .map(|(index, cluster)| {
            let text = names(cluster, &name);
            let wide = text_width(&text, SIZE);
            let next = clusters.get(index + 1).filter(|_| reach == Reach::NextMark).map_or(right, |next| next.x);
            let x = if cluster.x + SPACE + wide > right { cluster.x - SPACE - wide } else { cluster.x + SPACE };
            if x + wide > next {
                return None;
            }
            let row = ends.iter().position(|end| end + SPACE <= x)?;
            ends[row] = x + wide;
            Some(Label { x, row, text })
        })
        .collect()
}

/// All names of a cluster, or the first and how many more.
fn names<T>(cluster: &Cluster<'_, T>, name: impl Fn(&T) -> String) -> String {
    let all = cluster.items.iter().map(|item| name(item)).collect::<Vec<_>>();
    let joined = all.join(", ");
    if text_width(&joined, SIZE) <= LONGEST {
        return joined;
    }
    let more = if all.len() > 1 { format!(" +{}", all.len() - 1) } else { String::new() };
    let measure = |c: char| text_width(c.encode_utf8(&mut [0; 4]), SIZE);
    format!("{}{more}", text::fit(&all[0], LONGEST - 25.0, measure))
}

/// An upper estimate for common sans-serif fonts: nothing here can ask the font.
pub fn text_width(text: &str, size: f64) -> f64 {
    let em = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.29,
        'f' | 't' | 'r' | 'I' | ' ' | '(' | ')' | '[' | ']' | '-' | '/' | '·' => 0.38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | text::ELLIPSIS => 0.95,
        'A'..='Z' | '&' => 0.74,
        _ if text::columns(c) == 2 => 1.05,
        _ => 0.6,
    };
    text.chars().map(em).sum::<f64>() * size
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(marks: &[(f64, &str)]) -> Vec<Option<Label>> {
        let clusters = cluster(marks, 8.0, |(x, _)| *x);
        place(&clusters, Reach::Rows(3), 600.0, |(_, name)| (*name).to_owned())
    }

    fn overlap(one: &Label, other: &Label) -> bool {
        let end = |label: &Label| label.x + text_width(&label.text, SIZE);
        one.row == other.row && one.x < end(other) && other.x < end(one)
    }

    #[test]
    fn no_name_covers_another() {
        for distance in [9.0, 15.0, 30.0, 60.0, 90.0] {
            let marks = (0..60).map(|n| (100.0 + f64::from(n) * distance, "statistical")).collect::<Vec<_>>();
            let marks = marks.into_iter().filter(|(x, _)| *x <= 600.0).collect::<Vec<_>>();
            let labels = placed(&marks).into_iter().flatten().collect::<Vec<_>>();
            assert!(!labels.is_empty());
            for (index, one) in labels.iter().enumerate() {
                assert!(one.x + text_width(&one.text, SIZE) <= 600.0);
                assert!(labels[..index].iter().all(|other| !overlap(one, other)), "{distance}: {labels:?}");
            }
        }
    }

    #[test]
    fn near_marks_share_a_name() {
        let labels = placed(&[(100.0, "a"), (103.0, "b"), (300.0, "c")]);
        assert_eq!(labels.into_iter().flatten().map(|label| label.text).collect::<Vec<_>>(), ["a, b", "c"]);
    }

    #[test]
    fn turns_left_at_the_edge() {
        let label = placed(&[(590.0, "temporal")]).pop().flatten().unwrap();
        assert!(label.x < 590.0);
    }
}
