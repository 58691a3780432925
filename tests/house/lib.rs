//! Rules of the source tree: see `main.rs`.
