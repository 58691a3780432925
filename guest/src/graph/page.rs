//! A page of a collection.

use serde_json::{Map, Value};

use super::Service;
use crate::error::{Error, Kind, Result};

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

impl Page {
    /// Reads a page. Fails where it is none, and where its link leads to another service than the one that was asked.
    pub fn read(service: &Service, mut answer: Map<String, Value>) -> Result<Page> {
        let strange = |what: &str| Error::new(Kind::Unavailable, format!("Microsoft Graph answered a page {what}"));
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
            Some(Value::String(link)) if service.owns(&link) => Ok(Some(link)),
            Some(link) => Err(strange(&format!("whose link to the next one leads elsewhere ({link}); it was not followed"))),
        };
        Ok(Page { value, next: link("@odata.nextLink")?, delta: link("@odata.deltaLink")?, count })
    }
}
