//! The rows of a list that a caller has received, as far as a cookie can hold them.
//!
//! Graph's links to next pages count rows (`$skip`): if rows before are deleted between two pages, the link leads past rows that
//! nobody has received. So a cookie names the last received rows. The page where they were is read again, and the search continues
//! after them, wherever they are now.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::operations::icf::fingerprint::fingerprint;

/// The received rows of a section.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Trail {
    /// The fingerprints of the last rows, in order.
    recent: Vec<u64>,
    /// The fingerprints of the last row of each page that the caller received before.
    ends: Vec<u64>,
    /// The number of rows before the current page of the service.
    pub(super) rows_before: usize,
    /// The number of rows received from the current page of the service.
    pub(super) rows_in_page: usize,
}

/// The number of recent rows in a cookie.
const MAX_RECENT: usize = 32;

/// The number of ends of pages in a cookie.
const MAX_ENDS: usize = 16;

impl Trail {
    /// Adds a received row.
    pub(super) fn push(&mut self, row: &Map<String, Value>) {
        self.rows_in_page += 1;
        let Some(id) = find_id(row).filter(|id| !self.recent.contains(id)) else { return };
        self.recent.push(id);
        if self.recent.len() > MAX_RECENT {
            self.recent.remove(0);
        }
    }

    /// Adds a row that was received before, and is not one of the recent ones.
    pub(super) fn pass(&mut self) {
        self.rows_in_page += 1;
    }

    /// Begins the next page of the service.
    pub(super) fn begin_service_page(&mut self) {
        self.rows_before += self.rows_in_page;
        self.rows_in_page = 0;
    }

    /// Begins the next page of the caller: the last row is the end of one.
    pub(super) fn begin_callers_page(&mut self) {
        let end = self.recent.last().copied().filter(|end| self.ends.last() != Some(end));
        self.ends.extend(end);
        let excess = self.ends.len().saturating_sub(MAX_ENDS);
        self.ends.drain(..excess);
    }

    /// Returns the same received rows, at another place of the list.
    pub(super) fn at(&self, rows_before: usize) -> Trail {
        Trail { rows_before, rows_in_page: 0, ..self.clone() }
    }

    /// Checks whether a row is one of the recent ones.
    pub(super) fn has(&self, row: &Map<String, Value>) -> bool {
        find_id(row).is_some_and(|id| self.recent.contains(&id))
    }

    /// Returns the position of the first recent row of a page. The rows before it were received earlier. After it, those that are
    /// not recent are new.
    pub(super) fn find_recent(&self, page: &[Map<String, Value>]) -> Option<usize> {
        page.iter().position(|row| self.has(row))
    }

    /// Returns the position after the last end of a page. The rows before it were received.
    pub(super) fn find_end(&self, page: &[Map<String, Value>]) -> Option<usize> {
        page.iter().rposition(|row| find_id(row).is_some_and(|id| self.ends.contains(&id))).map(|position| position + 1)
    }

    /// Returns the rows for a cookie.
    pub(super) fn encode(&self) -> Value {
        json!([encode_fingerprints(&self.recent), encode_fingerprints(&self.ends), self.rows_before, self.rows_in_page])
    }

    /// Parses what [`Trail::encode`] returned.
    pub(super) fn decode(value: &Value) -> Option<Trail> {
        let number = |position: usize| usize::try_from(value.get(position)?.as_u64()?).ok();
        let mut recent = decode_fingerprints(value.get(0)?)?;
        let mut ends = decode_fingerprints(value.get(1)?)?;
        recent.truncate(MAX_RECENT);
        ends.truncate(MAX_ENDS);
        Some(Trail { recent, ends, rows_before: number(2)?, rows_in_page: number(3)? })
    }
}

fn find_id(row: &Map<String, Value>) -> Option<u64> {
    Some(fingerprint([row.get("id")?.as_str()?]))
}

fn encode_fingerprints(fingerprints: &[u64]) -> String {
    URL_SAFE_NO_PAD.encode(fingerprints.iter().flat_map(|one| one.to_be_bytes()).collect::<Vec<u8>>())
}

fn decode_fingerprints(value: &Value) -> Option<Vec<u64>> {
    let bytes = URL_SAFE_NO_PAD.decode(value.as_str()?).ok()?;
    bytes.chunks(8).map(|chunk| chunk.try_into().ok().map(u64::from_be_bytes)).collect()
}
