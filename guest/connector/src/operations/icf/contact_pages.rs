//! Pages of the contacts of one folder.

use serde_json::{Map, Value};

use crate::contact::{Contact, from_json};
use crate::error::Result;
use crate::graph::address::Container;
use crate::graph::contacts;
use crate::graph::selection::Selection;
use crate::operations::connector::Connector;
use crate::operations::icf::filter::Filter;
use crate::operations::icf::row_search::{Section, Source};
use crate::operations::icf::search::Search;

/// The contacts of one folder, as the service returns them.
struct FolderRows(Section);

impl Source for FolderRows {
    fn find_section(&mut self, key: &str) -> Result<Option<Section>> {
        Ok((key == self.0.key).then(|| Section { key: self.0.key.clone(), first: self.0.first.clone() }))
    }

    fn next_section(&mut self, _: &str) -> Result<Option<Section>> {
        Ok(None)
    }

    fn build_object(&mut self, _: &Section, row: &Map<String, Value>) -> Result<Map<String, Value>> {
        Ok(row.clone())
    }
}

impl Connector<'_> {
    /// Passes the contacts of a page of a container to `sink`, in the order of the service: at most `size`, or all. Returns the
    /// cookie of the next page, if there is one. What is deleted between two pages does not move others past a page.
    pub fn list_contacts_page(
        &self,
        container: &Container,
        selection: &Selection,
        size: Option<usize>,
        cookie: Option<&str>,
        mut sink: impl FnMut(Contact) -> Result<()>,
    ) -> Result<Option<String>> {
        let search = Search {
            filter: Filter::Constant(true),
            attributes: selection.properties.iter().map(|name| (*name).to_owned()).collect(),
            page_size: size,
            cookie: cookie.map(str::to_owned),
            offset: 0,
            sort: Vec::new(),
            words: None,
            count: false,
        };
        search.check_attributes("contact", |_| true, |_| false)?;
        let first = contacts::list(self.service(), container, selection)?;
        let mut source = FolderRows(Section { key: String::new(), first });
        let version = self.service().version;
        self.search_source(&search, &mut source, &mut |row| sink(from_json::parse_response(&row, version)))
    }
}
