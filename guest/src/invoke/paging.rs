//! The arguments that say how much to return, and where to go on.

use crate::invoke::argument::{Argument, ArgumentType};

/// Where a delta query or a synchronisation goes on.
pub const TOKEN: Argument =
    Argument::optional("token", ArgumentType::String, "the token of the previous result; without it, start with everything");
/// The size of a page.
pub const PAGE_SIZE: Argument =
    Argument::optional("pageSize", ArgumentType::Integer, "the most objects to return; without it, all");
/// Where a search goes on.
pub const COOKIE: Argument = Argument::optional("cookie", ArgumentType::String, "the cookie of the previous page");
