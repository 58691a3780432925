//! The arguments of one call: a JSON object, checked against what the operation declares.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::invoke::argument::Argument;
use connector::bounded_json;
use connector::error::{Error, ErrorKind, Problems, Result};
use connector::nearest::find_nearest;

/// The arguments of one call of an operation.
pub struct Arguments {
    operation: &'static str,
    declared: &'static [Argument],
    members: Map<String, Value>,
}

impl Arguments {
    /// Parses the text of a JSON object. Every member has to be declared and of its declared type; required ones have to be there.
    /// Null counts as absent. The error names everything that is wrong.
    pub fn parse(operation: &'static str, declared: &'static [Argument], text: &str) -> Result<Arguments> {
        let members = parse_object("the arguments", text)?;
        let mut problems = Problems::default();
        for name in members.keys().filter(|name| !declared.iter().any(|argument| argument.name == name.as_str())) {
            let nearest = find_nearest(name, declared.iter().map(|argument| argument.name));
            let hint = nearest.map(|known| format!("; did you mean {known}?")).unwrap_or_default();
            problems.push(Error::invalid_attribute(name, format!("{operation} has no such argument{hint}")));
        }
        for argument in declared {
            match members.get(argument.name).filter(|value| !value.is_null()) {
                Some(value) => argument.value_type.check(value, argument.name, &mut problems),
                None if argument.is_required => {
                    problems.push(Error::invalid_attribute(argument.name, format!("missing; {operation} requires it")));
                }
                None => {}
            }
        }
        problems.into_result().map(|()| Arguments { operation, declared, members })
    }

    /// Returns the value of an argument, if it has one.
    fn value(&self, argument: &Argument) -> Result<Option<&Value>> {
        if !self.declared.iter().any(|declared| declared.name == argument.name) {
            return Err(self.undeclared(argument));
        }
        Ok(self.members.get(argument.name).filter(|value| !value.is_null()))
    }

    /// Returns the error for an argument that the operation does not declare as it reads it: a bug, which a test finds.
    fn undeclared(&self, argument: &Argument) -> Error {
        Error::new(
            ErrorKind::Internal,
            format!("{} does not declare its argument {} as it reads it", self.operation, argument.name),
        )
    }

    fn required<T>(&self, argument: &Argument, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| self.undeclared(argument))
    }

    /// Returns the string of an optional argument.
    pub fn optional_string(&self, argument: &Argument) -> Result<Option<&str>> {
        Ok(self.value(argument)?.and_then(Value::as_str))
    }

    /// Returns the string of a required argument.
    pub fn string(&self, argument: &Argument) -> Result<&str> {
        self.required(argument, self.optional_string(argument)?)
    }

    /// Returns the strings of an array; none if it is absent.
    pub fn strings(&self, argument: &Argument) -> Result<Vec<&str>> {
        Ok(self.value(argument)?.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect())
    }

    /// Returns the strings of an array as [`Arguments::strings`] does, owned.
    pub fn owned_strings(&self, argument: &Argument) -> Result<Vec<String>> {
        Ok(self.strings(argument)?.into_iter().map(str::to_owned).collect())
    }

    /// Returns an integer.
    pub fn integer(&self, argument: &Argument) -> Result<Option<usize>> {
        Ok(self.value(argument)?.and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok()))
    }

    /// Returns a Boolean; false if it is absent.
    pub fn boolean(&self, argument: &Argument) -> Result<bool> {
        Ok(self.value(argument)?.and_then(Value::as_bool).unwrap_or_default())
    }

    /// Returns the object of a required argument.
    pub fn object(&self, argument: &Argument) -> Result<&Map<String, Value>> {
        self.required(argument, self.value(argument)?.and_then(Value::as_object))
    }

    /// Returns the objects of a required array.
    pub fn objects(&self, argument: &Argument) -> Result<impl Iterator<Item = &Map<String, Value>>> {
        let items = self.required(argument, self.value(argument)?.and_then(Value::as_array))?;
        Ok(items.iter().filter_map(Value::as_object))
    }

    /// Returns the bytes of a required argument in base64.
    pub fn bytes(&self, argument: &Argument) -> Result<Vec<u8>> {
        STANDARD.decode(self.string(argument)?).map_err(|_| Error::invalid_attribute(argument.name, "expected base64"))
    }
}

/// Parses the text of a JSON object. `what` stands before the problem in errors.
pub fn parse_object(what: &str, text: &str) -> Result<Map<String, Value>> {
    let invalid =
        |problem: String| Error::new(ErrorKind::InvalidAttributeValue, format!("{what}: expected a JSON object, {problem}"));
    match bounded_json::parse(text.as_bytes()) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(other) => Err(invalid(format!("found {}", crate::invoke::argument::describe(&other)))),
        Err(error) => Err(invalid(format!("and this is not JSON: {error}"))),
    }
}
