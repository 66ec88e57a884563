//! In the place of the crate of this name, which `rustpython-parser` needs for `"\N{BULLET}"`.
//!
//! Its table is a tenth of the layer's size, and the transformer never needs the character itself: a string that the
//! parser gives up because of this answer is masked (`transformer/src/mask.rs`), and edits are made in the text as written.

/// No name is known.
#[must_use]
pub fn character(_name: &str) -> Option<char> {
    None
}
