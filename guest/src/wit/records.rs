//! The records of `wit/types.wit`, from and to the connector's own types.
//!
//! Each conversion names every field, so that a field that is forgotten does not compile.

use serde_json::{Map, Value};

use super::bindings::exports::graph_contacts::connector::connector::{self as wit_connector, ValueOutcome};
use super::bindings::exports::graph_contacts::connector::requests::HttpRequest;
use super::bindings::exports::graph_contacts::connector::types as wit;
use connector::contact::{
    Address, AddressKind, ByKind, Contact, Date, DateTimeTimeZone, EmailAddress, EmailKind, ExtendedProperty, Field, Flag,
    FlagStatus, Folder, PhoneKind, Version, Website, WebsiteKind,
};
use connector::error::{Error, Kind, Result};
use connector::graph::Request;
use connector::graph::address::{Container, Mailbox};
use connector::graph::selection::Selection;
use connector::operations::icf::outcome::Outcome;
use connector::operations::icf::sync::SyncDelta;
use connector::operations::mailbox::changes::Change;

/// Two enumerations with the same members.
macro_rules! same_members {
    ($ours:ident, $theirs:ident: $($member:ident),+ $(,)?) => {
        impl From<$ours> for wit::$theirs {
            fn from(member: $ours) -> Self {
                match member { $($ours::$member => wit::$theirs::$member),+ }
            }
        }
        impl From<wit::$theirs> for $ours {
            fn from(member: wit::$theirs) -> Self {
                match member { $(wit::$theirs::$member => $ours::$member),+ }
            }
        }
    };
}

same_members!(PhoneKind, PhoneKind: Home, Business, Mobile, Other, Assistant, HomeFax, BusinessFax, OtherFax, Pager, Radio);
same_members!(AddressKind, PostalAddressKind: Unknown, Home, Business, Other);
same_members!(WebsiteKind, WebsiteKind: Other, Home, Work, Blog, Profile);
same_members!(EmailKind, EmailKind: Unknown, Work, Personal, Main, Other);
same_members!(FlagStatus, FlagStatus: NotFlagged, Complete, Flagged);
same_members!(
    Kind, ErrorKind: UnknownUid, AlreadyExists, InvalidAttributeValue, PermissionDenied, InvalidCredential, PreconditionFailed,
    PreconditionRequired, Throttled, Unavailable, Timeout, ConnectionFailed, ResyncRequired, Unsupported, Configuration, Internal,
);

/// The container that a program means.
pub fn into_container(container: wit::Container) -> Container {
    Container { mailbox: Mailbox::named(&container.mailbox), folders: container.folders }
}

fn option<T>(field: Field<T>) -> Option<T> {
    match field {
        Field::Set(value) => Some(value),
        Field::Unset | Field::Null => None,
    }
}

fn list<T>(field: Field<Vec<T>>) -> Vec<T> {
    option(field).unwrap_or_default()
}

/// What a list of a record says: an empty one says nothing.
fn said<T>(list: Vec<T>) -> Field<Vec<T>> {
    if list.is_empty() { Field::Unset } else { Field::Set(list) }
}

fn said_by_kind<K: Copy + PartialEq + 'static, T>(all: &[K], entries: Vec<(K, T)>) -> ByKind<K, T> {
    if entries.is_empty() { ByKind::default() } else { ByKind::from_entries(all, entries) }
}

fn date(name: &str, text: Option<String>) -> Result<Field<Date>> {
    let Some(text) = text else { return Ok(Field::Unset) };
    let date = Date::parse(&text).ok_or_else(|| Error::attribute(name, "this is not a date of the form YYYY-MM-DD"))?;
    Ok(Field::Set(date))
}

/// A part that a program leaves out of a structure: the structure has no such value.
fn whole(part: Option<String>) -> Field<String> {
    part.map_or(Field::Null, Field::Set)
}

/// The contact that a program describes: what `set` has values for, and what is in `clear`, without value.
pub fn into_contact(set: wit::Contact, clear: &[wit::ContactProperty]) -> Result<Contact> {
    let mut contact = Contact {
        id: set.id.into(),
        change_key: set.change_key.into(),
        created_date_time: set.created_date_time.into(),
        last_modified_date_time: set.last_modified_date_time.into(),
        parent_folder_id: set.parent_folder_id.into(),
        assistant_name: set.assistant_name.into(),
        birthday: date("birthday", set.birthday)?,
        categories: said(set.categories),
        children: said(set.children),
        company_name: set.company_name.into(),
        department: set.department.into(),
        display_name: set.display_name.into(),
        email_addresses: said(set.email_addresses.into_iter().map(into_email).collect()),
        primary_email_address: set.primary_email_address.map(into_email).into(),
        secondary_email_address: set.secondary_email_address.map(into_email).into(),
        tertiary_email_address: set.tertiary_email_address.map(into_email).into(),
        file_as: set.file_as.into(),
        flag: set.flag.map(into_flag).into(),
        gender: set.gender.into(),
        generation: set.generation.into(),
        given_name: set.given_name.into(),
        im_addresses: said(set.im_addresses),
        initials: set.initials.into(),
        is_favorite: set.is_favorite.into(),
        job_title: set.job_title.into(),
        manager: set.manager.into(),
        middle_name: set.middle_name.into(),
        nick_name: set.nick_name.into(),
        office_location: set.office_location.into(),
        personal_notes: set.personal_notes.into(),
        phones: said_by_kind(PhoneKind::ALL, set.phones.into_iter().map(|phone| (phone.kind.into(), phone.number)).collect()),
        postal_addresses: said_by_kind(AddressKind::ALL, set.postal_addresses.into_iter().map(into_address).collect()),
        profession: set.profession.into(),
        spouse_name: set.spouse_name.into(),
        surname: set.surname.into(),
        title: set.title.into(),
        websites: said_by_kind(WebsiteKind::ALL, set.websites.into_iter().map(into_website).collect()),
        wedding_anniversary: date("weddingAnniversary", set.wedding_anniversary)?,
        yomi_company_name: set.yomi_company_name.into(),
        yomi_given_name: set.yomi_given_name.into(),
        yomi_surname: set.yomi_surname.into(),
        single_value_extended_properties: said(
            set.single_value_extended_properties.into_iter().map(|p| ExtendedProperty { id: p.id, value: p.value }).collect(),
        ),
        multi_value_extended_properties: said(
            set.multi_value_extended_properties.into_iter().map(|p| ExtendedProperty { id: p.id, value: p.value }).collect(),
        ),
        extensions: said(set.extensions.into_iter().map(into_extension).collect::<Result<_>>()?),
        // Not writable: what a program read and hands back stays as it is.
        photo: Field::Unset,
        unknown: Map::new(),
    };
    for property in clear {
        clear_property(&mut contact, *property);
    }
    Ok(contact)
}

fn clear_property(contact: &mut Contact, property: wit::ContactProperty) {
    use wit::ContactProperty as P;
    match property {
        P::AssistantName => contact.assistant_name = Field::Null,
        P::Birthday => contact.birthday = Field::Null,
        P::Categories => contact.categories = Field::Set(Vec::new()),
        P::Children => contact.children = Field::Set(Vec::new()),
        P::CompanyName => contact.company_name = Field::Null,
        P::Department => contact.department = Field::Null,
        P::DisplayName => contact.display_name = Field::Null,
        P::EmailAddresses => contact.email_addresses = Field::Set(Vec::new()),
        P::PrimaryEmailAddress => contact.primary_email_address = Field::Null,
        P::SecondaryEmailAddress => contact.secondary_email_address = Field::Null,
        P::TertiaryEmailAddress => contact.tertiary_email_address = Field::Null,
        P::FileAs => contact.file_as = Field::Null,
        P::Flag => contact.flag = Field::Null,
        P::Gender => contact.gender = Field::Null,
        P::Generation => contact.generation = Field::Null,
        P::GivenName => contact.given_name = Field::Null,
        P::ImAddresses => contact.im_addresses = Field::Set(Vec::new()),
        P::Initials => contact.initials = Field::Null,
        P::IsFavorite => contact.is_favorite = Field::Null,
        P::JobTitle => contact.job_title = Field::Null,
        P::Manager => contact.manager = Field::Null,
        P::MiddleName => contact.middle_name = Field::Null,
        P::NickName => contact.nick_name = Field::Null,
        P::OfficeLocation => contact.office_location = Field::Null,
        P::PersonalNotes => contact.personal_notes = Field::Null,
        P::Phones => contact.phones = ByKind::from_entries(PhoneKind::ALL, Vec::new()),
        P::PostalAddresses => contact.postal_addresses = ByKind::from_entries(AddressKind::ALL, Vec::new()),
        P::Profession => contact.profession = Field::Null,
        P::SpouseName => contact.spouse_name = Field::Null,
        P::Surname => contact.surname = Field::Null,
        P::Title => contact.title = Field::Null,
        P::Websites => contact.websites = ByKind::from_entries(WebsiteKind::ALL, Vec::new()),
        P::WeddingAnniversary => contact.wedding_anniversary = Field::Null,
        P::YomiCompanyName => contact.yomi_company_name = Field::Null,
        P::YomiGivenName => contact.yomi_given_name = Field::Null,
        P::YomiSurname => contact.yomi_surname = Field::Null,
    }
}

impl From<Contact> for wit::Contact {
    fn from(contact: Contact) -> Self {
        wit::Contact {
            id: option(contact.id),
            change_key: option(contact.change_key),
            created_date_time: option(contact.created_date_time),
            last_modified_date_time: option(contact.last_modified_date_time),
            parent_folder_id: option(contact.parent_folder_id),
            assistant_name: option(contact.assistant_name),
            birthday: option(contact.birthday).map(|date| date.to_string()),
            categories: list(contact.categories),
            children: list(contact.children),
            company_name: option(contact.company_name),
            department: option(contact.department),
            display_name: option(contact.display_name),
            email_addresses: list(contact.email_addresses).into_iter().map(email).collect(),
            primary_email_address: option(contact.primary_email_address).map(email),
            secondary_email_address: option(contact.secondary_email_address).map(email),
            tertiary_email_address: option(contact.tertiary_email_address).map(email),
            file_as: option(contact.file_as),
            flag: option(contact.flag).map(flag),
            gender: option(contact.gender),
            generation: option(contact.generation),
            given_name: option(contact.given_name),
            im_addresses: list(contact.im_addresses),
            initials: option(contact.initials),
            is_favorite: option(contact.is_favorite),
            job_title: option(contact.job_title),
            manager: option(contact.manager),
            middle_name: option(contact.middle_name),
            nick_name: option(contact.nick_name),
            office_location: option(contact.office_location),
            personal_notes: option(contact.personal_notes),
            phones: contact
                .phones
                .into_entries()
                .into_iter()
                .map(|(kind, number)| wit::Phone { kind: kind.into(), number })
                .collect(),
            // Graph writes an empty structure for an address that there is not.
            postal_addresses: contact
                .postal_addresses
                .into_entries()
                .into_iter()
                .filter(|(_, address)| *address != Address::default())
                .map(address)
                .collect(),
            profession: option(contact.profession),
            spouse_name: option(contact.spouse_name),
            surname: option(contact.surname),
            title: option(contact.title),
            websites: contact.websites.into_entries().into_iter().map(website).collect(),
            wedding_anniversary: option(contact.wedding_anniversary).map(|date| date.to_string()),
            yomi_company_name: option(contact.yomi_company_name),
            yomi_given_name: option(contact.yomi_given_name),
            yomi_surname: option(contact.yomi_surname),
            single_value_extended_properties: list(contact.single_value_extended_properties)
                .into_iter()
                .map(|p| wit::SingleValueExtendedProperty { id: p.id, value: p.value })
                .collect(),
            multi_value_extended_properties: list(contact.multi_value_extended_properties)
                .into_iter()
                .map(|p| wit::MultiValueExtendedProperty { id: p.id, value: p.value })
                .collect(),
            extensions: list(contact.extensions).into_iter().map(extension).collect(),
            photo: option(contact.photo).map(photo),
            additional: contact.unknown.into_iter().map(|(name, value)| (name, value.to_string())).collect(),
        }
    }
}

/// The name of an open extension among its properties.
/// <https://learn.microsoft.com/en-us/graph/api/resources/opentypeextension>
const EXTENSION_NAME: &str = "extensionName";

fn into_extension(extension: wit::OpenExtension) -> Result<Map<String, Value>> {
    let Ok(Value::Object(properties)) = serde_json::from_str(&extension.properties) else {
        return Err(Error::attribute("extensions", format!("the properties of {} are not a JSON object", extension.name)));
    };
    let mut whole = Map::from_iter([
        ("@odata.type".to_owned(), Value::from("microsoft.graph.openTypeExtension")),
        (EXTENSION_NAME.to_owned(), Value::from(extension.name)),
    ]);
    whole.extend(properties);
    Ok(whole)
}

fn extension(mut extension: Map<String, Value>) -> wit::OpenExtension {
    let name = match extension.remove(EXTENSION_NAME).or_else(|| extension.get("id").cloned()) {
        Some(Value::String(name)) => name,
        _ => String::new(),
    };
    extension.retain(|name, _| !name.contains('@') && name != "id");
    wit::OpenExtension { name, properties: Value::Object(extension).to_string() }
}

fn photo(photo: Map<String, Value>) -> wit::Photo {
    let pixels = |name: &str| photo.get(name).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()).unwrap_or_default();
    wit::Photo { width: pixels("width"), height: pixels("height") }
}

/// What a program wants to read.
pub fn into_selection(selection: wit::Selection, version: Version) -> Selection {
    let mut named = Contact::default();
    for property in selection.properties {
        clear_property(&mut named, property);
    }
    Selection {
        single_value_extended_properties: selection.single_value_extended_properties,
        multi_value_extended_properties: selection.multi_value_extended_properties,
        extensions: selection.extensions,
        ..Selection::of(&named, version)
    }
}

fn into_email(email: wit::EmailAddress) -> EmailAddress {
    EmailAddress {
        // v1.0 has no kinds: `unknown` is what it reads as, and says nothing.
        kind: if email.kind == wit::EmailKind::Unknown { Field::Unset } else { Field::Set(email.kind.into()) },
        name: whole(email.name),
        address: whole(email.address),
        other_label: email.other_label.into(),
        unknown: Map::new(),
    }
}

fn email(email: EmailAddress) -> wit::EmailAddress {
    wit::EmailAddress {
        kind: option(email.kind).unwrap_or(EmailKind::Unknown).into(),
        name: option(email.name),
        address: option(email.address),
        other_label: option(email.other_label),
    }
}

fn into_address(address: wit::PostalAddress) -> (AddressKind, Address) {
    let parts = Address {
        street: whole(address.street),
        city: whole(address.city),
        state: whole(address.state),
        postal_code: whole(address.postal_code),
        country_or_region: whole(address.country_or_region),
        post_office_box: address.post_office_box.into(),
        unknown: Map::new(),
    };
    (address.kind.into(), parts)
}

fn address((kind, address): (AddressKind, Address)) -> wit::PostalAddress {
    wit::PostalAddress {
        kind: kind.into(),
        street: option(address.street),
        city: option(address.city),
        state: option(address.state),
        postal_code: option(address.postal_code),
        country_or_region: option(address.country_or_region),
        post_office_box: option(address.post_office_box),
    }
}

fn into_website(site: wit::Website) -> (WebsiteKind, Website) {
    let parts = Website { address: whole(site.address), display_name: site.display_name.into(), unknown: Map::new() };
    (site.kind.into(), parts)
}

fn website((kind, site): (WebsiteKind, Website)) -> wit::Website {
    wit::Website { kind: kind.into(), address: option(site.address), display_name: option(site.display_name) }
}

fn into_flag(flag: wit::FollowupFlag) -> Flag {
    let moment = |at: wit::DateTimeTimeZone| DateTimeTimeZone { date_time: at.date_time, time_zone: at.time_zone };
    Flag {
        status: flag.status.into(),
        start: flag.start.map(moment),
        due: flag.due.map(moment),
        completed: flag.completed.map(moment),
    }
}

fn flag(flag: Flag) -> wit::FollowupFlag {
    let moment = |at: DateTimeTimeZone| wit::DateTimeTimeZone { date_time: at.date_time, time_zone: at.time_zone };
    wit::FollowupFlag {
        status: flag.status.into(),
        start: flag.start.map(moment),
        due: flag.due.map(moment),
        completed: flag.completed.map(moment),
    }
}

impl From<Error> for wit::Error {
    fn from(error: Error) -> Self {
        let exchange = error.exchange.map(|exchange| *exchange).unwrap_or_default();
        wit::Error {
            kind: error.kind.into(),
            message: error.message,
            http_status: exchange.http_status.map(u32::from),
            graph_code: exchange.graph_code,
            request_id: exchange.request_id,
            client_request_id: exchange.client_request_id,
            retry_after_ms: exchange.retry_after.map(|wait| u32::try_from(wait.as_millis()).unwrap_or(u32::MAX)),
            attributes: error.attributes,
            may_have_taken_effect: error.may_have_taken_effect,
        }
    }
}

/// The change of that place among several.
pub fn into_change(change: wit::ContactChange, place: usize) -> Result<Change> {
    let lacking = |what: &str| Error::attribute(format!("changes[{place}].{what}"), "it is missing");
    let id = change.id.ok_or_else(|| lacking("id"));
    let contact = change.contact.ok_or_else(|| lacking("contact")).and_then(|contact| into_contact(contact, &change.clear));
    match change.kind {
        wit::ChangeKind::Create => Ok(Change::Create(Box::new(contact?), change.idempotency_key)),
        wit::ChangeKind::Update => Ok(Change::Update(id?, Box::new(contact?))),
        wit::ChangeKind::Delete => Ok(Change::Delete(id?)),
    }
}

/// The outcome of a change, for programs.
pub fn change_outcome(result: Result<Option<Contact>>) -> wit::ChangeOutcome {
    match result {
        Ok(contact) => wit::ChangeOutcome { contact: contact.map(wit::Contact::from), error: None },
        Err(error) => wit::ChangeOutcome { contact: None, error: Some(error.into()) },
    }
}

/// A change, for programs.
pub fn sync_delta(delta: SyncDelta) -> wit_connector::SyncDelta {
    use wit_connector::SyncDeltaKind;
    match delta {
        SyncDelta::CreateOrUpdate(object) => wit_connector::SyncDelta {
            kind: SyncDeltaKind::CreateOrUpdate,
            uid: object.get("_id").and_then(Value::as_str).unwrap_or_default().to_owned(),
            object: Some(Value::Object(object).to_string()),
        },
        SyncDelta::Delete(uid) => wit_connector::SyncDelta { kind: SyncDeltaKind::Delete, uid, object: None },
    }
}

/// An outcome, for programs.
pub fn outcome(outcome: Outcome) -> ValueOutcome {
    ValueOutcome {
        attribute: outcome.attribute.to_owned(),
        position: u32::try_from(outcome.position).unwrap_or(u32::MAX),
        id: outcome.id,
        error: outcome.error.map(wit::Error::from),
    }
}

impl From<Folder> for wit::Folder {
    fn from(folder: Folder) -> Self {
        wit::Folder {
            id: option(folder.id).unwrap_or_default(),
            display_name: option(folder.display_name),
            parent_folder_id: option(folder.parent_folder_id),
            well_known_name: option(folder.well_known_name),
        }
    }
}

/// A request, for programs. Fails where its body is no text.
pub fn request(request: Request) -> Result<HttpRequest> {
    let (head, body) = request.into_parts();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let no_text =
        |_| Error::new(Kind::Unsupported, "the body of this request is no text, and cannot be shown: call the operation");
    let body = String::from_utf8(body).map_err(no_text)?;
    Ok(HttpRequest {
        method: head.method.to_string(),
        url: head.uri.to_string(),
        headers: head.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect(),
        body: Some(body).filter(|body| !body.is_empty()),
    })
}
