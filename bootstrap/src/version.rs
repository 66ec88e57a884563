//! What `bootstrap --version` prints.

/// Version, the last commit that changed what the layer is made of, target, compiler: one a line.
pub const TEXT: &str = concat!(
    "unum-streaming bootstrap ",
    env!("CARGO_PKG_VERSION"),
    "\ncommit ",
    env!("UNUM_COMMIT"),
    "\ntarget ",
    env!("UNUM_TARGET"),
    "\n",
    env!("UNUM_RUSTC"),
);
