//! Microsoft Graph as values: addresses, requests, responses, errors, pages. Nothing here sends a request.
//!
//! There is one file for each part of the protocol. `contacts`, `folders`, `extensions`, `photo`, `users`, `org_contacts` and
//! `directory_objects` have one function for each operation of Microsoft Graph, named after it.

pub mod address;
pub mod batch;
pub mod cloud;
pub mod contacts;
pub mod delta;
pub mod directory_objects;
pub mod distribution_lists;
pub mod error_codes;
pub mod extensions;
pub mod filter_text;
pub mod folders;
pub mod org_contacts;
pub mod page;
pub mod page_size;
pub mod photo;
pub mod request;
pub mod response;
pub mod selection;
pub mod service;
pub mod token;
pub mod users;
