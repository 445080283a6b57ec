//! Micro benchmarks: how fast the parts are that everything else waits for.
//!
//! [`interpreter`] is what the program `interpreter-rate` measures for `cargo xtask bench`; the rest is in `parts.rs`, which
//! `cargo bench --package micro` runs. What does not live here: figures of whole programs (`cargo xtask bench`), and
//! limits.

pub mod interpreter;
