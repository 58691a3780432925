//! The position of a page in a list or in a round of a delta query.

use crate::odata::base64::{self, URL_SAFE};
use crate::odata::error::{GraphError, Outcome};

/// Where a page begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Position {
    /// Rows on earlier pages.
    pub(crate) row: usize,
    /// Empty pages directly before this one.
    pub(crate) blanks: usize,
    /// Whether the page repeats the last row of the one before.
    pub(crate) repeat: bool,
}

impl Position {
    /// Creates the position after some rows.
    pub(crate) fn at(row: usize) -> Self {
        Self { row, ..Self::default() }
    }

    /// Returns whether the number of rows says everything.
    pub(crate) fn is_plain(self) -> bool {
        self == Self::at(self.row)
    }

    /// Encodes the position as an opaque token.
    pub(crate) fn encode(self) -> String {
        let text = format!("{}.{}.{}", self.row, self.blanks, u8::from(self.repeat));
        base64::encode(text.as_bytes(), URL_SAFE).trim_end_matches('=').to_owned()
    }

    /// Parses a `$skiptoken`: an encoded position, or the number of rows.
    pub(crate) fn parse(token: &str) -> Outcome<Self> {
        if let Ok(row) = token.trim().parse() {
            return Ok(Self::at(row));
        }
        let decoded = base64::decode(token, URL_SAFE).and_then(|bytes| String::from_utf8(bytes).ok());
        let parts: Option<Vec<usize>> = decoded.and_then(|text| text.split('.').map(|part| part.parse().ok()).collect());
        match parts.as_deref() {
            Some([row, blanks, repeat @ (0 | 1)]) => Ok(Self { row: *row, blanks: *blanks, repeat: *repeat == 1 }),
            _ => Err(GraphError::bad_request(format!("Invalid value '{token}' for $skiptoken query option found."))),
        }
    }
}
