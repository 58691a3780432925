//! Pages of `$top` objects, made of Microsoft Graph's pages, and the tokens that lead from one to the next.
//!
//! Links to next pages have only the token, so the token also carries the query. Besides, it says how many pages come before the page,
//! and where the page begins: Microsoft Graph's token, and how many objects of that page to skip.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Value, json};

use crate::failure::from_error;
use crate::page_size::MAX_PAGE_SIZE;
use crate::query::Query;
use connector::bounded_json;
use connector::error;
use connector::operations::directory::objects::{Object, ObjectPage};
use connector::operations::send::page_progress::PageProgress;
use protocol::azure_ad_graph::failure::Failure;

/// A position in Microsoft Graph's pages.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cursor {
    /// The token of the page. `None` for the first page.
    token: Option<String>,
    /// The objects of the page that callers have already.
    skipped: usize,
}

/// The page that a query asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RequestedPage {
    /// The page at a position, and the number of pages before it.
    At(u64, Cursor),
    /// The page before the one with that number of pages before it.
    Before(u64),
}

/// The furthest page to go back from. Each page before it costs a request.
const MAX_PAGES_BACK: u64 = 50;

/// The most pages of Microsoft Graph that are read for one page.
const MAX_GRAPH_PAGES: usize = 10;

impl RequestedPage {
    /// Returns the page that a query asks for, and restores the query from its token.
    ///
    /// # Errors
    ///
    /// If the token is not one of this gateway's.
    pub(super) fn from_query(query: &mut Query) -> Result<RequestedPage, Failure> {
        let Some(text) = query.skip_token.take() else { return Ok(RequestedPage::At(0, Cursor::default())) };
        let unreadable = || expired_token("The $skiptoken is not one of this gateway's: begin with the first page.");
        let bare = text.strip_prefix("X'").and_then(|text| text.strip_suffix('\'')).unwrap_or(&text);
        let bytes = URL_SAFE_NO_PAD.decode(bare).map_err(|_| unreadable())?;
        let token = bounded_json::parse(&bytes).map_err(|_| unreadable())?;
        let text = |name: &str| token.get(name).and_then(Value::as_str).map(str::to_owned);
        let number = |name: &str| token.get(name).and_then(Value::as_u64);
        let before = number("before").filter(|before| *before > 0).ok_or_else(unreadable)?;
        let skipped = number("given").and_then(|skipped| usize::try_from(skipped).ok()).unwrap_or_default();
        query.filter = text("filter");
        query.order_by = text("orderBy");
        query.select = text("select");
        query.expand = text("expand");
        let top = number("top").and_then(|top| u32::try_from(top).ok()).filter(|top| (1..=MAX_PAGE_SIZE).contains(top));
        query.top = query.top.or(top);
        if !query.previous_page {
            return Ok(RequestedPage::At(before, Cursor { token: text("token"), skipped }));
        }
        if before > MAX_PAGES_BACK {
            let message = format!(
                "previous-page works on the first {MAX_PAGES_BACK} pages, not on page {}: begin with the first.",
                before + 1
            );
            return Err(Failure::unsupported_query(message));
        }
        Ok(RequestedPage::Before(before))
    }
}

fn expired_token(message: &str) -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, "Directory_ExpiredPageToken", message)
}

/// Returns a token in the service's form, which some programs look for.
fn write_token(before: u64, cursor: &Cursor, query: &Query) -> String {
    let all = json!({
        "before": before, "token": cursor.token, "given": cursor.skipped,
        "filter": query.filter, "orderBy": query.order_by, "select": query.select, "expand": query.expand, "top": query.top,
    });
    let Value::Object(mut all) = all else { return String::new() };
    all.retain(|_, value| !value.is_null() && *value != 0);
    format!("X'{}'", URL_SAFE_NO_PAD.encode(Value::Object(all).to_string()))
}

/// A reader of pages of `top` objects.
pub(super) struct PageReader<'p> {
    /// Reads Microsoft Graph's page with that token.
    pub(super) fetch: &'p mut dyn FnMut(Option<&str>) -> error::Result<ObjectPage>,
    /// Writes an object. `None` if the caller's filter leaves it out.
    pub(super) write: &'p dyn Fn(&Object) -> Option<String>,
    /// The objects of a page.
    pub(super) top: usize,
    /// What was read before.
    pub(super) progress: PageProgress,
}

impl PageReader<'_> {
    /// Reads a page. Returns its objects, and the token of the next page, or when going back, of the page before.
    pub(super) fn read(mut self, page: &RequestedPage, query: &Query) -> Result<(Vec<String>, Option<String>), Failure> {
        match page {
            RequestedPage::At(before, cursor) => {
                if let Some(token) = &cursor.token {
                    self.progress.follow(token).map_err(from_error)?;
                }
                let (objects, next) = self.read_from(cursor.clone())?;
                Ok((objects, next.map(|next| write_token(before + 1, &next, query))))
            }
            RequestedPage::Before(before) => {
                // Microsoft Graph only leads forwards.
                let mut cursor = Cursor::default();
                for _ in 1..*before {
                    let fewer = || expired_token("There are fewer pages now than before: begin with the first.");
                    cursor = self.read_from(cursor)?.1.ok_or_else(fewer)?;
                }
                let back = (*before > 1).then(|| write_token(before - 1, &cursor, query));
                Ok((self.read_from(cursor)?.0, back))
            }
        }
    }

    /// Reads the objects from a position on. Returns them, and the position of the next page.
    fn read_from(&mut self, mut cursor: Cursor) -> Result<(Vec<String>, Option<Cursor>), Failure> {
        let mut objects = Vec::new();
        for _ in 0..MAX_GRAPH_PAGES {
            let (rows, next) = (self.fetch)(cursor.token.as_deref()).map_err(from_error)?;
            for (index, row) in rows.iter().enumerate() {
                // A row can occur again on a later page.
                if index < cursor.skipped {
                    self.progress.add_row(row);
                    continue;
                }
                if objects.len() == self.top {
                    return Ok((objects, Some(Cursor { skipped: index, ..cursor })));
                }
                if self.progress.add_row(row) {
                    objects.extend((self.write)(row));
                }
            }
            let Some(token) = next else { return Ok((objects, None)) };
            self.progress.follow(&token).map_err(from_error)?;
            cursor = Cursor { token: Some(token), skipped: 0 };
            if objects.len() == self.top {
                break;
            }
        }
        Ok((objects, Some(cursor)))
    }
}
