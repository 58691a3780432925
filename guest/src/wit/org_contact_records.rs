//! The records of `wit/types.wit` that are about organizational contacts, from and to Graph's JSON.
//!
//! Each conversion names every field, so that a field that is forgotten does not compile.

use serde_json::{Map, Value, json};

use super::bindings::exports::graph_contacts::connector::types as wit;
use connector::contact::PhoneKind;
use connector::error::Result;
use connector::graph::directory_objects::type_name;
use connector::operations::icf::filter::Filter;
use connector::operations::icf::search::{Found, Search, sort_keys};

/// The members of an object, of which those with a place in a record are taken out.
struct Members {
    /// Where the object is: `phones[0].`, or nothing.
    path: String,
    members: Map<String, Value>,
    /// What no record has a place for, with its path.
    rest: Vec<(String, String)>,
}

impl Members {
    fn of(path: String, members: Map<String, Value>) -> Members {
        Members { path, members, rest: Vec::new() }
    }

    /// The member of that name as `read` reads it. What it does not read stays, to be told at the end.
    fn take<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let value = read(self.members.get(name)?)?;
        self.members.remove(name);
        Some(value)
    }

    fn text(&mut self, name: &str) -> Option<String> {
        self.take(name, |value| value.as_str().map(str::to_owned))
    }

    fn truth(&mut self, name: &str) -> Option<bool> {
        self.take(name, Value::as_bool)
    }

    fn texts(&mut self, name: &str) -> Vec<String> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        self.take(name, |value| value.as_array()?.iter().map(text).collect()).unwrap_or_default()
    }

    /// The objects of a list, each as `read` reads it.
    fn objects<T>(&mut self, name: &str, read: fn(&mut Members) -> T) -> Vec<T> {
        let object = |value: &Value| value.as_object().cloned();
        let objects: Option<Vec<_>> = self.take(name, |value| value.as_array()?.iter().map(object).collect());
        let items = objects.unwrap_or_default().into_iter().enumerate();
        let mut all = Vec::new();
        for (position, object) in items {
            let mut members = Members::of(format!("{}{name}[{position}].", self.path), object);
            all.push(read(&mut members));
            self.rest.extend(members.rest());
        }
        all
    }

    /// What has a value, and was not taken.
    fn rest(self) -> Vec<(String, String)> {
        let Members { path, members, mut rest } = self;
        let left = members.into_iter().filter(|(_, value)| !value.is_null());
        rest.extend(left.map(|(name, value)| (format!("{path}{name}"), value.to_string())));
        rest
    }
}

/// The contact that the directory answered.
pub fn org_contact(contact: Map<String, Value>) -> wit::OrgContact {
    let mut members = Members::of(String::new(), contact);
    wit::OrgContact {
        id: members.text("id"),
        deleted_date_time: members.text("deletedDateTime"),
        addresses: members.objects("addresses", address),
        company_name: members.text("companyName"),
        department: members.text("department"),
        display_name: members.text("displayName"),
        given_name: members.text("givenName"),
        job_title: members.text("jobTitle"),
        mail: members.text("mail"),
        mail_nickname: members.text("mailNickname"),
        on_premises_last_sync_date_time: members.text("onPremisesLastSyncDateTime"),
        on_premises_provisioning_errors: members.objects("onPremisesProvisioningErrors", on_premises_error),
        on_premises_sync_enabled: members.truth("onPremisesSyncEnabled"),
        phones: members.objects("phones", phone),
        proxy_addresses: members.texts("proxyAddresses"),
        service_provisioning_errors: members.objects("serviceProvisioningErrors", service_error),
        surname: members.text("surname"),
        additional: members.rest(),
    }
}

fn address(members: &mut Members) -> wit::PhysicalOfficeAddress {
    wit::PhysicalOfficeAddress {
        street: members.text("street"),
        city: members.text("city"),
        state: members.text("state"),
        postal_code: members.text("postalCode"),
        country_or_region: members.text("countryOrRegion"),
        office_location: members.text("officeLocation"),
    }
}

fn phone(members: &mut Members) -> wit::Phone {
    let kind = members.take("type", |value| PhoneKind::from_name(value.as_str()?)).unwrap_or(PhoneKind::UNKNOWN);
    wit::Phone { kind: kind.into(), number: members.text("number").unwrap_or_default() }
}

fn on_premises_error(members: &mut Members) -> wit::OnPremisesProvisioningError {
    wit::OnPremisesProvisioningError {
        category: members.text("category"),
        occurred_date_time: members.text("occurredDateTime"),
        property_causing_error: members.text("propertyCausingError"),
        value: members.text("value"),
    }
}

fn service_error(members: &mut Members) -> wit::ServiceProvisioningError {
    wit::ServiceProvisioningError {
        created_date_time: members.text("createdDateTime"),
        is_resolved: members.truth("isResolved"),
        service_instance: members.text("serviceInstance"),
        error_detail: members.text("errorDetail"),
    }
}

/// The object that a contact is related to.
pub fn directory_object(object: Map<String, Value>) -> wit::DirectoryObject {
    let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
    wit::DirectoryObject {
        id: text("id").unwrap_or_default(),
        type_name: type_name(&object).unwrap_or_default().to_owned(),
        display_name: text("displayName"),
    }
}

/// What an update is to make of a contact: what `set` has values for, and null for what is in `clear`.
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
        // Not writable: what a program read and hands back stays as it is.
        deleted_date_time: _,
        on_premises_provisioning_errors: _,
        service_provisioning_errors: _,
        additional: _,
    } = set;
    let addresses: Vec<Value> = addresses.into_iter().map(into_address).collect();
    let phones: Vec<Value> = phones.into_iter().map(into_phone).collect();
    let said = [
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
    let says_nothing = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    let said = said.into_iter().filter(|(_, value)| !says_nothing(value));
    let cleared = clear.iter().map(|property| (name(*property), Value::Null));
    said.chain(cleared).map(|(name, value)| (name.to_owned(), value)).collect()
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

fn name(property: wit::OrgContactProperty) -> &'static str {
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

/// The search that a program asks for.
pub fn into_search(query: wit::OrgContactQuery) -> Result<Search> {
    Ok(Search {
        filter: query.filter.as_deref().map_or(Ok(Filter::Constant(true)), Filter::parse)?,
        attributes: Vec::new(),
        page_size: query.page_size.map(|size| usize::try_from(size).unwrap_or(usize::MAX)),
        cookie: query.cookie,
        offset: 0,
        sort: sort_keys(&query.order_by.join(",")),
        words: query.search,
        count: query.count,
    })
}

/// What a search found.
pub fn page(contacts: Vec<wit::OrgContact>, found: Found) -> wit::OrgContactPage {
    let count = found.count.map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    wit::OrgContactPage { contacts, cookie: found.cookie, count }
}
