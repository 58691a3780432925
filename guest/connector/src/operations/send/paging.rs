//! The pages of a list.

use serde_json::{Map, Value};

use crate::error::Result;
use crate::graph::page::Page;
use crate::graph::request::GraphRequest;
use crate::operations::connector::Connector;

impl Connector<'_> {
    /// Returns the objects of all pages.
    pub(in crate::operations) fn list_all_pages(&self, first: &GraphRequest) -> Result<Vec<Map<String, Value>>> {
        let mut page = Page::parse(self.service(), self.send(first)?)?;
        let mut objects = page.value;
        while let Some(link) = page.next {
            page = Page::parse(self.service(), self.send(&first.follow(link)?)?)?;
            objects.append(&mut page.value);
        }
        Ok(objects)
    }
}
