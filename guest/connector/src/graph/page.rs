//! A page of a collection.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::service::Service;
use crate::error::{Error, ErrorKind, Result};

/// One page: the objects, and the address of the next page.
/// <https://learn.microsoft.com/en-us/graph/paging>
#[derive(Debug, PartialEq)]
pub struct Page {
    /// The objects.
    pub value: Vec<Map<String, Value>>,
    /// The address of the next page; `None` on the last.
    pub next: Option<String>,
    /// Of changes, the address that gives the next ones; on the last page alone.
    pub delta: Option<String>,
    /// How many objects there are on all pages, where that was asked for; the service says it on the first page.
    pub count: Option<u64>,
}

/// The value, decoded, that the address of a following page has for an option, as `$skiptoken`.
pub fn option(link: &str, name: &str) -> Option<String> {
    let (_, query) = link.split_once('?')?;
    query.split('&').find_map(|option| {
        let (given, value) = option.split_once('=')?;
        let given = percent_decode_str(given).decode_utf8().ok()?;
        given.eq_ignore_ascii_case(name).then(|| percent_decode_str(value).decode_utf8().ok().map(|value| value.into_owned()))?
    })
}

impl Page {
    /// Reads a page. Fails where it is none, and where its link leads to another service than the one that was asked.
    pub fn read(service: &Service, mut answer: Map<String, Value>) -> Result<Page> {
        let strange = |what: &str| Error::new(ErrorKind::Unavailable, format!("Microsoft Graph answered a page {what}"));
        let Some(Value::Array(items)) = answer.remove("value") else { return Err(strange("without `value`")) };
        let value = items
            .into_iter()
            .map(|item| match item {
                Value::Object(object) => Ok(object),
                _ => Err(strange("with something that is not an object")),
            })
            .collect::<Result<_>>()?;
        let count = answer.get("@odata.count").and_then(Value::as_u64);
        let mut link = |name: &str| match answer.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(link)) if service.has_address(&link) => Ok(Some(link)),
            Some(link) => Err(strange(&format!("whose link to the next one leads elsewhere ({link}); it was not followed"))),
        };
        Ok(Page { value, next: link("@odata.nextLink")?, delta: link("@odata.deltaLink")?, count })
    }
}
