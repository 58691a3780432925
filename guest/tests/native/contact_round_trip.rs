//! A response of Graph, parsed and written again, is unchanged.

use connector::contact::properties::{self, PROPERTIES};
use connector::contact::{Date, Field, Phone, PhoneKind, Version, from_json, to_json};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::arbitrary::{returned, writable_beta, writable_v1};

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// Returns the response on the page "Update contact" of Microsoft Graph v1.0.
fn documented_response() -> Map<String, Value> {
    object(json!({
        "id": "AAMkAGI2THk0AAA=", "createdDateTime": "2014-10-19T23:08:24Z", "lastModifiedDateTime": "2014-10-19T23:08:24Z",
        "changeKey": "EQAAABYAAACd9nJ/tVysQos2hTfspaWRAAADTIa4", "categories": [], "parentFolderId": "AAMkAGI2AAEOAAA=",
        "birthday": "1974-07-22", "fileAs": "Fort, Garth", "displayName": "Garth Fort", "givenName": "Garth", "initials": "G.F.",
        "middleName": null, "nickName": "Garth", "surname": "Fort", "title": null, "yomiGivenName": null, "yomiSurname": null,
        "yomiCompanyName": null, "generation": null,
        "emailAddresses": [{"name": "Garth", "address": "garth@contoso.com"}], "imAddresses": ["sip:garthf@contoso.com"],
        "jobTitle": "Web Marketing Manager", "companyName": "Contoso, Inc.", "department": "Sales & Marketing",
        "officeLocation": "20/1101", "profession": null, "businessHomePage": "https://www.contoso.com", "assistantName": null,
        "manager": null, "homePhones": [], "mobilePhone": null, "businessPhones": ["+1 918 555 0101"],
        "homeAddress": {"street": "123 Some street", "city": "Seattle", "state": "WA", "postalCode": "98121"},
        "businessAddress": {"street": "10 Contoso Way", "city": "Redmond", "state": "WA", "countryOrRegion": "USA", "postalCode": "98075"},
        "otherAddress": {}, "spouseName": null, "personalNotes": null, "children": [],
    }))
}

#[test]
fn documented_response_parses_completely() {
    let contact = from_json::parse_response(&documented_response(), Version::V1);
    assert!(contact.unknown.is_empty(), "{:?}", contact.unknown);
    assert_eq!(contact.birthday, Field::Set(Date::new(1974, 7, 22).unwrap()));
    assert_eq!(contact.phones.of(PhoneKind::Business).collect::<Vec<_>>(), [&Phone::from_number("+1 918 555 0101".to_owned())]);
    assert!(contact.phones.is_specified(PhoneKind::Mobile) && contact.phones.of(PhoneKind::Mobile).next().is_none());
    assert!(!contact.phones.is_specified(PhoneKind::Pager));
    assert_eq!(contact.title, Field::Null);
    assert_eq!(contact.gender, Field::Unset);

    let mut again = documented_response();
    again.insert("birthday".to_owned(), json!("1974-07-22T11:59:00Z"));
    assert_eq!(to_json::write_response(&contact, Version::V1), again);
}

#[test]
fn caller_view_omits_nulls() {
    let mut response = documented_response();
    response.insert("@odata.etag".to_owned(), json!("W/\"EQAAABYAAACd\""));
    response.insert("newProperty".to_owned(), json!({"kept": true, "empty": null}));
    let shown = to_json::write_for_caller(&from_json::parse_response(&response, Version::V1), Version::V1);
    assert_eq!(shown["birthday"], "1974-07-22");
    assert_eq!(shown["homePhones"], json!([]));
    assert_eq!(shown["newProperty"], json!({"kept": true}));
    for absent in ["@odata.etag", "title", "mobilePhone", "otherAddress"] {
        assert!(!shown.contains_key(absent), "{absent}");
    }
}

/// Microsoft's metadata of 2026-08-20: `microsoft.graph.contact` with its base types, v1.0 and beta.
#[test]
fn table_has_every_property_of_metadata() {
    let metadata = "id categories changeKey createdDateTime lastModifiedDateTime assistantName birthday businessAddress \
        businessHomePage businessPhones children companyName department displayName emailAddresses fileAs generation givenName \
        homeAddress homePhones imAddresses initials jobTitle manager middleName mobilePhone nickName officeLocation otherAddress \
        parentFolderId personalNotes primaryEmailAddress profession secondaryEmailAddress spouseName surname \
        tertiaryEmailAddress title yomiCompanyName yomiGivenName yomiSurname \
        extensions multiValueExtendedProperties photo singleValueExtendedProperties";
    let beta = "flag gender isFavorite phones postalAddresses websites weddingAnniversary";
    let not_in_beta = "businessAddress businessHomePage businessPhones homeAddress homePhones mobilePhone otherAddress";
    let both: Vec<&str> = metadata.split_whitespace().filter(|name| !not_in_beta.contains(name)).collect();
    for (version, mut expected) in [
        (Version::V1, metadata.split_whitespace().collect::<Vec<&str>>()),
        (Version::Beta, [both, beta.split_whitespace().collect()].concat()),
    ] {
        let mut known: Vec<&str> = properties::list_in_version(version).map(|property| property.name).collect();
        expected.sort_unstable();
        known.sort_unstable();
        assert_eq!(known, expected);
    }
    let assigned: Vec<&str> = PROPERTIES.iter().filter(|property| property.read_only).map(|property| property.name).collect();
    assert_eq!(assigned, ["id", "changeKey", "createdDateTime", "lastModifiedDateTime", "parentFolderId", "photo"]);
}

#[test]
fn extended_properties_round_trip() {
    let response = object(json!({
        "id": "AAMk=",
        "singleValueExtendedProperties": [{"id": "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color", "value": "Green"}],
        "multiValueExtendedProperties": [{"id": "StringArray {66f5a359-4659-4830-9070-00050ec6ac6e} Name Palette", "value": ["Green", "Aqua"]}],
    }));
    let contact = from_json::parse_response(&response, Version::V1);
    assert_eq!(contact.single_value_extended_properties.value().unwrap()[0].value, "Green");
    assert_eq!(to_json::write_response(&contact, Version::V1), response);
    assert_eq!(to_json::write_for_caller(&contact, Version::V1), response);
}

#[test]
fn values_of_undocumented_types_are_preserved() {
    let response =
        object(json!({"givenName": 7, "businessPhones": "one", "homeAddress": ["x"], "emailAddresses": [{"address": {}}]}));
    let contact = from_json::parse_response(&response, Version::V1);
    assert_eq!(Value::Object(to_json::write_response(&contact, Version::V1)), Value::Object(response));
}

#[test]
fn dates_parse_in_every_form_without_shift() {
    let day = Date::new(1974, 7, 22);
    for form in
        ["1974-07-22", "1974-07-22T00:00:00Z", "1974-07-22T23:59:59.999-11:00", "1974-07-22T11:59:00+13:00", "1974-07-22T11:59Z"]
    {
        assert_eq!(Date::parse(form), day, "{form}");
    }
    for wrong in [
        "",
        "1974",
        "1974-7-22",
        "1974-02-30",
        "1973-02-29",
        "1974-13-01",
        "0000-01-01",
        "1974-07-22 11:59",
        "22.07.1974",
        "1974-07-22T",
        "１９７４-07-22",
    ] {
        assert_eq!(Date::parse(wrong), None, "{wrong}");
    }
    assert!(Date::parse("1976-02-29").is_some() && Date::parse("1900-02-29").is_none() && Date::parse("2000-02-29").is_some());
}

proptest! {
    #[test]
    fn v1_response_round_trips(response in returned(writable_v1())) {
        let contact = from_json::parse_response(&response, Version::V1);
        prop_assert_eq!(to_json::write_response(&contact, Version::V1), response);
    }

    #[test]
    fn beta_response_round_trips(response in returned(writable_beta())) {
        let contact = from_json::parse_response(&response, Version::Beta);
        prop_assert_eq!(to_json::write_response(&contact, Version::Beta), response);
    }
}
