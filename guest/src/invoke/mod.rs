//! The operations by name, with JSON arguments and results: one table, from which `wit/json.wit`'s `invoke`, the dry run and the
//! command line derive.
//!
//! To add an operation, declare it in the file of its group; [`table`] has every group.

pub mod argument;
pub mod arguments;
mod change;
mod contacts;
mod container;
mod distribution_lists;
mod folders;
pub mod objects;
pub mod operation;
mod org_contacts;
mod paging;
pub mod table;
