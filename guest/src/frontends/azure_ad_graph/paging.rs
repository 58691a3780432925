//! The tokens between pages.
//!
//! A token says how many pages come before the one that it leads to, where Microsoft Graph has that page, and what was asked for: links
//! to next pages have the token alone, so that it has to remember the rest.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::failure::Failure;
use super::query::Query;
use crate::bounded_json;
use crate::error;
use crate::graph::page::Page;

/// Which page is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Position {
    /// The first.
    First,
    /// The one at that link, with so many before it.
    At(usize, String),
    /// The one before the one with so many before it.
    Before(usize),
}

/// Pages that are counted through at most, to come back to the one before: each is a request.
const FURTHEST: usize = 1000;

impl Position {
    /// The page that a query asks for. Takes from its token what was asked for at first, where the query does not say it again.
    pub(super) fn of(query: &mut Query) -> Result<Position, Failure> {
        let Some(token) = query.skip_token.take() else { return Ok(Position::First) };
        let unreadable = || {
            let message = "The $skiptoken is none that this gateway has given.";
            Failure::new(http::StatusCode::BAD_REQUEST, "Directory_ExpiredPageToken", message)
        };
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| unreadable())?;
        let token = bounded_json::read(&bytes).map_err(|_| unreadable())?;
        let text = |name: &str| token.get(name).and_then(Value::as_str).map(str::to_owned);
        let before = token.get("before").and_then(Value::as_u64).and_then(|before| usize::try_from(before).ok());
        let before = before.filter(|before| (1..FURTHEST).contains(before)).ok_or_else(unreadable)?;
        let link = text("link").ok_or_else(unreadable)?;
        let top = token.get("top").and_then(Value::as_u64).and_then(|top| u32::try_from(top).ok());
        query.filter = query.filter.take().or_else(|| text("filter"));
        query.order_by = query.order_by.take().or_else(|| text("orderBy"));
        query.select = query.select.take().or_else(|| text("select"));
        query.expand = query.expand.take().or_else(|| text("expand"));
        query.top = query.top.or(top.filter(|top| (1..=999).contains(top)));
        Ok(if query.previous_page { Position::Before(before) } else { Position::At(before, link) })
    }
}

fn token(before: usize, link: &str, query: &Query) -> String {
    let token = json!({
        "before": before, "link": link,
        "filter": query.filter, "orderBy": query.order_by, "select": query.select, "expand": query.expand, "top": query.top,
    });
    URL_SAFE_NO_PAD.encode(token.to_string())
}

/// The page at a position, which `fetch` gets by its link, and the token that leads on: of a page that was gone back to, the one
/// with which to go back further.
pub(super) fn page(
    position: &Position,
    query: &Query,
    mut fetch: impl FnMut(Option<&str>) -> error::Result<Page>,
) -> Result<(Page, Option<String>), Failure> {
    let (before, link) = match position {
        Position::First => (0, None),
        Position::At(before, link) => (*before, Some(link.clone())),
        Position::Before(before) => {
            // Microsoft Graph leads forwards alone.
            let wanted = before - 1;
            let mut link = None;
            for _ in 0..wanted {
                link = fetch(link.as_deref())?.next;
                if link.is_none() {
                    return Err(Failure::new(
                        http::StatusCode::BAD_REQUEST,
                        "Directory_ExpiredPageToken",
                        "There are fewer pages now than there were: begin with the first.",
                    ));
                }
            }
            let page = fetch(link.as_deref())?;
            let back = link.map(|link| token(wanted, &link, query));
            return Ok((page, back));
        }
    };
    let page = fetch(link.as_deref())?;
    let next = page.next.as_ref().filter(|_| before + 1 < FURTHEST).map(|next| token(before + 1, next, query));
    Ok((page, next))
}
