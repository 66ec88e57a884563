//! Splices a plan into a source.

use crate::parse::TextSize;

/// Text to put in at a byte offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insertion {
    pub offset: TextSize,
    pub text: String,
}

/// Splices `insertions` (sorted by offset) into `source`; every other byte is kept.
pub fn apply(source: &str, insertions: &[Insertion]) -> String {
    let mut edited =
        String::with_capacity(source.len() + insertions.iter().map(|piece| piece.text.len()).sum::<usize>());
    let mut copied = 0;
    for insertion in insertions {
        let offset = insertion.offset.to_usize();
        edited.push_str(&source[copied..offset]);
        edited.push_str(&insertion.text);
        copied = offset;
    }
    edited.push_str(&source[copied..]);
    edited
}
