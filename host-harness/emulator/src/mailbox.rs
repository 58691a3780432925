//! A user's mailbox: contacts, folders, extensions and photos.
//!
//! | question | file |
//! |---|---|
//! | Which properties does a contact have? | `contact_properties` |
//! | What does a write check and store? | `contact_body`, `contact`, `align`; `folder_body` |
//! | Which properties does a folder have? | `folder_properties` |
//! | Where are contacts, folders and distribution lists kept? | `items`, `folder_tree`, `distribution_list` |
//! | Which file handles a path? | `contacts`, `folders`, `distribution_lists`, `extensions`, `photo`, `delta`, `translate_ids` |
//! | What changed since a state token? | `journal`, `delta` |

pub(crate) mod align;
pub(crate) mod contact;
pub(crate) mod contact_body;
pub(crate) mod contact_properties;
pub(crate) mod contacts;
pub(crate) mod context;
pub(crate) mod delta;
pub(crate) mod distribution_list;
pub(crate) mod distribution_lists;
pub(crate) mod extended_property;
pub(crate) mod extensions;
pub(crate) mod filter;
pub(crate) mod folder_body;
pub(crate) mod folder_properties;
pub(crate) mod folder_tree;
pub(crate) mod folder_view;
pub(crate) mod folders;
pub(crate) mod ids;
pub(crate) mod items;
pub(crate) mod journal;
pub(crate) mod open_extension;
pub(crate) mod path;
pub(crate) mod photo;
pub(crate) mod translate_ids;
