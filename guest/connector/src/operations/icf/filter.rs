//! Filters: the conditions of `_queryFilter`, in the terms of ICF.
//!
//! The language is CREST's (`QueryFilterParser` of forgerock-commons); `ew` and `ca` are what OpenIDM's provisioner adds to it
//! (`OpenICFFilterAdapter`). `filter/parse.rs` parses it, and `filter/evaluate.rs` evaluates it for an object. `filter/meaning.rs` says
//! which strings of an attribute are equal.

mod evaluate;
mod expression;
pub(in crate::operations) mod meaning;
mod parse;

pub use expression::{Filter, Operator};
