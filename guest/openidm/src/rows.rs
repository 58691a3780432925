//! An answer whose rows go to the caller as they come, so that a long one needs no more memory than a short one.

use crate::response::ObjectResponse;
use serde_json::{Map, Value, json};

use connector::error::{Error, Kind, Result};
use connector::response_writer::ResponseWriter;

/// A JSON object of which one member is a list that is written row by row.
pub struct Rows<'r> {
    writer: &'r mut dyn ResponseWriter,
    /// What comes before the first row.
    opening: String,
    pretty: bool,
    count: usize,
    begun: bool,
    gone: bool,
}

impl<'r> Rows<'r> {
    /// An object with the members of `object`, and then the list `name`. Nothing is sent before the first row.
    pub fn in_member(writer: &'r mut dyn ResponseWriter, object: &Map<String, Value>, name: &str, pretty: bool) -> Rows<'r> {
        let mut opening = String::from("{");
        for (name, value) in object {
            opening.push_str(&format!("{}:{value},", json!(name)));
        }
        opening.push_str(&format!("{}:[", json!(name)));
        Rows { writer, opening, pretty, count: 0, begun: false, gone: false }
    }

    /// Takes the answer back, where none of it is on its way yet. Gives whether it could.
    pub fn discard(self) -> bool {
        self.writer.discard()
    }

    /// Whether there was a row.
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// How many rows were written.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Writes a row. Fails where the caller is gone.
    pub fn row(&mut self, row: &Value) -> Result<()> {
        self.begin()?;
        let text = if self.pretty { format!("\n{row:#}") } else { row.to_string() };
        let text = if self.count == 0 { text } else { format!(",{text}") };
        self.count += 1;
        self.write(&text)
    }

    /// Writes what comes after the last row: the other members.
    pub fn end(mut self, others: &Map<String, Value>) {
        let mut closing = String::from("]");
        for (name, value) in others {
            closing.push_str(&format!(",{}:{value}", json!(name)));
        }
        closing.push('}');
        if !self.gone && self.begin().and_then(|()| self.write(&closing)).is_ok() {
            self.writer.end();
        }
    }

    fn begin(&mut self) -> Result<()> {
        if self.begun {
            return Ok(());
        }
        self.begun = true;
        let (head, _) = ObjectResponse::ok(Map::new()).write(false).into_parts();
        self.gone = self.writer.begin(http::Response::from_parts(head, ())).is_err();
        let opening = std::mem::take(&mut self.opening);
        self.write(&opening)
    }

    fn write(&mut self, text: &str) -> Result<()> {
        self.gone = self.gone || self.writer.write(text.as_bytes()).is_err();
        if self.gone { Err(Error::new(Kind::ConnectionFailed, "the caller is gone")) } else { Ok(()) }
    }
}
