//! A contact: the effect of a write, and its JSON.

use http::HeaderMap;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::mailbox::align::{self, ContactValues};
use crate::mailbox::contact_body::{ContactChanges, PARENT_FOLDER};
use crate::mailbox::contact_properties::{self, CONTACT, ContactProperty};
use crate::mailbox::extended_property::{self, ContactExpand, ExtendedProperty};
use crate::mailbox::filter::ContactFilter;
use crate::mailbox::open_extension::{self, OpenExtension};
use crate::odata::edm::{Edm, Member, Version};
use crate::odata::error::{GraphError, Outcome};
use crate::odata::expression::{has_prefix, is_same};
use crate::odata::photo::Photo;
use crate::odata::precondition;

/// A stored contact, with the properties of both versions.
#[derive(Debug, Clone)]
pub(crate) struct Contact {
    pub(crate) id: String,
    pub(crate) folder: String,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    pub(crate) change_key: String,
    pub(crate) values: ContactValues,
    pub(crate) extended: Vec<ExtendedProperty>,
    pub(crate) extensions: Vec<OpenExtension>,
    pub(crate) photo: Option<Photo>,
}

impl Contact {
    /// Applies a checked body. The caller gives the contact its new change key. Fails, with nothing applied, if a value has more
    /// entries than the mailbox has slots.
    ///
    /// Generates `displayName` and `fileAs` unless the body has them. An update generates the display name again once its parts
    /// change, whoever wrote the old one. ("Update contact": "later updates to other properties may cause an automatically
    /// generated value to overwrite the displayName value you have specified".) It generates `fileAs` again only if the old
    /// value was generated, which is unverified.
    pub(crate) fn apply(&mut self, changes: &ContactChanges, version: Version) -> Outcome<()> {
        let mut values = self.values.clone();
        for (property, value) in &changes.values {
            if value.is_null() {
                values.remove(property.name);
            } else {
                values.insert(property.name.to_owned(), value.clone());
            }
        }
        let written: Vec<&str> = changes.values.iter().map(|(property, _)| property.name).collect();
        align::align_versions(&mut values, &written, version);
        check_slots(&values)?;
        let mut extensions = self.extensions.clone();
        changes.extensions.iter().try_for_each(|extension| open_extension::add_extension(&mut extensions, extension.clone()))?;
        align::align_email_addresses(&mut values, &self.values, &written);

        let (old_name, new_name) = (generate_display_name(&self.values), generate_display_name(&values));
        if changes.get("displayName").is_none() && new_name != old_name {
            values.extend(new_name.map(|name| ("displayName".to_owned(), name.into())));
        }
        let (old_file_as, new_file_as) = (generate_file_as(&self.values), generate_file_as(&values));
        let generated = self.values.get("fileAs").and_then(Value::as_str) == old_file_as.as_deref();
        if changes.get("fileAs").is_none() && generated && new_file_as != old_file_as {
            values.extend(new_file_as.map(|name| ("fileAs".to_owned(), name.into())));
        }
        self.values = values;
        self.extensions = extensions;
        extended_property::merge_properties(&mut self.extended, &changes.extended);
        Ok(())
    }

    /// Fails if a body sets a property that the service sets to another value than the stored one. A client that sends a contact
    /// back as it read it changes nothing. Leaves out the folder, which a body may set.
    pub(crate) fn check_managed(&self, changes: &ContactChanges) -> Outcome<()> {
        for (property, value) in changes.managed.iter().filter(|(property, _)| property.name != PARENT_FOLDER) {
            let stored = self.get_value(property.name, property.edm, Version::Beta);
            let moment = |value: &Value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
            let same = *value == stored || moment(value).is_some_and(|sent| Some(sent) == moment(&stored));
            if !same {
                // The text of the conflict speaks of "the change key passed in the request".
                return Err(if property.name == "changeKey" { GraphError::conflict() } else { GraphError::set_action() });
            }
        }
        Ok(())
    }

    /// Returns the entity tag: the change key as a weak tag (microsoft-graph-docs#10790).
    pub(crate) fn etag(&self) -> String {
        format!("W/\"{}\"", self.change_key)
    }

    /// Fails with 412 if the request names another version of the contact.
    pub(crate) fn check_condition(&self, headers: &HeaderMap) -> Outcome<()> {
        precondition::check(headers, Some(&self.etag()))
    }

    /// Renders the contact as JSON. With `select` None, it has all properties; id and etag are always present.
    pub(crate) fn render(&self, version: Version, select: Option<&[String]>, expand: &ContactExpand) -> Map<String, Value> {
        let mut shown = Map::new();
        shown.insert("@odata.etag".to_owned(), self.etag().into());
        for property in CONTACT.iter().filter(|property| property.declared.is_in(version)) {
            let selected = select.is_none_or(|names| names.iter().any(|name| name == property.name));
            if selected || property.name == "id" {
                shown.insert(property.name.to_owned(), self.get_value(property.name, property.edm, version));
            }
        }
        expand.render(&self.extended, &self.extensions, &mut shown);
        shown
    }

    fn get_value(&self, name: &str, edm: Edm, version: Version) -> Value {
        match name {
            "id" => self.id.clone().into(),
            "parentFolderId" => self.folder.clone().into(),
            "changeKey" => self.change_key.clone().into(),
            "createdDateTime" => format_timestamp(self.created).into(),
            "lastModifiedDateTime" => format_timestamp(self.modified).into(),
            _ => render_value(edm, self.values.get(name), version),
        }
    }

    /// Returns the key for `$orderby`: null comes first, strings compare without case.
    pub(crate) fn get_sort_key(&self, name: &str) -> Option<String> {
        match self.get_value(name, Edm::String, Version::Beta) {
            Value::Null => None,
            Value::String(text) => Some(text.to_lowercase()),
            other => Some(other.to_string()),
        }
    }

    /// Returns whether the contact meets a condition. `any_case` compares MAPI strings without case.
    pub(crate) fn matches(&self, condition: &ContactFilter, any_case: bool) -> bool {
        let text = |property: &str| match self.get_value(property, Edm::String, Version::Beta) {
            Value::String(text) => Some(text),
            _ => None,
        };
        match condition {
            ContactFilter::Equal { property, value } => text(property).is_some_and(|text| is_same(&text, value)),
            ContactFilter::StartsWith { property, value } => text(property).is_some_and(|text| has_prefix(&text, value)),
            ContactFilter::Contains { property, value } => {
                text(property).is_some_and(|text| text.to_lowercase().contains(&value.to_lowercase()))
            }
            ContactFilter::EmailAddress(expected) => self.has_address(|address| is_same(address, expected)),
            ContactFilter::Any(filters) => {
                // Beside a `startswith`, an address matches by its beginning: microsoft-graph-docs#6423 got the contact with
                // `mpower@company.com` for `eq 'mpower'` in an `or`, and none for the same condition on its own.
                let by_prefix = filters.iter().any(|filter| matches!(filter, ContactFilter::StartsWith { .. }));
                filters.iter().any(|filter| match filter {
                    ContactFilter::EmailAddress(expected) if by_prefix => self.has_address(|one| has_prefix(one, expected)),
                    other => self.matches(other, any_case),
                })
            }
            ContactFilter::Extension(id) => self.extensions.iter().any(|extension| extension.is_named(id)),
            ContactFilter::ExtendedProperty { id, value } => {
                let equals = |stored: &str| if any_case { is_same(stored, value) } else { stored == value };
                self.extended.iter().any(|one| is_same(&one.id, id) && one.value.as_str().is_some_and(equals))
            }
        }
    }

    fn has_address(&self, test: impl Fn(&str) -> bool) -> bool {
        let list = self.values.get("emailAddresses").and_then(Value::as_array);
        list.is_some_and(|list| list.iter().filter_map(|email| email.get("address")?.as_str()).any(test))
    }
}

/// Formats a timestamp as Graph writes it: UTC, whole seconds.
pub(crate) fn format_timestamp(timestamp: Timestamp) -> String {
    timestamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn check_slots(values: &ContactValues) -> Outcome<()> {
    for property in CONTACT {
        let count = values.get(property.name).and_then(Value::as_array).map_or(0, Vec::len);
        if let Some(limit) = property.limit.filter(|limit| count > *limit) {
            return Err(GraphError::too_many_values(property.name, count, limit));
        }
    }
    Ok(())
}

fn render_value(edm: Edm, value: Option<&Value>, version: Version) -> Value {
    match (edm, value) {
        (Edm::Collection(item), Some(Value::Array(items))) => {
            items.iter().map(|value| render_value(*item, Some(value), version)).collect::<Vec<_>>().into()
        }
        (Edm::Collection(_), _) => json!([]),
        (Edm::Complex(complex), Some(Value::Object(parts))) => {
            let declared = complex.members.iter().filter(|member| member.declared.is_in(version));
            let shown = |member: &Member| !complex.sparse || parts.contains_key(member.name);
            declared
                .filter(|member| shown(member))
                .map(|member| (member.name.to_owned(), render_value(member.edm, parts.get(member.name), version)))
                .collect::<Map<_, _>>()
                .into()
        }
        (Edm::Complex(complex), _) if complex.sparse => json!({}),
        // An absent enumeration is its zero member in the CSDL, the first one here: unknown, notFlagged.
        (Edm::Enum(names), None) => names.first().copied().into(),
        (_, value) => value.cloned().unwrap_or(Value::Null),
    }
}

/// Generates the display name as Outlook does. The parts and their order are unverified beyond "given surname", which the sample
/// of "Create contact" shows.
fn generate_display_name(values: &ContactValues) -> Option<String> {
    join_values(values, &["givenName", "middleName", "surname", "generation"], " ")
        .or_else(|| join_values(values, &["companyName"], " "))
}

/// Generates the sort name: "Fort, Garth" in the sample of "Update contact".
fn generate_file_as(values: &ContactValues) -> Option<String> {
    let given_name = join_values(values, &["givenName", "middleName"], " ");
    match (join_values(values, &["surname"], " "), given_name) {
        (Some(surname), Some(given_name)) => Some(format!("{surname}, {given_name}")),
        (one, other) => one.or(other).or_else(|| join_values(values, &["companyName"], " ")),
    }
}

fn join_values(values: &ContactValues, names: &[&str], between: &str) -> Option<String> {
    let parts: Vec<&str> =
        names.iter().filter_map(|name| values.get(*name)?.as_str()).map(str::trim).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(between))
}

/// Returns the property of that name in that version, or fails.
pub(crate) fn require_property(clause: &str, name: &str, version: Version) -> Outcome<&'static ContactProperty> {
    contact_properties::find_property(name, version).ok_or_else(|| GraphError::unknown_property(clause, name, "contact"))
}
