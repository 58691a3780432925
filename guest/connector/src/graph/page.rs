//! A page of a collection.

use percent_encoding::percent_decode_str;
use protocol::graph_link::GraphLink;
use serde_json::{Map, Value};

use super::request::GraphRequest;
use super::service::Service;
use crate::error::{Error, ErrorKind, Result};

/// A page: the objects, and the link to the next page.
/// <https://learn.microsoft.com/en-us/graph/paging>
#[derive(Debug, PartialEq)]
pub struct Page {
    /// The objects.
    pub value: Vec<Map<String, Value>>,
    /// The link to the next page; `None` on the last page.
    pub next: Option<String>,
    /// The link to the next changes, only on the last page of a delta query.
    pub delta: Option<String>,
    /// The number of objects on all pages, only on the first page of a query that asked for it.
    pub count: Option<u64>,
}

/// Creates the `GET` of the page at a link, which a page of the list of `first` gave.
///
/// # Errors
///
/// If the link leads to another list, or to the mailbox of a user who is known to be another one.
pub fn follow(first: &GraphRequest, link: &str) -> Result<GraphRequest> {
    parse_link(first, link)?;
    first.follow(link.to_owned())
}

/// Returns the address of the page at a link, which a page of the list of `first` gave, in the spelling of `first`: so it is the same
/// for every spelling of the link.
///
/// # Errors
///
/// As [`follow`].
pub fn respell(first: &GraphRequest, link: &str) -> Result<String> {
    Ok(move_query(first, &parse_link(first, link)?))
}

/// Returns the address of `first` with the query of a link.
pub(super) fn move_query(first: &GraphRequest, link: &GraphLink<'_>) -> String {
    let own = first.uri().to_string();
    let path = own.split_once('?').map_or(own.as_str(), |(path, _)| path);
    link.query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
}

fn parse_link<'l>(first: &GraphRequest, link: &'l str) -> Result<GraphLink<'l>> {
    let own = first.uri().to_string();
    let parsed = GraphLink::parse(link);
    let is_same = |(own, link): (&GraphLink<'_>, &GraphLink<'_>)| own.has_same_service(link) && link.path.is_page_of(&own.path);
    let is_page = GraphLink::parse(&own).as_ref().zip(parsed.as_ref()).is_some_and(is_same);
    parsed.filter(|_| is_page).ok_or_else(|| {
        let problem =
            format!("page of Microsoft Graph: the link to the next page leads to another list ({link}) and is not followed");
        Error::new(ErrorKind::Unavailable, problem)
    })
}

/// Returns the decoded value of a query option in a link, such as `$skiptoken`.
pub fn get_link_option(link: &str, name: &str) -> Option<String> {
    let (_, query) = link.split_once('?')?;
    query.split('&').find_map(|option| {
        let (given, value) = option.split_once('=')?;
        let given = percent_decode_str(given).decode_utf8().ok()?;
        given.eq_ignore_ascii_case(name).then(|| percent_decode_str(value).decode_utf8().ok().map(|value| value.into_owned()))?
    })
}

impl Page {
    /// Parses a page.
    ///
    /// # Errors
    ///
    /// If it is not a page, or if a link leads to another service.
    pub fn parse(service: &Service, mut body: Map<String, Value>) -> Result<Page> {
        let error = |problem: &str| Error::new(ErrorKind::Unavailable, format!("page of Microsoft Graph: {problem}"));
        let Some(Value::Array(items)) = body.remove("value") else { return Err(error("expected an array `value`")) };
        let value = items
            .into_iter()
            .map(|item| match item {
                Value::Object(object) => Ok(object),
                _ => Err(error("expected objects in `value`")),
            })
            .collect::<Result<_>>()?;
        let count = body.get("@odata.count").and_then(Value::as_u64);
        let mut link = |name: &str| match body.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(link)) if service.has_address(&link) => Ok(Some(link)),
            Some(link) => Err(error(&format!("the link to the next page leads to another service ({link}) and is not followed"))),
        };
        Ok(Page { value, next: link("@odata.nextLink")?, delta: link("@odata.deltaLink")?, count })
    }
}
