//! A parser of JSON with a limit on the number of values.
//!
//! In memory a value takes up to a hundred times the bytes of its text (`[],`): a text of some megabytes can fill a sandbox. So the
//! values are counted before they are parsed.

use std::fmt;

use serde_json::Value;

/// The maximum number of values in a text. A thousand contacts with every property have a third of them.
const MAX_VALUES: usize = 200_000;

/// An error of the parser.
#[derive(Debug)]
pub enum JsonError {
    /// The text has more values than the limit.
    TooManyValues,
    /// The text is not JSON.
    Invalid(serde_json::Error),
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JsonError::TooManyValues => write!(f, "there are more than {MAX_VALUES} values"),
            JsonError::Invalid(error) => error.fmt(f),
        }
    }
}

/// Parses a JSON text.
pub fn parse(text: &[u8]) -> Result<Value, JsonError> {
    let (mut values, mut in_string, mut escaped) = (0, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b',' | b'[' | b'{' if !in_string => values += 1,
            _ => {}
        }
    }
    if values > MAX_VALUES {
        return Err(JsonError::TooManyValues);
    }
    serde_json::from_slice(text).map_err(JsonError::Invalid)
}
