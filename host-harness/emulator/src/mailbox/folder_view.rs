//! What a response shows of a contact folder: `$select`, and `$expand` of the folders and contacts directly inside.
//!
//! "This method supports the OData query parameters" (<https://learn.microsoft.com/graph/api/user-list-contactfolders>); the
//! relationships are those of <https://learn.microsoft.com/graph/api/resources/contactfolder>. That there is no limit for the
//! expanded rows is unverified.

use serde_json::{Map, Value};

use crate::mailbox::contact;
use crate::mailbox::extended_property::{ContactExpand, ExtendedPropertyKind, split_top_level};
use crate::mailbox::folder_properties;
use crate::mailbox::folder_tree::Folder;
use crate::mailbox::items::Mailbox;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::page;
use crate::odata::query::Query;

/// The properties and relationships to show.
#[derive(Debug, Default)]
pub(crate) struct FolderView {
    pub(crate) select: Selection,
    child_folders: Option<Selection>,
    contacts: Option<Selection>,
}

/// The names of a `$select`; None for all properties.
type Selection = Option<Vec<String>>;

impl FolderView {
    /// Parses the options of a request.
    pub(crate) fn parse(query: &Query, version: Version) -> Outcome<Self> {
        let declared = |clause: &str, name: &str| folder_properties::check_declared(clause, name, version);
        let mut view = Self { select: page::parse_select(query, declared)?, ..Self::default() };
        for term in query.get("expand").map(split_top_level).unwrap_or_default() {
            let (name, options) = match term.split_once('(') {
                Some((name, options)) => (name.trim(), options.strip_suffix(')').ok_or_else(syntax_error)?),
                None => (term, ""),
            };
            if ExtendedPropertyKind::from_collection(name).is_some() {
                return Err(GraphError::not_emulated("extended properties of folders"));
            }
            match name {
                "childFolders" => view.child_folders = Some(parse_options(options, declared)?),
                "contacts" => {
                    let declared = |clause: &str, name: &str| contact::require_property(clause, name, version).map(drop);
                    view.contacts = Some(parse_options(options, declared)?);
                }
                _ => return Err(GraphError::unknown_property(CLAUSE, name, "contactFolder")),
            }
        }
        Ok(view)
    }

    /// Renders a folder as JSON.
    pub(crate) fn render(&self, mailbox: &Mailbox, folder: &Folder, version: Version) -> Map<String, Value> {
        let default = mailbox.tree().default_folder();
        let mut shown = folder_properties::render_folder(folder, default, version, self.select.as_deref());
        if let Some(select) = &self.child_folders {
            let render = |child| Value::Object(folder_properties::render_folder(child, default, version, select.as_deref()));
            shown.insert("childFolders".to_owned(), mailbox.tree().children(&folder.id).map(render).collect());
        }
        if let Some(select) = &self.contacts {
            let expand = ContactExpand::default();
            let contacts = mailbox.contacts_in(&folder.id);
            let rows = contacts.map(|contact| Value::Object(contact.render(version, select.as_deref(), &expand)));
            shown.insert("contacts".to_owned(), rows.collect());
        }
        shown
    }
}

const CLAUSE: &str = "Parsing OData Select and Expand failed";

/// Parses the options in the parentheses of a term: `$select=displayName`.
fn parse_options(options: &str, declared: impl Fn(&str, &str) -> Outcome<()>) -> Outcome<Selection> {
    let mut selected = None;
    for option in options.split(';').map(str::trim).filter(|option| !option.is_empty()) {
        let names = option.trim_start_matches('$').strip_prefix("select=");
        let names = names.ok_or_else(|| GraphError::not_emulated("this option inside of $expand"))?;
        let names: Vec<String> = names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
        names.iter().try_for_each(|name| declared(CLAUSE, name))?;
        selected = (!names.is_empty()).then_some(names);
    }
    Ok(selected)
}

fn syntax_error() -> GraphError {
    GraphError::bad_request("Syntax error in the $expand expression.")
}
