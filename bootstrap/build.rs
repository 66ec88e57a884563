//! What `bootstrap --version` tells of the build. Nothing here depends on the machine or the time.

use std::{env, error::Error, process::Command};

fn main() -> Result<(), Box<dyn Error>> {
    let compiler = Command::new(env::var("RUSTC")?).arg("--version").output()?.stdout;
    println!("cargo::rustc-env=UNUM_RUSTC={}", String::from_utf8(compiler)?.trim());
    println!("cargo::rustc-env=UNUM_TARGET={}", env::var("TARGET")?);
    // The Makefile knows the commit; a plain `cargo build` does not.
    let commit = env::var("UNUM_COMMIT").unwrap_or_default();
    println!("cargo::rustc-env=UNUM_COMMIT={}", if commit.is_empty() { "unknown" } else { &commit });
    println!("cargo::rerun-if-env-changed=UNUM_COMMIT");
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
