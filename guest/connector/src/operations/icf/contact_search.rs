//! Search of contacts, in all folders of a mailbox.

use serde_json::{Map, Value};

use crate::contact::{Version, from_json, properties};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::address::{Container, Mailbox};
use crate::graph::contacts;
use crate::graph::filter_text::{FilterText, Literal};
use crate::graph::request::GraphRequest;
use crate::graph::selection::Selection;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::icf::contact_extras::PHOTO_CONTENT;
use crate::operations::icf::container::{FOLDERS, MAILBOX};
use crate::operations::icf::filter::{Filter, Operator};
use crate::operations::icf::row_search::{Section, Source, check_cookie};
use crate::operations::icf::search::{ObjectSink, Search};
use crate::operations::icf::uid::Uid;

impl Connector<'_> {
    /// Searches the contacts of the mailbox that the filter names: first the default folder, then each other folder. In beta,
    /// Graph lists the whole mailbox as the default folder, and so does this.
    pub(in crate::operations) fn search_contacts(&self, search: &Search, sink: ObjectSink<'_>) -> Result<Option<String>> {
        let version = self.service().version;
        let is_known = |name: &str| {
            matches!(name, "_id" | "_rev" | MAILBOX | FOLDERS) || properties::list_for_callers(version).any(|p| p.name == name)
        };
        search.check_attributes("contact", is_known, |name| name == PHOTO_CONTENT || properties::is_on_request(name))?;
        check_cookie(search)?;
        let search = &self.identify_search(search)?;
        let names: Vec<&str> = search.attributes.iter().map(String::as_str).collect();
        if let Some(id) = search.find_required_value("_id") {
            search.check_no_cookie()?;
            let found = match Uid::decode(id).and_then(|uid| self.get_contact_object(&uid, &names)) {
                Ok(object) => Some(object).filter(|object| search.filter.matches(&to_comparable(object))),
                Err(error) if error.kind == ErrorKind::UnknownUid => None,
                Err(error) => return Err(error),
            };
            return found.into_iter().skip(search.offset).try_for_each(sink).map(|()| None);
        }
        let mut source = Contacts {
            connector: self,
            mailbox: find_searched_mailbox(search)?,
            folder: search.find_required_value("parentFolderId"),
            selection: build_selection(search, version)?,
            filter: push_down(&search.filter),
            folders: None,
        };
        if !names.contains(&PHOTO_CONTENT) {
            return self.search_source(search, &mut source, sink);
        }
        self.search_source(search, &mut source, &mut |mut object| {
            let uid = Uid::decode(object.get("_id").and_then(Value::as_str).unwrap_or_default())?;
            self.add_photo(&uid, &names, &mut object)?;
            sink(object)
        })
    }
}

/// Creates the first request of a search.
pub fn build_search_request(service: &Service, search: &Search) -> Result<GraphRequest> {
    if let Some(id) = search.find_required_value("_id") {
        let uid = Uid::decode(id)?;
        return contacts::get(service, &uid.container, &uid.id, &Selection::default());
    }
    let container = Container::from_mailbox(find_searched_mailbox(search)?);
    contacts::search(service, &container, &build_selection(search, service.version)?, push_down(&search.filter).as_ref())
}

/// The contacts of a mailbox. The key of a section is the id of its folder, which is empty for the default folder.
struct Contacts<'s, 'c> {
    connector: &'s Connector<'c>,
    mailbox: Mailbox,
    /// The id of the only folder to search.
    folder: Option<&'s str>,
    selection: Selection,
    filter: Option<FilterText>,
    /// The ids of the other folders, once they are known.
    folders: Option<Vec<String>>,
}

impl Contacts<'_, '_> {
    fn build_container(&self, key: &str) -> Container {
        Container {
            mailbox: self.mailbox.clone(),
            folders: Some(key.to_owned()).filter(|key| !key.is_empty()).into_iter().collect(),
        }
    }

    fn build_section(&self, key: &str) -> Result<Section> {
        let container = self.build_container(key);
        let first = contacts::search(self.connector.service(), &container, &self.selection, self.filter.as_ref())?;
        Ok(Section { key: key.to_owned(), first })
    }

    /// Returns the folders to search after the default one. They are read only then.
    fn list_folders(&mut self) -> Result<&[String]> {
        let folders = match self.folders.take() {
            Some(known) => known,
            None if self.connector.service().version == Version::Beta => Vec::new(),
            None => {
                let all = self.connector.list_folder_tree(&self.mailbox)?;
                let ids = all.into_iter().filter_map(|folder| folder.id.value().cloned());
                ids.filter(|id| self.folder.is_none_or(|wanted| wanted == id)).collect()
            }
        };
        Ok(self.folders.insert(folders))
    }
}

impl Source for Contacts<'_, '_> {
    fn find_section(&mut self, key: &str) -> Result<Option<Section>> {
        if key.is_empty() || self.list_folders()?.iter().any(|folder| folder == key) {
            self.build_section(key).map(Some)
        } else {
            Ok(None)
        }
    }

    fn next_section(&mut self, key: &str) -> Result<Option<Section>> {
        let folders = self.list_folders()?;
        let next = match folders.iter().position(|folder| folder == key) {
            Some(position) => folders.get(position + 1),
            None => folders.first(),
        };
        next.cloned().map(|next| self.build_section(&next)).transpose()
    }

    fn build_object(&mut self, section: &Section, row: &Map<String, Value>) -> Result<Map<String, Value>> {
        let contact = self.connector.parse_stored(row)?;
        let container = self.connector.locate(&self.build_container(&section.key), &contact)?;
        Ok(self.connector.build_contact_object(&container, &contact))
    }

    fn to_comparable(&self, object: &Map<String, Value>) -> Map<String, Value> {
        to_comparable(object)
    }
}

/// Returns the mailbox that a search names.
pub(in crate::operations) fn find_searched_mailbox(search: &Search) -> Result<Mailbox> {
    let mailbox = search.find_required_value(MAILBOX).ok_or_else(|| {
        let problem = "expected mailbox eq \"...\" or _id eq \"...\" as a condition that all results meet";
        Error::invalid_attribute("_queryFilter", problem)
    })?;
    Ok(Mailbox::from_name(mailbox))
}

/// Returns the selection for a search.
fn build_selection(search: &Search, version: Version) -> Result<Selection> {
    let known = |name: &&str| properties::list_for_callers(version).any(|property| property.name == *name);
    let needed = search.list_needed_attributes();
    if needed.is_empty() {
        return Ok(Selection::default());
    }
    // In beta only it tells the folder of a contact.
    let folder = (version == Version::Beta).then_some("parentFolderId");
    let named: Map<String, Value> =
        needed.into_iter().chain(folder).filter(known).map(|name| (name.to_owned(), Value::Null)).collect();
    let selection = Selection::from_contact(&from_json::parse_input(&named, version, "")?, version);
    // Only ids are needed. Without a selection, Graph returns everything.
    Ok(if selection.properties.is_empty() { Selection { properties: vec!["id"], ..selection } } else { selection })
}

/// Returns the first conjunct that Graph is known to filter by.
///
/// Graph ignores case: it finds every match and possibly more, and the connector compares again. Filters are documented only for
/// e-mail addresses. A filter on the beginning of a display name is known from reports
/// (<https://learn.microsoft.com/en-us/graph/api/user-list-contacts>, microsoft-graph-docs#6423).
fn push_down(filter: &Filter) -> Option<FilterText> {
    filter.list_conjuncts().into_iter().find_map(|part| match part {
        Filter::Comparison { field, operator, value: Value::String(value) } => match (field.as_str(), operator) {
            ("emailAddresses", Operator::Equals) => {
                Some(FilterText::any("emailAddresses", "a", FilterText::equals("a/address", &Literal::string(value))))
            }
            ("displayName", Operator::Equals | Operator::StartsWith) => Some(FilterText::starts_with("displayName", value)),
            _ => None,
        },
        _ => None,
    })
}

/// Returns the object for filters: an e-mail address is only its address.
fn to_comparable(object: &Map<String, Value>) -> Map<String, Value> {
    let mut object = object.clone();
    if let Some(Value::Array(emails)) = object.get_mut("emailAddresses") {
        for email in emails {
            *email = email.get_mut("address").map(Value::take).unwrap_or_default();
        }
    }
    object
}
