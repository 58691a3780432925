//! Variation: the responses of Microsoft Graph in every form that is documented or was observed, chosen by a seed.
//!
//! | question | file |
//! |---|---|
//! | Which variations are there, and where was each seen? | `kind` |
//! | What does the owner of an emulator set? | `setting` |
//! | What applies to one response? | `choices` |
//! | How is a link spelled? | `link` |
//! | Which rows has a page? | `pages` |
//! | What has a row that a client does not expect? | `members` |
//! | What changes in a response as a whole, in a batch? | `response`, `batch` |

pub(crate) mod batch;
pub(crate) mod choices;
pub(crate) mod kind;
pub(crate) mod link;
pub(crate) mod members;
pub(crate) mod pages;
pub(crate) mod response;
pub(crate) mod setting;
