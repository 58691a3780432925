//! The directory: users, organizational contacts and groups, who reports to whom, and who is a member of what.
//!
//! | question | file |
//! |---|---|
//! | Which properties and operators does an object have? | `property_tables`, `property`, `object_kind` |
//! | Where are objects and their relations kept? | `registry`, `object`, `relation` |
//! | How is a path parsed, and which file handles it? | `resource`, `dispatch` |
//! | Which file handles a request? | `objects`, `list`, `related`, `action`, `delta`, `photo`, `sync_behavior` |
//! | Which file parses a query option? | `condition_parser` and `condition`, `search`, `expand`, `select` |
//! | What does a write check? | `object_body` |
//! | What changed since a state token? | `object_log` |

pub(crate) mod action;
pub(crate) mod condition;
pub(crate) mod condition_limits;
pub(crate) mod condition_parser;
pub(crate) mod cost;
pub(crate) mod delta;
pub(crate) mod dispatch;
pub(crate) mod expand;
pub(crate) mod list;
pub(crate) mod object;
pub(crate) mod object_body;
pub(crate) mod object_kind;
pub(crate) mod object_log;
pub(crate) mod objects;
pub(crate) mod photo;
pub(crate) mod property;
pub(crate) mod property_tables;
pub(crate) mod references;
pub(crate) mod registry;
pub(crate) mod related;
pub(crate) mod relation;
pub(crate) mod resource;
pub(crate) mod search;
pub(crate) mod select;
pub(crate) mod sync_behavior;
