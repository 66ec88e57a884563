//! How an expression's value relates to the one that is asked about.

use std::ops::{BitOr, BitOrAssign};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taint(u8);

impl Taint {
    pub const NONE: Self = Self(0);
    /// A new container or iterator with pieces of it: may be changed, its items may not.
    pub const HOLDER: Self = Self(1);
    /// It, or a piece of it.
    pub const PIECE: Self = Self(2);
    /// Or else something that has nothing to do with it, and whose class is not known.
    const MIXED: Self = Self(4);

    pub fn any(self) -> bool {
        self.0 & 3 != 0
    }

    pub fn is_piece(self) -> bool {
        self.0 & Self::PIECE.0 != 0
    }

    pub fn is_holder(self) -> bool {
        self.0 & Self::HOLDER.0 != 0
    }

    pub fn is_mixed(self) -> bool {
        self.0 & Self::MIXED.0 != 0
    }

    /// A new container of it.
    pub fn held(self) -> Self {
        if self.any() { Self(Self::HOLDER.0 | self.0 & Self::MIXED.0) } else { Self::NONE }
    }

    pub fn mixed_if(self, mixed: bool) -> Self {
        if mixed && self.any() { self | Self::MIXED } else { self }
    }

    pub fn mixed(self) -> Self {
        self.mixed_if(true)
    }

    pub fn includes(self, other: Self) -> bool {
        self | other == self
    }
}

impl BitOr for Taint {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Taint {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}
