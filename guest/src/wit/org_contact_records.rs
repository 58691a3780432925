//! Converts the records of `wit/types.wit` for organizational contacts from and to Graph's JSON.
//!
//! Each conversion names every field: a forgotten one does not compile.

use serde_json::{Map, Value, json};

use super::bindings::exports::graph_contacts::connector::types as wit;
use connector::contact::{Kind, PhoneKind};
use connector::error::Result;
use connector::graph::directory_objects::get_type_name;
use connector::operations::icf::filter::Filter;
use connector::operations::icf::search::{Search, SearchSummary, parse_sort_keys};

/// The members of an object, from which the fields of a record are taken.
pub(super) struct Members {
    /// The object's path: `phones[0].`, or nothing.
    path: String,
    members: Map<String, Value>,
    /// The members of nested objects that no record has a field for, with their paths.
    rest: Vec<(String, String)>,
}

impl Members {
    pub(super) fn new(path: String, members: Map<String, Value>) -> Members {
        Members { path, members, rest: Vec::new() }
    }

    /// Takes the member of that name, if `read` can read it.
    fn take<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let value = read(self.members.get(name)?)?;
        self.members.remove(name);
        Some(value)
    }

    pub(super) fn string(&mut self, name: &str) -> Option<String> {
        self.take(name, |value| value.as_str().map(str::to_owned))
    }

    fn boolean(&mut self, name: &str) -> Option<bool> {
        self.take(name, Value::as_bool)
    }

    pub(super) fn strings(&mut self, name: &str) -> Vec<String> {
        let string = |value: &Value| value.as_str().map(str::to_owned);
        self.take(name, |value| value.as_array()?.iter().map(string).collect()).unwrap_or_default()
    }

    /// Takes the objects of a list, if it has only objects.
    pub(super) fn objects<T>(&mut self, name: &str, read: fn(&mut Members) -> T) -> Vec<T> {
        let object = |value: &Value| value.as_object().cloned();
        let objects: Option<Vec<_>> = self.take(name, |value| value.as_array()?.iter().map(object).collect());
        let items = objects.unwrap_or_default().into_iter().enumerate();
        let mut all = Vec::new();
        for (position, object) in items {
            let mut members = Members::new(format!("{}{name}[{position}].", self.path), object);
            all.push(read(&mut members));
            self.rest.extend(members.into_rest());
        }
        all
    }

    /// Returns the members that have a value and were not taken.
    fn into_rest(self) -> Vec<(String, String)> {
        let Members { path, members, mut rest } = self;
        let left = members.into_iter().filter(|(_, value)| !value.is_null());
        rest.extend(left.map(|(name, value)| (format!("{path}{name}"), value.to_string())));
        rest
    }
}

/// Converts a contact of the directory to a record.
pub fn to_org_contact(contact: Map<String, Value>) -> wit::OrgContact {
    let mut members = Members::new(String::new(), contact);
    wit::OrgContact {
        id: members.string("id"),
        deleted_date_time: members.string("deletedDateTime"),
        addresses: members.objects("addresses", to_address),
        company_name: members.string("companyName"),
        department: members.string("department"),
        display_name: members.string("displayName"),
        given_name: members.string("givenName"),
        job_title: members.string("jobTitle"),
        mail: members.string("mail"),
        mail_nickname: members.string("mailNickname"),
        on_premises_last_sync_date_time: members.string("onPremisesLastSyncDateTime"),
        on_premises_provisioning_errors: members.objects("onPremisesProvisioningErrors", to_on_premises_error),
        on_premises_sync_enabled: members.boolean("onPremisesSyncEnabled"),
        // The metadata of Microsoft Graph allow a phone without a number.
        phones: members.objects("phones", to_phone).into_iter().filter(|phone| !phone.number.is_empty()).collect(),
        proxy_addresses: members.strings("proxyAddresses"),
        service_provisioning_errors: members.objects("serviceProvisioningErrors", to_service_error),
        surname: members.string("surname"),
        additional: members.into_rest(),
    }
}

fn to_address(members: &mut Members) -> wit::PhysicalOfficeAddress {
    wit::PhysicalOfficeAddress {
        street: members.string("street"),
        city: members.string("city"),
        state: members.string("state"),
        postal_code: members.string("postalCode"),
        country_or_region: members.string("countryOrRegion"),
        office_location: members.string("officeLocation"),
    }
}

fn to_phone(members: &mut Members) -> wit::Phone {
    let kind = members.take("type", |value| PhoneKind::from_name(value.as_str()?)).unwrap_or(PhoneKind::UNKNOWN);
    wit::Phone { kind: kind.into(), number: members.string("number").unwrap_or_default() }
}

fn to_on_premises_error(members: &mut Members) -> wit::OnPremisesProvisioningError {
    wit::OnPremisesProvisioningError {
        category: members.string("category"),
        occurred_date_time: members.string("occurredDateTime"),
        property_causing_error: members.string("propertyCausingError"),
        value: members.string("value"),
    }
}

fn to_service_error(members: &mut Members) -> wit::ServiceProvisioningError {
    wit::ServiceProvisioningError {
        created_date_time: members.string("createdDateTime"),
        is_resolved: members.boolean("isResolved"),
        service_instance: members.string("serviceInstance"),
        error_detail: members.string("errorDetail"),
    }
}

/// Converts an object that a contact is related to, to a record.
pub fn to_directory_object(object: Map<String, Value>) -> wit::DirectoryObject {
    let string = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
    wit::DirectoryObject {
        id: string("id").unwrap_or_default(),
        type_name: get_type_name(&object).unwrap_or_default().to_owned(),
        display_name: string("displayName"),
    }
}

/// Returns the changes of an update: the values of `set`, and null for the properties in `clear`.
pub fn into_org_contact(set: wit::OrgContact, clear: &[wit::OrgContactProperty]) -> Map<String, Value> {
    let wit::OrgContact {
        id,
        addresses,
        company_name,
        department,
        display_name,
        given_name,
        job_title,
        mail,
        mail_nickname,
        on_premises_last_sync_date_time,
        on_premises_sync_enabled,
        phones,
        proxy_addresses,
        surname,
        // Read-only: a program may pass on what it has read.
        deleted_date_time: _,
        on_premises_provisioning_errors: _,
        service_provisioning_errors: _,
        additional: _,
    } = set;
    let addresses: Vec<Value> = addresses.into_iter().map(into_address).collect();
    let phones: Vec<Value> = phones.into_iter().map(into_phone).collect();
    let values = [
        ("id", json!(id)),
        ("addresses", json!(addresses)),
        ("companyName", json!(company_name)),
        ("department", json!(department)),
        ("displayName", json!(display_name)),
        ("givenName", json!(given_name)),
        ("jobTitle", json!(job_title)),
        ("mail", json!(mail)),
        ("mailNickname", json!(mail_nickname)),
        ("onPremisesLastSyncDateTime", json!(on_premises_last_sync_date_time)),
        ("onPremisesSyncEnabled", json!(on_premises_sync_enabled)),
        ("phones", json!(phones)),
        ("proxyAddresses", json!(proxy_addresses)),
        ("surname", json!(surname)),
    ];
    let is_unset = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    let set = values.into_iter().filter(|(_, value)| !is_unset(value));
    let cleared = clear.iter().map(|property| (graph_name(*property), Value::Null));
    set.chain(cleared).map(|(name, value)| (name.to_owned(), value)).collect()
}

fn into_address(address: wit::PhysicalOfficeAddress) -> Value {
    json!({
        "street": address.street,
        "city": address.city,
        "state": address.state,
        "postalCode": address.postal_code,
        "countryOrRegion": address.country_or_region,
        "officeLocation": address.office_location,
    })
}

fn into_phone(phone: wit::Phone) -> Value {
    json!({"type": PhoneKind::from(phone.kind).name(), "number": phone.number})
}

/// Returns Graph's name of a property.
fn graph_name(property: wit::OrgContactProperty) -> &'static str {
    use wit::OrgContactProperty as P;
    match property {
        P::Addresses => "addresses",
        P::CompanyName => "companyName",
        P::Department => "department",
        P::DisplayName => "displayName",
        P::GivenName => "givenName",
        P::JobTitle => "jobTitle",
        P::Mail => "mail",
        P::MailNickname => "mailNickname",
        P::Phones => "phones",
        P::Surname => "surname",
    }
}

/// Converts a query to a search.
pub fn into_search(query: wit::OrgContactQuery) -> Result<Search> {
    Ok(Search {
        filter: query.filter.as_deref().map_or(Ok(Filter::Constant(true)), Filter::parse)?,
        attributes: Vec::new(),
        page_size: query.page_size.map(|size| usize::try_from(size).unwrap_or(usize::MAX)),
        cookie: query.cookie,
        offset: 0,
        sort: parse_sort_keys(&query.order_by.join(",")),
        words: query.search,
        count: query.count,
    })
}

/// Returns the record of a page.
pub fn to_page(contacts: Vec<wit::OrgContact>, found: SearchSummary) -> wit::OrgContactPage {
    let count = found.count.map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    wit::OrgContactPage { contacts, cookie: found.cookie, count }
}
