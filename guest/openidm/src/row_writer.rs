//! A streamed response with many rows. It takes the memory of one row, however many there are.

use crate::response::ObjectResponse;
use serde_json::{Map, Value, json};

use connector::error::{Error, ErrorKind, Result};
use connector::response_writer::ResponseWriter;

/// A writer of a JSON object with a list that is written row by row.
pub struct RowWriter<'r> {
    writer: &'r mut dyn ResponseWriter,
    /// The text before the first row.
    opening: String,
    is_pretty: bool,
    count: usize,
    has_begun: bool,
    /// The number of items in the list of the current row; `None` outside of one.
    items: Option<usize>,
    is_disconnected: bool,
}

impl<'r> RowWriter<'r> {
    /// Creates a writer of an object with the members of `object`, followed by the list `name`. Nothing is sent before the first row.
    pub fn new(writer: &'r mut dyn ResponseWriter, object: &Map<String, Value>, name: &str, is_pretty: bool) -> RowWriter<'r> {
        let mut opening = String::from("{");
        for (name, value) in object {
            opening.push_str(&format!("{}:{value},", json!(name)));
        }
        opening.push_str(&format!("{}:[", json!(name)));
        RowWriter { writer, opening, is_pretty, count: 0, has_begun: false, items: None, is_disconnected: false }
    }

    /// Discards the response, if nothing of it was sent yet. Returns whether it could.
    pub fn discard(self) -> bool {
        self.writer.discard()
    }

    /// Checks whether the response has begun.
    pub fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// Returns the number of rows.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Writes a row.
    ///
    /// # Errors
    ///
    /// If the caller disconnected.
    pub fn write_row(&mut self, row: &Value) -> Result<()> {
        self.begin()?;
        let text = if self.is_pretty { format!("\n{row:#}") } else { row.to_string() };
        let text = if self.count == 0 { text } else { format!(",{text}") };
        self.count += 1;
        self.write(&text)
    }

    /// Checks whether a row has begun and not ended.
    pub fn is_in_row(&self) -> bool {
        self.items.is_some()
    }

    /// Begins a row with the members of `object`, followed by the list `name`.
    pub fn begin_row(&mut self, object: &Map<String, Value>, name: &str) -> Result<()> {
        self.begin()?;
        let mut text = if self.count == 0 { String::from("{") } else { String::from(",{") };
        for (name, value) in object {
            text.push_str(&format!("{}:{value},", json!(name)));
        }
        text.push_str(&format!("{}:[", json!(name)));
        (self.count, self.items) = (self.count + 1, Some(0));
        self.write(&text)
    }

    /// Writes an item of the list of the row.
    pub fn write_item(&mut self, item: &Value) -> Result<()> {
        let separator = if self.items == Some(0) { "" } else { "," };
        self.items = self.items.map(|count| count + 1);
        let text = if self.is_pretty { format!("{separator}\n{item:#}") } else { format!("{separator}{item}") };
        self.write(&text)
    }

    /// Ends the row.
    pub fn end_row(&mut self) -> Result<()> {
        self.items = None;
        self.write("]}")
    }

    /// Writes the members after the list, and ends the response.
    pub fn end(mut self, others: &Map<String, Value>) {
        let mut closing = String::from("]");
        for (name, value) in others {
            closing.push_str(&format!(",{}:{value}", json!(name)));
        }
        closing.push('}');
        if !self.is_disconnected && self.begin().and_then(|()| self.write(&closing)).is_ok() {
            self.writer.end();
        }
    }

    fn begin(&mut self) -> Result<()> {
        if self.has_begun {
            return Ok(());
        }
        self.has_begun = true;
        let (head, _) = ObjectResponse::ok(Map::new()).write(false).into_parts();
        self.is_disconnected = self.writer.begin(http::Response::from_parts(head, ())).is_err();
        let opening = std::mem::take(&mut self.opening);
        self.write(&opening)
    }

    fn write(&mut self, text: &str) -> Result<()> {
        self.is_disconnected = self.is_disconnected || self.writer.write(text.as_bytes()).is_err();
        if self.is_disconnected { Err(Error::new(ErrorKind::ConnectionFailed, "the caller disconnected")) } else { Ok(()) }
    }
}
