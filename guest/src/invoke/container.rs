//! The arguments that say in which mailbox and folder an operation acts.

use crate::invoke::argument::{Argument, ArgumentType, Syntax};
use crate::invoke::arguments::Arguments;
use connector::error::Result;
use connector::graph::address::{Container, Mailbox};

/// The mailbox.
pub const MAILBOX: Argument = Argument::required(
    "mailbox",
    ArgumentType::String,
    "a user's id or user principal name, or me: the user whose token is used",
)
.with_syntax(Syntax::Option { name: "user", placeholder: "USER", default: "me" });

/// The folder.
pub const FOLDERS: Argument = Argument::optional(
    "folders",
    ArgumentType::Strings,
    "ids of nested contact folders, outermost first; none: the default folder",
)
.with_syntax(Syntax::Repeated("folder", "ID"));

/// The id of the contact or folder that an operation is about.
pub const ID: Argument = Argument::required("id", ArgumentType::String, "the id of the contact, folder or distribution list")
    .with_syntax(Syntax::Word("ID"));

/// Whether to delete permanently.
pub const PERMANENTLY: Argument = Argument::optional(
    "permanently",
    ArgumentType::Boolean,
    "true: leave nothing in Deleted Items; only Microsoft's global cloud supports it",
)
.with_syntax(Syntax::Switch("permanently"));

/// Returns the mailbox that an operation acts in.
pub fn parse_mailbox(arguments: &Arguments) -> Result<Mailbox> {
    Ok(Mailbox::from_name(arguments.string(&MAILBOX)?))
}

/// Returns the folder that an operation acts in.
pub fn parse_container(arguments: &Arguments) -> Result<Container> {
    Ok(Container { mailbox: parse_mailbox(arguments)?, folders: arguments.owned_strings(&FOLDERS)? })
}
