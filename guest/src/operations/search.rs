//! Searching contacts: what Graph can filter it filters, and the connector the rest.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::contact::{properties, read};
use crate::error::{Error, Kind, Result};
use crate::graph::address::{Container, Mailbox};
use crate::graph::page::Page;
use crate::graph::selection::Selection;
use crate::graph::{Request, contacts};
use crate::operations::Connector;
use crate::operations::contact_class::{FOLDERS, MAILBOX, Uid};
use crate::operations::filter::{Filter, Operator};
use crate::operations::network::Network;

/// What is searched for, and how it is given.
#[derive(Clone, Debug)]
pub struct Search {
    /// Which contacts. It has to say whose: `mailbox eq "..."` among what all has to hold, or `_id eq "..."`.
    pub filter: Filter,
    /// The most contacts that are given at once; `None` for all.
    pub page_size: Option<usize>,
    /// Where to go on, as the page before gave it.
    pub cookie: Option<String>,
    /// How many contacts are passed over first.
    pub offset: usize,
    /// By which attributes they are sorted, the first first; `true` for descending.
    pub sort: Vec<(String, bool)>,
}

/// What was found.
#[derive(Debug, PartialEq)]
pub struct Found {
    /// The contacts, as objects of the class.
    pub objects: Vec<Map<String, Value>>,
    /// Where to go on; `None` where there are no more.
    pub cookie: Option<String>,
}

/// Reads names with commas between them, each of which may have a sign before it: `+` for ascending, `-` for descending.
pub fn sort_keys(text: &str) -> Vec<(String, bool)> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| {
            // A plus sign in an address is a space, unless it is encoded.
            let (descending, name) = match name.strip_prefix('-') {
                Some(name) => (true, name),
                None => (false, name.strip_prefix('+').unwrap_or(name)),
            };
            (name.trim_start_matches('/').to_owned(), descending)
        })
        .collect()
}

/// Where a search goes on: after so many contacts of a page of Graph's, or of the sorted result.
struct Place {
    link: Option<String>,
    skip: usize,
}

impl Place {
    fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(json!({"link": self.link, "skip": self.skip}).to_string())
    }

    fn decode(cookie: &str) -> Option<Place> {
        let value: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cookie).ok()?).ok()?;
        let link = value.get("link").and_then(Value::as_str).map(str::to_owned);
        Some(Place { link, skip: usize::try_from(value.get("skip")?.as_u64()?).ok()? })
    }
}

impl<N: Network> Connector<'_, N> {
    /// Searches contacts.
    pub fn search_contacts(&self, search: &Search) -> Result<Found> {
        self.check(search)?;
        if let Some(id) = required(&search.filter, "_id") {
            return self.search_one(search, id);
        }
        let container = searched(&search.filter)?;
        let first = self.search_request(search)?;
        let place = match &search.cookie {
            None => Place { link: None, skip: 0 },
            Some(cookie) => Place::decode(cookie).ok_or_else(|| wrong_cookie("it is none of this connector's"))?,
        };
        if search.sort.is_empty() {
            self.in_order(search, &container, first, place)
        } else {
            self.sorted(search, &container, first, &place)
        }
    }

    /// The first request of a search.
    pub fn search_request(&self, search: &Search) -> Result<Request> {
        if let Some(id) = required(&search.filter, "_id") {
            let uid = Uid::decode(id)?;
            return contacts::get(self.service(), &uid.container, &uid.id, &Selection::default());
        }
        let filter = pushed_down(&search.filter);
        contacts::search(self.service(), &searched(&search.filter)?, &Selection::default(), filter.as_deref())
    }

    /// In Graph's order, page by page, until there are enough.
    fn in_order(&self, search: &Search, container: &Container, first: Request, mut place: Place) -> Result<Found> {
        let mut objects = Vec::new();
        let mut to_skip = search.offset;
        let mut request = match place.link.take() {
            Some(link) => contacts::resume(&first, &link).ok_or_else(|| wrong_cookie("it is of another search"))?,
            None => first,
        };
        loop {
            let link = request.uri().to_string();
            let page = Page::read(self.service(), self.call(&request)?)?;
            for (position, answer) in page.value.iter().enumerate().skip(place.skip) {
                let object = self.contact_object(container, &read::answer(answer, self.service().version));
                if !search.filter.matches(&comparable(&object)) {
                    continue;
                }
                if to_skip > 0 {
                    to_skip -= 1;
                    continue;
                }
                objects.push(object);
                if search.page_size == Some(objects.len()) {
                    let here = Place { link: Some(link), skip: position + 1 };
                    let next = page.next.map(|link| Place { link: Some(link), skip: 0 });
                    let place = if position + 1 < page.value.len() { Some(here) } else { next };
                    return Ok(Found { objects, cookie: place.map(|place| place.encode()) });
                }
            }
            place.skip = 0;
            match page.next {
                Some(link) => request = contacts::list_next(link)?,
                None => return Ok(Found { objects, cookie: None }),
            }
        }
    }

    /// Sorted, for which all that match have to be there.
    fn sorted(&self, search: &Search, container: &Container, first: Request, place: &Place) -> Result<Found> {
        let all = Search { page_size: None, cookie: None, offset: 0, sort: Vec::new(), ..search.clone() };
        let mut objects = self.in_order(&all, container, first, Place { link: None, skip: 0 })?.objects;
        let key = |object: &Map<String, Value>, name: &str| object.get(name).and_then(Value::as_str).map(str::to_lowercase);
        objects.sort_by(|a, b| {
            let by = |(name, descending): &(String, bool)| {
                let (a, b) = (key(a, name), key(b, name));
                // Those without a value come last, whichever way.
                let order = b.is_some().cmp(&a.is_some());
                order.then_with(|| if *descending { b.cmp(&a) } else { a.cmp(&b) })
            };
            search.sort.iter().map(by).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
        let begin = (search.offset + place.skip).min(objects.len());
        let mut rest = objects.split_off(begin);
        let size = search.page_size.unwrap_or(rest.len()).min(rest.len());
        let more = rest.len() > size;
        rest.truncate(size);
        let cookie = more.then(|| Place { link: None, skip: place.skip + size }.encode());
        Ok(Found { objects: rest, cookie })
    }

    fn search_one(&self, search: &Search, id: &str) -> Result<Found> {
        let objects = match Uid::decode(id).and_then(|uid| self.get_contact_object(&uid)) {
            Ok(object) if search.filter.matches(&comparable(&object)) && search.offset == 0 => vec![object],
            Ok(_) => Vec::new(),
            Err(error) if error.kind == Kind::UnknownUid => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok(Found { objects, cookie: None })
    }

    /// Checks that the attributes that are compared and sorted by are there.
    fn check(&self, search: &Search) -> Result<()> {
        let known = |name: &str| {
            matches!(name, "_id" | "_rev" | MAILBOX | FOLDERS)
                || properties::for_callers(self.service().version).any(|p| p.name == name)
        };
        let unknown = |name: &str| Error::attribute(name, format!("Attribute {name} does not exist as part of contact"));
        if let Some(name) = search.filter.compared().find(|name| !known(name)) {
            return Err(unknown(name));
        }
        match search.sort.iter().find(|(name, _)| !known(name)) {
            Some((name, _)) => Err(unknown(name)),
            None if search.page_size == Some(0) => Err(Error::attribute("_pageSize", "a page has one contact at least")),
            None => Ok(()),
        }
    }
}

fn wrong_cookie(problem: &str) -> Error {
    Error::attribute("_pagedResultsCookie", problem)
}

/// What all has to hold.
fn conjuncts(filter: &Filter) -> &[Filter] {
    match filter {
        Filter::And(parts) => parts,
        other => std::slice::from_ref(other),
    }
}

/// The value that an attribute has to have.
fn required<'f>(filter: &'f Filter, name: &str) -> Option<&'f str> {
    conjuncts(filter).iter().find_map(|part| match part {
        Filter::Comparison { field, operator: Operator::Equals, value: Value::String(value) } if field == name => {
            Some(value.as_str())
        }
        _ => None,
    })
}

/// The contacts that are searched: those of the mailbox that the filter names.
fn searched(filter: &Filter) -> Result<Container> {
    let mailbox = required(filter, MAILBOX).ok_or_else(|| {
        let problem = "say whose contacts: mailbox eq \"...\" has to be among what all has to hold, or _id eq \"...\"";
        Error::attribute("_queryFilter", problem)
    })?;
    Ok(Container::of(Mailbox::named(mailbox)))
}

/// The first of what all has to hold that Graph is known to filter by, as `$filter`.
///
/// Graph ignores case, so that it finds what is searched for and maybe more, and the connector compares again. What else Graph
/// would filter by is documented for addresses of e-mail alone, and known from reports for the beginning of a display name
/// (<https://learn.microsoft.com/en-us/graph/api/user-list-contacts>, microsoft-graph-docs#6423).
fn pushed_down(filter: &Filter) -> Option<String> {
    conjuncts(filter).iter().find_map(|part| match part {
        Filter::Comparison { field, operator, value: Value::String(value) } => match (field.as_str(), operator) {
            ("emailAddresses", Operator::Equals) => Some(contacts::having_address(value)),
            ("displayName", Operator::Equals | Operator::StartsWith) => Some(contacts::beginning("displayName", value)),
            _ => None,
        },
        _ => None,
    })
}

/// The object as filters see it: of structures, an e-mail address is its address.
fn comparable(object: &Map<String, Value>) -> Map<String, Value> {
    let mut object = object.clone();
    if let Some(Value::Array(emails)) = object.get_mut("emailAddresses") {
        for email in emails {
            *email = email.get_mut("address").map(Value::take).unwrap_or_default();
        }
    }
    object
}
