//! The tokens between pages, and the pages that they lead to.
//!
//! A token says how many pages come before the one that it leads to, where Microsoft Graph has that page, how many of its objects were given
//! before, and what was asked for: links to next pages have the token alone, so that it has to remember the rest.

use crate::failure::of_operation;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Value, json};

use crate::query::{LARGEST_PAGE, Query};
use connector::bounded_json;
use connector::error;
use connector::operations::directory::directory_objects::{Object, Objects};
use protocol::azure_ad_graph::failure::Failure;

/// Where in Microsoft Graph's pages.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cursor {
    /// The token of the page; `None` for the first.
    token: Option<String>,
    /// So many of its objects were given before.
    given: usize,
}

/// Which page is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Position {
    /// The one that begins there, with so many before it.
    At(u64, Cursor),
    /// The one before the one with so many before it.
    Before(u64),
}

/// Pages that one can go back at most: each is read anew from the first, by requests of its own.
const FURTHEST_BACK: u64 = 50;

/// Pages of Microsoft Graph that are read for one page here.
const MOST_READ: usize = 10;

impl Position {
    /// The page that a query asks for. What was asked for at first is in its token.
    pub(super) fn of(query: &mut Query) -> Result<Position, Failure> {
        let Some(text) = query.skip_token.take() else { return Ok(Position::At(0, Cursor::default())) };
        let unreadable = || expired("The $skiptoken is none that this gateway has given.");
        let bare = text.strip_prefix("X'").and_then(|text| text.strip_suffix('\'')).unwrap_or(&text);
        let bytes = URL_SAFE_NO_PAD.decode(bare).map_err(|_| unreadable())?;
        let token = bounded_json::read(&bytes).map_err(|_| unreadable())?;
        let text = |name: &str| token.get(name).and_then(Value::as_str).map(str::to_owned);
        let number = |name: &str| token.get(name).and_then(Value::as_u64);
        let before = number("before").filter(|before| *before > 0).ok_or_else(unreadable)?;
        let given = number("given").and_then(|given| usize::try_from(given).ok()).unwrap_or_default();
        query.filter = text("filter");
        query.order_by = text("orderBy");
        query.select = text("select");
        query.expand = text("expand");
        let top = number("top").and_then(|top| u32::try_from(top).ok()).filter(|top| (1..=LARGEST_PAGE).contains(top));
        query.top = query.top.or(top);
        if !query.previous_page {
            return Ok(Position::At(before, Cursor { token: text("token"), given }));
        }
        if before > FURTHEST_BACK {
            let message = format!("One can go back from one of the first {FURTHEST_BACK} pages: begin with the first.");
            return Err(Failure::unsupported_query(message));
        }
        Ok(Position::Before(before))
    }
}

fn expired(message: &str) -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, "Directory_ExpiredPageToken", message)
}

/// In the form that the service's tokens had, which some programs look for.
fn token(before: u64, cursor: &Cursor, query: &Query) -> String {
    let all = json!({
        "before": before, "token": cursor.token, "given": cursor.given,
        "filter": query.filter, "orderBy": query.order_by, "select": query.select, "expand": query.expand, "top": query.top,
    });
    let Value::Object(mut all) = all else { return String::new() };
    all.retain(|_, value| !value.is_null() && *value != 0);
    format!("X'{}'", URL_SAFE_NO_PAD.encode(Value::Object(all).to_string()))
}

/// Pages of `top` objects each, made of Microsoft Graph's.
pub(super) struct Pages<'p> {
    /// Gets Microsoft Graph's page of a token.
    pub(super) fetch: &'p mut dyn FnMut(Option<&str>) -> error::Result<Objects>,
    /// An object as it is given; `None` of one that is not wanted.
    pub(super) give: &'p dyn Fn(&Object) -> Option<String>,
    /// Objects a page.
    pub(super) top: usize,
}

impl Pages<'_> {
    /// The objects of the page at a position, and the token that leads on: of a page that was gone back to, the one with which to go back
    /// further.
    pub(super) fn page(mut self, position: &Position, query: &Query) -> Result<(Vec<String>, Option<String>), Failure> {
        match position {
            Position::At(before, cursor) => {
                let (objects, next) = self.from(cursor.clone())?;
                Ok((objects, next.map(|next| token(before + 1, &next, query))))
            }
            Position::Before(before) => {
                // Microsoft Graph leads forwards alone.
                let mut cursor = Cursor::default();
                for _ in 1..*before {
                    let fewer = || expired("There are fewer pages now than there were: begin with the first.");
                    cursor = self.from(cursor)?.1.ok_or_else(fewer)?;
                }
                let back = (*before > 1).then(|| token(before - 1, &cursor, query));
                Ok((self.from(cursor)?.0, back))
            }
        }
    }

    /// The objects from there on, and where the next page begins.
    fn from(&mut self, mut cursor: Cursor) -> Result<(Vec<String>, Option<Cursor>), Failure> {
        let mut objects = Vec::new();
        for _ in 0..MOST_READ {
            let (rows, next) = (self.fetch)(cursor.token.as_deref()).map_err(of_operation)?;
            for (place, row) in rows.iter().enumerate().skip(cursor.given) {
                if objects.len() == self.top {
                    return Ok((objects, Some(Cursor { given: place, ..cursor })));
                }
                objects.extend((self.give)(row));
            }
            let Some(token) = next else { return Ok((objects, None)) };
            cursor = Cursor { token: Some(token), given: 0 };
            if objects.len() == self.top {
                break;
            }
        }
        Ok((objects, Some(cursor)))
    }
}
