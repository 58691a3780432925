//! An input, parsed line by line.

use std::borrow::Cow;

use http::{HeaderName, HeaderValue};

/// The remaining bytes of an input.
pub struct Input<'d> {
    rest: &'d [u8],
}

/// A message like one of HTTP: a start line, headers, an empty line, and a body of one line.
pub struct Message<'d> {
    pub start: Cow<'d, str>,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: &'d [u8],
}

impl<'d> Input<'d> {
    pub fn new(bytes: &'d [u8]) -> Self {
        Input { rest: bytes }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub fn line(&mut self) -> &'d [u8] {
        let end = self.rest.iter().position(|byte| *byte == b'\n').unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest.get(1..).unwrap_or_default();
        line
    }

    pub fn text(&mut self) -> Cow<'d, str> {
        String::from_utf8_lossy(self.line())
    }

    /// Returns the lines up to the next empty line.
    pub fn paragraph(&mut self) -> Vec<Cow<'d, str>> {
        std::iter::from_fn(|| Some(self.text()).filter(|line| !line.is_empty())).collect()
    }

    pub fn message(&mut self) -> Message<'d> {
        let start = self.text();
        let headers = self.paragraph().iter().filter_map(|line| header(line)).collect();
        Message { start, headers, body: self.line() }
    }
}

fn header(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(':')?;
    Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_bytes(value.trim().as_bytes()).ok()?))
}
