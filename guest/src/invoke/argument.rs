//! What an operation declares of an argument.

use connector::error::{Error, Problems};
use serde_json::Value;

/// The type of an argument's value in JSON.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ArgumentType {
    /// A string.
    String,
    /// A string in base64.
    Base64,
    /// true or false.
    Boolean,
    /// An integer from 0.
    Integer,
    /// An array of strings.
    Strings,
    /// An object.
    Object,
    /// An array of objects.
    Objects,
}

/// How the command line takes an argument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Syntax {
    /// Not at all.
    None,
    /// As a word of its own, here with its placeholder in the help: `ID`. The word for an object is its JSON.
    Word(&'static str),
    /// After an option: `--user USER`. The last one applies; without it, the default.
    Option {
        /// The option's name.
        name: &'static str,
        /// The value's placeholder in the help.
        placeholder: &'static str,
        /// The value without the option.
        default: &'static str,
    },
    /// After an option for each value: `--folder ID --folder ID`.
    Repeated(&'static str, &'static str),
    /// After one option, separated by commas: `--select NAME,NAME`.
    List(&'static str, &'static str),
    /// As an option without a value: `--permanently`.
    Switch(&'static str),
}

/// An argument of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// The type of its value.
    pub value_type: ArgumentType,
    /// Whether the operation fails without it.
    pub is_required: bool,
    /// What it means, in one line.
    pub help: &'static str,
    /// How the command line takes it.
    pub syntax: Syntax,
}

impl Argument {
    /// Returns an argument that the operation fails without.
    pub const fn required(name: &'static str, value_type: ArgumentType, help: &'static str) -> Argument {
        Argument { name, value_type, is_required: true, help, syntax: Syntax::None }
    }

    /// Returns an argument that may be absent or null.
    pub const fn optional(name: &'static str, value_type: ArgumentType, help: &'static str) -> Argument {
        Argument { name, value_type, is_required: false, help, syntax: Syntax::None }
    }

    /// Returns the argument as one that the command line takes.
    pub const fn with_syntax(self, syntax: Syntax) -> Argument {
        Argument { syntax, ..self }
    }

    /// Returns the name of the command line's option for the argument.
    pub fn option(&self) -> Option<&'static str> {
        match self.syntax {
            Syntax::None | Syntax::Word(_) => None,
            Syntax::Option { name, .. } | Syntax::Repeated(name, _) | Syntax::List(name, _) | Syntax::Switch(name) => Some(name),
        }
    }
}

impl ArgumentType {
    /// Checks that a value has this type. `path` stands before the problem in errors.
    pub fn check(self, value: &Value, path: &str, problems: &mut Problems) {
        match (self, value) {
            (ArgumentType::String | ArgumentType::Base64, Value::String(_))
            | (ArgumentType::Boolean, Value::Bool(_))
            | (ArgumentType::Object, Value::Object(_)) => {}
            (ArgumentType::Integer, value) if value.as_u64().is_some_and(|number| usize::try_from(number).is_ok()) => {}
            (ArgumentType::Strings, Value::Array(items)) => ArgumentType::String.check_items(items, path, problems),
            (ArgumentType::Objects, Value::Array(items)) => ArgumentType::Object.check_items(items, path, problems),
            (expected, found) => {
                problems
                    .push(Error::invalid_attribute(path, format!("expected {}, found {}", expected.describe(), describe(found))));
            }
        }
    }

    fn check_items(self, items: &[Value], path: &str, problems: &mut Problems) {
        for (position, item) in items.iter().enumerate() {
            self.check(item, &format!("{path}[{position}]"), problems);
        }
    }

    /// Returns the type in words.
    pub fn describe(self) -> &'static str {
        match self {
            ArgumentType::String => "a string",
            ArgumentType::Base64 => "a string in base64",
            ArgumentType::Boolean => "true or false",
            ArgumentType::Integer => "an integer from 0",
            ArgumentType::Strings => "an array of strings",
            ArgumentType::Object => "an object",
            ArgumentType::Objects => "an array of objects",
        }
    }
}

/// Returns the type of a JSON value in words.
pub fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a Boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
