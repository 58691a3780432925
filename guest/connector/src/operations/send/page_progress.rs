//! The progress through the pages of a list, each row once, and the end of lists that would not end.
//!
//! Microsoft Graph can repeat a row on a later page, and give empty pages with a link to the next one
//! (<https://learn.microsoft.com/en-us/graph/delta-query-overview>). It was also seen to link to a page that was read before, and
//! to give one page under ever new links (microsoft-graph-docs#9008, msgraph-sdk-dotnet#2108, msgraph-sdk-dotnet#3082).

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::graph::page;
use crate::graph::request::GraphRequest;

/// The maximum number of pages in a row with rows that all occurred before.
const MAX_REPEATED_PAGES: usize = 5;
/// The maximum number of pages in a row without a new row.
const MAX_PAGES_WITHOUT_NEW_ROW: usize = 50;

/// The progress through the pages of a list: what was read before.
#[derive(Debug, Default)]
pub struct PageProgress {
    /// The digests of the links that were followed.
    links: BTreeSet<u128>,
    /// The digests of the ids of the rows. An id has about 150 bytes, and a list can have 20,000 rows.
    rows: BTreeSet<u128>,
    /// Whether the current page has rows, and new ones.
    has_rows: bool,
    has_new_row: bool,
    repeated_pages: usize,
    pages_without_new_row: usize,
}

impl PageProgress {
    /// Creates the progress of a list of which this request reads a page.
    pub(in crate::operations) fn from_request(request: &GraphRequest) -> PageProgress {
        let links = BTreeSet::from([compute_link_digest(&request.uri().to_string())]);
        PageProgress { links, ..PageProgress::default() }
    }

    /// Records a row of the current page. Returns whether it is new. A row without an id is.
    pub fn add(&mut self, id: Option<&str>) -> bool {
        let is_new = id.is_none_or(|id| self.rows.insert(compute_digest(id)));
        self.has_rows = true;
        self.has_new_row |= is_new;
        is_new
    }

    /// Records a row of Microsoft Graph; see [`PageProgress::add`].
    pub fn add_row(&mut self, row: &Map<String, Value>) -> bool {
        self.add(row.get("id").and_then(Value::as_str))
    }

    /// Ends the current page of the list, which links to another one. `link` has the same spelling for the same page.
    ///
    /// # Errors
    ///
    /// If the link was followed before, or if several pages had no new row: the list would not end.
    pub fn follow(&mut self, link: &str) -> Result<()> {
        if self.has_new_row {
            (self.repeated_pages, self.pages_without_new_row) = (0, 0);
        } else {
            self.pages_without_new_row += 1;
            self.repeated_pages += usize::from(self.has_rows);
        }
        (self.has_rows, self.has_new_row) = (false, false);
        if !self.links.insert(compute_link_digest(link)) {
            return Err(build_error("a page links to a page that was read before"));
        }
        if self.repeated_pages >= MAX_REPEATED_PAGES || self.pages_without_new_row >= MAX_PAGES_WITHOUT_NEW_ROW {
            let count = self.pages_without_new_row;
            return Err(build_error(&format!("{count} pages in a row had no new row, and link to another one")));
        }
        Ok(())
    }

    /// Returns the request of the next page of the list of `first`; `None` after the last page.
    ///
    /// # Errors
    ///
    /// As [`PageProgress::follow`], or if the link leads to another list.
    pub(in crate::operations) fn next_request(
        &mut self,
        first: &GraphRequest,
        link: Option<&str>,
    ) -> Result<Option<GraphRequest>> {
        let Some(link) = link else { return Ok(None) };
        self.follow(&page::respell(first, link)?)?;
        page::follow(first, link).map(Some)
    }
}

fn build_error(problem: &str) -> Error {
    let advice = "the list would not end; read it again later";
    Error::new(ErrorKind::Unavailable, format!("page of Microsoft Graph: {problem}: {advice}"))
}

/// Returns a digest of a link, the same for every percent-encoding.
fn compute_link_digest(link: &str) -> u128 {
    compute_digest(&percent_decode_str(&link.replace('+', " ")).decode_utf8_lossy())
}

/// Returns a digest of a text. Among a million texts two have the same one with a probability below 10^-26.
fn compute_digest(text: &str) -> u128 {
    let compute = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        (seed, text).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    compute(0) << 64 | compute(1)
}
