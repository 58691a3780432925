//! Search of the rows of Graph's collections: Graph filters as far as it can, and the connector the rest; page by page, in Graph's
//! order or sorted.

use serde_json::{Map, Value};

use crate::error::Result;
use crate::graph::contacts;
use crate::graph::page::Page;
use crate::graph::request::GraphRequest;
use crate::operations::connector::Connector;
use crate::operations::icf::cookie_error::{build_cookie_error, build_other_search_error};
use crate::operations::icf::cursor::Cursor;
use crate::operations::icf::search::{ObjectSink, Search};
use crate::operations::icf::sorting::{SortPosition, SortedPage};
use crate::operations::icf::trail::Trail;
use crate::operations::send::paging::Pages;

/// A collection of Graph. A search can go through several.
pub(in crate::operations) struct Section {
    /// The name in a cookie.
    pub key: String,
    /// The request for the first page.
    pub first: GraphRequest,
}

/// The source of the objects of a search.
pub(in crate::operations) trait Source {
    /// Returns the section with that key. The first one has an empty key.
    fn find_section(&mut self, key: &str) -> Result<Option<Section>>;
    /// Returns the section after the one with that key.
    fn next_section(&mut self, key: &str) -> Result<Option<Section>>;
    /// Returns the object for a row of a section.
    fn build_object(&mut self, section: &Section, row: &Map<String, Value>) -> Result<Map<String, Value>>;
    /// Returns an object for filters.
    fn to_comparable(&self, object: &Map<String, Value>) -> Map<String, Value> {
        object.clone()
    }
    /// Checks whether the service sorts the rows.
    fn is_sorted(&self) -> bool {
        false
    }
    /// Records the number of objects on all pages.
    fn record_count(&mut self, _: u64) {}
}

/// The position of a search in a section.
struct Position<'p, 'c> {
    connector: &'p Connector<'c>,
    section: Section,
    /// The pages that follow.
    pages: Pages<'p, 'c>,
    /// The current page.
    page: Option<CurrentPage>,
    /// The rows that the caller has.
    trail: Trail,
}

/// A page of the service.
struct CurrentPage {
    /// Its address.
    link: String,
    page: Page,
    /// The number of rows at its beginning that the caller has.
    start: usize,
}

impl<'c> Connector<'c> {
    /// Passes the objects that a search finds to `sink`. Returns the cookie of the next page, if there is one.
    pub(in crate::operations) fn search_source(
        &self,
        search: &Search,
        source: &mut dyn Source,
        sink: ObjectSink<'_>,
    ) -> Result<Option<String>> {
        let first = source.find_section("")?.ok_or_else(build_other_search_error)?;
        let id = search.fingerprint(first.first.uri().path());
        let cursor = search.cookie.as_deref().map(|cookie| Cursor::decode(cookie, id)).transpose()?;
        let next = if search.sort.is_empty() || source.is_sorted() {
            let position = match cursor {
                None => self.begin(first),
                Some(cursor) => self.resume(source, cursor)?,
            };
            self.search_in_service_order(search, source, position, sink)?
        } else {
            let mut page = SortedPage::new(search, cursor.and_then(|cursor| cursor.after));
            let all = Search { page_size: None, cookie: None, offset: 0, ..search.clone() };
            self.search_in_service_order(&all, source, self.begin(first), &mut |object| page.push(object))?;
            page.emit(sink)?.map(to_cursor)
        };
        Ok(next.map(|next| next.encode(id)))
    }

    /// Searches objects in memory, of the collection with that name. Returns the cookie of the next page, if there is one.
    pub(in crate::operations) fn search_in_memory(
        &self,
        search: &Search,
        collection: &str,
        mut objects: Vec<Map<String, Value>>,
        sink: ObjectSink<'_>,
    ) -> Result<Option<String>> {
        objects.retain(|object| search.filter.matches(object));
        if search.sort.is_empty() && search.page_size.is_none() && search.cookie.is_none() {
            return objects.into_iter().skip(search.offset).try_for_each(sink).map(|()| None);
        }
        let id = search.fingerprint(collection);
        let cursor = search.cookie.as_deref().map(|cookie| Cursor::decode(cookie, id)).transpose()?;
        let mut page = SortedPage::new(search, cursor.and_then(|cursor| cursor.after));
        objects.into_iter().try_for_each(|object| page.push(object))?;
        Ok(page.emit(sink)?.map(|after| to_cursor(after).encode(id)))
    }

    /// Searches in Graph's order, page by page, until there are enough objects.
    fn search_in_service_order(
        &self,
        search: &Search,
        source: &mut dyn Source,
        mut position: Position<'_, 'c>,
        sink: ObjectSink<'_>,
    ) -> Result<Option<Cursor>> {
        let (mut count, mut to_skip) = (0, search.offset);
        while let Some(current) = position.read_page(source)? {
            if let Some(total) = current.page.count {
                source.record_count(total);
            }
            let (rows, has_next) = (current.page.value.len(), current.page.next.is_some());
            for (at, row) in current.page.value.into_iter().enumerate() {
                if at < current.start {
                    position.trail.pass();
                    continue;
                }
                let is_new = !position.trail.has(&row);
                position.trail.push(&row);
                if !is_new {
                    continue;
                }
                let object = source.build_object(&position.section, &row)?;
                if !search.filter.matches(&source.to_comparable(&object)) {
                    continue;
                }
                if to_skip > 0 {
                    to_skip -= 1;
                    continue;
                }
                sink(object)?;
                count += 1;
                if search.page_size != Some(count) {
                    continue;
                }
                if at + 1 < rows || has_next {
                    let (section, link, trail) = (position.section.key, Some(current.link), position.trail);
                    return Ok(Some(Cursor { section, link, trail, after: None }));
                }
                let next = source.next_section(&position.section.key)?;
                return Ok(next.map(|next| Cursor { section: next.key, ..Cursor::default() }));
            }
        }
        Ok(None)
    }

    /// Returns the beginning of a section.
    fn begin(&self, section: Section) -> Position<'_, 'c> {
        let pages = self.read_pages(section.first.clone());
        Position { connector: self, section, pages, page: None, trail: Trail::default() }
    }

    /// Returns the position after the rows that the caller has.
    fn resume(&self, source: &mut dyn Source, cursor: Cursor) -> Result<Position<'_, 'c>> {
        let missing =
            || build_cookie_error("the folder in which the page begins does not exist any more: begin without the cookie");
        let section = source.find_section(&cursor.section)?.ok_or_else(missing)?;
        let Some(link) = cursor.link else { return Ok(self.begin(section)) };
        let request = contacts::resume(&section.first, &link).ok_or_else(build_other_search_error)?;
        let mut trail = cursor.trail;
        trail.begin_callers_page();
        let last_page = section.first.follow(request.uri().to_string())?;
        if let Some((pages, page, trail)) = self.find_trail(last_page, &trail, trail.rows_before, trail.rows_in_page)? {
            return Ok(Position { connector: self, section, pages, page: Some(page), trail });
        }
        // All of the recent rows are gone, or are further at the beginning because others are gone.
        if trail.rows_before > 0
            && let Some((pages, page, trail)) = self.find_trail(section.first.clone(), &trail, 0, trail.rows_before)?
        {
            return Ok(Position { connector: self, section, pages, page: Some(page), trail });
        }
        Ok(Position { trail: trail.at(0), ..self.begin(section) })
    }

    /// Searches the rows that the caller has, in the next `rows` rows from the page of `first` on, before which there are `before`.
    /// Returns the page in which they begin, and the pages that follow.
    fn find_trail(
        &self,
        first: GraphRequest,
        trail: &Trail,
        mut before: usize,
        rows: usize,
    ) -> Result<Option<(Pages<'_, 'c>, CurrentPage, Trail)>> {
        let (mut pages, last, mut end) = (self.read_pages(first.clone()), before.saturating_add(rows), None);
        while let Some(link) = pages.next_address() {
            let Some(page) = pages.read()? else { break };
            if let Some(start) = trail.find_recent(&page.value) {
                return Ok(Some((pages, CurrentPage { link, page, start }, trail.at(before))));
            }
            if trail.find_end(&page.value).is_some() {
                end = Some((link, before));
            }
            before = before.saturating_add(page.value.len());
            if before >= last {
                break;
            }
        }
        let Some((link, before)) = end else { return Ok(None) };
        let mut pages = self.read_pages(first.follow(link.clone())?);
        let page = pages.read()?;
        Ok(page.map(|page| {
            let start = trail.find_end(&page.value).unwrap_or_default();
            (pages, CurrentPage { link, page, start }, trail.at(before))
        }))
    }
}

impl Position<'_, '_> {
    /// Returns the next page, of this section or of one that follows.
    fn read_page(&mut self, source: &mut dyn Source) -> Result<Option<CurrentPage>> {
        if let Some(page) = self.page.take() {
            return Ok(Some(page));
        }
        loop {
            self.trail.begin_service_page();
            let link = self.pages.next_address();
            if let Some((page, link)) = self.pages.read()?.zip(link) {
                return Ok(Some(CurrentPage { link, page, start: 0 }));
            }
            let Some(next) = source.next_section(&self.section.key)? else { return Ok(None) };
            self.pages = self.connector.read_pages(next.first.clone());
            (self.section, self.trail) = (next, Trail::default());
        }
    }
}

fn to_cursor(after: SortPosition) -> Cursor {
    Cursor { after: Some(after), ..Cursor::default() }
}

/// Checks that the cookie of a search, if there is one, is one of this connector. It is checked before a request is sent.
pub(in crate::operations) fn check_cookie(search: &Search) -> Result<()> {
    search.cookie.as_deref().map_or(Ok(()), Cursor::check)
}
