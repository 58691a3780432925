//! The pages of a collection, one after the other.

use serde_json::{Map, Value};

use crate::error::Result;
use crate::graph::page::{self, Page};
use crate::graph::page_size;
use crate::graph::request::GraphRequest;
use crate::operations::connector::Connector;
use crate::operations::send::page_progress::PageProgress;

/// The pages of a collection, from a page on.
pub(in crate::operations) struct Pages<'p, 'c> {
    connector: &'p Connector<'c>,
    first: GraphRequest,
    /// The request for the next page; `None` after the last one.
    next: Option<GraphRequest>,
    progress: PageProgress,
    /// The number of rows to ask for, once a page was too long. A link can name the number of the first request.
    fewer_rows: Option<usize>,
}

impl Pages<'_, '_> {
    /// Returns the address of the next page, in the spelling of the first one: a caller gets it in a cookie.
    pub(in crate::operations) fn next_address(&self) -> Option<String> {
        self.next.as_ref().and_then(|request| page::respell(&self.first, &request.uri().to_string()).ok())
    }

    /// Returns the next page, without the rows that occurred before; `None` after the last one.
    ///
    /// # Errors
    ///
    /// If the pages do not end, see [`PageProgress::follow`], or if a link leads to another collection.
    pub(in crate::operations) fn read(&mut self) -> Result<Option<Page>> {
        let Some(mut request) = self.next.take() else { return Ok(None) };
        if let Some(rows) = self.fewer_rows {
            request = page_size::set(&request, rows);
        }
        let body = self.connector.send_for_page(&mut request, &mut self.fewer_rows)?;
        self.parse(body).map(Some)
    }

    /// Parses the page that a request returned.
    fn parse(&mut self, body: Map<String, Value>) -> Result<Page> {
        let mut page = Page::parse(self.connector.service(), body)?;
        page.value.retain(|row| self.progress.add_row(row));
        self.next = self.progress.next_request(&self.first, page.next.as_deref())?;
        Ok(page)
    }
}

impl<'c> Connector<'c> {
    /// Returns the pages of a collection, beginning with that of `first`.
    pub(in crate::operations) fn read_pages(&self, first: GraphRequest) -> Pages<'_, 'c> {
        let progress = PageProgress::from_request(&first);
        Pages { connector: self, next: Some(first.clone()), first, progress, fewer_rows: None }
    }

    /// Returns the rows of the first page, which the response to `first` has, and the pages after it.
    pub(in crate::operations) fn read_pages_after(
        &self,
        first: &GraphRequest,
        body: Map<String, Value>,
    ) -> Result<(Vec<Map<String, Value>>, Pages<'_, 'c>)> {
        let mut pages = self.read_pages(first.clone());
        let page = pages.parse(body)?;
        Ok((page.value, pages))
    }

    /// Returns the rows of all pages, each once.
    pub(in crate::operations) fn list_all_pages(&self, first: &GraphRequest) -> Result<Vec<Map<String, Value>>> {
        self.collect_pages(Vec::new(), self.read_pages(first.clone()))
    }

    /// Returns the rows of a list whose first page is the response to `first`.
    pub(in crate::operations) fn list_all_pages_after(
        &self,
        first: &GraphRequest,
        body: Map<String, Value>,
    ) -> Result<Vec<Map<String, Value>>> {
        let (rows, pages) = self.read_pages_after(first, body)?;
        self.collect_pages(rows, pages)
    }

    fn collect_pages(&self, mut rows: Vec<Map<String, Value>>, mut pages: Pages<'_, '_>) -> Result<Vec<Map<String, Value>>> {
        while let Some(mut page) = pages.read()? {
            rows.append(&mut page.value);
        }
        Ok(rows)
    }
    /// Sends a request for a page. If the page is too long to be read, requests it again with half as many rows, down to one.
    /// Then `fewer_rows` is the number, and `request` asks for it.
    pub(in crate::operations) fn send_for_page(
        &self,
        request: &mut GraphRequest,
        fewer_rows: &mut Option<usize>,
    ) -> Result<Map<String, Value>> {
        loop {
            let error = match self.send(request) {
                Ok(page) => return Ok(page),
                Err(error) => error,
            };
            let rows = page_size::get(request).unwrap_or(USUAL_ROWS);
            if rows < 2 || request.effect().is_write() || !error.is_response_too_long() {
                return Err(error);
            }
            *request = page_size::set(request, rows / 2);
            *fewer_rows = Some(rows / 2);
        }
    }
}

/// The number of rows that a page is taken to have, if the request leaves it to the service.
const USUAL_ROWS: usize = 100;
