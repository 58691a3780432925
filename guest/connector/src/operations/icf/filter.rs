//! Filters: what `_queryFilter` asks for, in the words of ICF.
//!
//! The language is CREST's (`QueryFilterParser` of forgerock-commons); `ew` and `ca` are what OpenIDM's provisioner adds to it
//! (`OpenICFFilterAdapter`). `filter/parse.rs` reads it, and `filter/evaluate.rs` says what it means for an object.

mod evaluate;
mod expression;
mod parse;

pub use expression::{Filter, Operator};
