//! Searching users.

use serde_json::{Map, Value};

use crate::error::{Kind, Result};
use crate::graph::address::{Container, Mailbox, literal};
use crate::graph::selection::Selection;
use crate::graph::{Request, Service, users};
use crate::operations::Connector;
use crate::operations::filter::{Filter, Operator};
use crate::operations::network::Network;
use crate::operations::schema::{CONTACTS, USER};
use crate::operations::search::{Each, Search, Section, Source};
use crate::operations::user::{default_names, object, shown_contact};

impl<N: Network> Connector<'_, N> {
    /// Searches the users of the tenant.
    pub(super) fn search_users(&self, search: &Search, each: Each<'_>) -> Result<Option<String>> {
        search
            .check("user", |name| name == "_id" || USER.iter().any(|a| a.name == name && a.is_readable() && name != CONTACTS))?;
        let names = names(search);
        let wants_contacts = search.attributes.iter().any(|name| name == CONTACTS);
        if let Some(id) = search.required("_id") {
            let wanted: Vec<&str> = names.iter().copied().chain(wants_contacts.then_some(CONTACTS)).collect();
            let found = match self.get_user(id, &wanted) {
                Ok(user) => Some(user).filter(|user| search.filter.matches(user)),
                Err(error) if error.kind == Kind::UnknownUid => None,
                Err(error) => return Err(error),
            };
            return found.into_iter().skip(search.offset).try_for_each(each).map(|()| None);
        }
        let first = request(self.service(), search)?;
        let advanced = is_advanced(&first);
        let mut source = Users { first, names, advanced };
        self.search_in(search, &mut source, &mut |mut user| {
            if wants_contacts {
                let id = user.get("_id").and_then(Value::as_str).unwrap_or_default();
                let mut contacts = Vec::new();
                self.list_contacts(&Container::of(Mailbox::named(id)), &Selection::default(), |contact| {
                    contacts.push(shown_contact(&contact, self.service().version));
                    Ok(())
                })?;
                user.insert(CONTACTS.to_owned(), contacts.into());
            }
            each(user)
        })
    }
}

/// The first request of a search.
pub fn request(service: &Service, search: &Search) -> Result<Request> {
    let names = names(search);
    if let Some(id) = search.required("_id") {
        return users::get(service, &Mailbox::named(id), &names);
    }
    let select: Vec<&str> = std::iter::once("id").chain(names).collect();
    let pushed: Vec<Pushed> = search.filter.conjuncts().into_iter().filter_map(pushed_down).collect();
    let advanced = pushed.iter().any(|part| part.advanced);
    let text = joined(pushed, "and");
    users::list(service, &select, text.as_ref().map(|pushed| pushed.text.as_str()), advanced)
}

/// The user's own attributes that are read: those that are wanted, compared and sorted by.
fn names(search: &Search) -> Vec<&'static str> {
    let needed = search.needed();
    if needed.is_empty() {
        return default_names();
    }
    let own = USER.iter().filter(|a| a.is_readable() && a.name != CONTACTS);
    own.map(|a| a.name).filter(|name| needed.contains(name)).collect()
}

fn is_advanced(request: &Request) -> bool {
    request.headers().contains_key("consistencylevel")
}

/// The users of a tenant: one section.
struct Users {
    first: Request,
    names: Vec<&'static str>,
    advanced: bool,
}

impl Source for Users {
    fn section(&mut self, key: &str) -> Result<Option<Section>> {
        Ok(key.is_empty().then(|| Section { key: String::new(), first: self.first.clone() }))
    }

    fn after(&mut self, _: &str) -> Result<Option<Section>> {
        Ok(None)
    }

    fn next(&self, link: String) -> Result<Request> {
        users::list_next(link, self.advanced)
    }

    fn object(&mut self, _: &Section, row: &Map<String, Value>) -> Result<Map<String, Value>> {
        object(row.clone(), &self.names)
    }
}

/// A part of a filter as Graph takes it.
struct Pushed {
    text: String,
    /// Whether it is one of the advanced queries, which need `ConsistencyLevel`.
    advanced: bool,
}

/// The attributes that Graph filters by, as the page on the resource says: with `eq` and `startsWith`; `true` where `endsWith` is
/// there too. <https://learn.microsoft.com/en-us/graph/api/resources/user?view=graph-rest-1.0#properties>
const FILTERED: &[(&str, bool)] = &[
    ("displayName", false),
    ("givenName", false),
    ("surname", false),
    ("jobTitle", false),
    ("mail", true),
    ("userPrincipalName", true),
    ("mobilePhone", false),
    ("officeLocation", false),
    ("preferredLanguage", false),
];

/// What Graph can do of a filter, where it can. Graph ignores case, so that it finds what is searched for and maybe more, and the
/// connector compares again. Hence nothing that is negated is asked of it, and nothing that compares an order.
fn pushed_down(filter: &Filter) -> Option<Pushed> {
    match filter {
        Filter::And(parts) => joined(parts.iter().filter_map(pushed_down).collect(), "and"),
        // Of what may hold instead of each other nothing can be left out.
        Filter::Or(parts) => joined(parts.iter().map(pushed_down).collect::<Option<Vec<_>>>()?, "or"),
        Filter::Comparison { field, operator, value: Value::String(value) } => {
            let (name, ends) = FILTERED.iter().find(|(name, _)| name == field)?;
            let value = literal(value);
            match operator {
                Operator::Equals => Some(Pushed { text: format!("{name}%20eq%20{value}"), advanced: false }),
                Operator::StartsWith => Some(Pushed { text: format!("startswith({name},{value})"), advanced: false }),
                Operator::EndsWith if *ends => Some(Pushed { text: format!("endswith({name},{value})"), advanced: true }),
                _ => None,
            }
        }
        _ => None,
    }
}

fn joined(mut parts: Vec<Pushed>, word: &str) -> Option<Pushed> {
    if parts.len() < 2 {
        return parts.pop();
    }
    let advanced = parts.iter().any(|part| part.advanced);
    let texts: Vec<String> = parts.into_iter().map(|part| part.text).collect();
    Some(Pushed { text: format!("({})", texts.join(&format!("%20{word}%20"))), advanced })
}
