//! The exchanges in Microsoft Graph's documentation: their contacts, parsed and written again, are unchanged.
//!
//! `GRAPH_EXAMPLES` optionally names a file with more of them:
//! `{"examples": [{"id", "request": {"method", "url", "body"}, "response": {"status", "body"}}]}`.

use connector::contact::{Version, from_json, to_json, validate};
use serde_json::{Map, Value, json};

/// The contacts in an exchange.
struct Exchange<'e> {
    name: &'e str,
    version: Version,
    /// Whether the request creates a contact, and its body.
    request: Option<(bool, &'e Map<String, Value>)>,
    /// Whether the service rejects the values. The connector then rejects them before it sends them.
    is_rejected: bool,
    /// The contacts in the response.
    response: Vec<&'e Map<String, Value>>,
}

impl<'e> Exchange<'e> {
    /// Parses an example; `None` if it is about other resources, such as folders, photos or organizational contacts.
    fn parse(example: &'e Value) -> Option<Exchange<'e>> {
        let (request, response) = (&example["request"], &example["response"]);
        let address = request["url"].as_str()?.strip_prefix("https://graph.microsoft.com/")?;
        let (version, rest) = address.split_once('/')?;
        let path: Vec<&str> = rest.split('?').next()?.trim_end_matches('/').split('/').collect();
        let within = match path.as_slice() {
            ["me", within @ ..] | ["users", _, within @ ..] => within,
            _ => return None,
        };
        let contacts = within.iter().position(|segment| *segment == "contacts")?;
        let one = match &within[contacts + 1..] {
            [] | ["delta"] => false,
            [_] => true,
            _ => return None,
        };
        let body = &response["body"];
        let contacts = match body["value"].as_array() {
            Some(page) => page.iter().filter_map(Value::as_object).collect(),
            None if response["status"].as_u64()? < 300 => body.as_object().into_iter().collect(),
            None => Vec::new(),
        };
        Some(Exchange {
            name: example["id"].as_str()?,
            version: if version == "beta" { Version::Beta } else { Version::V1 },
            request: request["body"].as_object().map(|body| (!one && request["method"] == "POST", body)),
            is_rejected: response["status"] == 400,
            response: contacts,
        })
    }

    /// Returns what is wrong with it.
    fn find_problems(&self) -> Vec<String> {
        let request = self.request.and_then(|(creates, body)| match check_request(body, creates, self.version) {
            Ok(()) if self.is_rejected => Some("the connector accepts it, and the service rejects it".to_owned()),
            Err(_) if self.is_rejected => None,
            result => result.err(),
        });
        let response = self.response.iter().filter_map(|contact| check_response(contact, self.version).err());
        request.into_iter().chain(response).map(|problem| format!("{}: {problem}", self.name)).collect()
    }
}

fn check_response(contact: &Map<String, Value>, version: Version) -> Result<(), String> {
    let again = to_json::write_response(&from_json::parse_response(contact, version), version);
    compare(&again, contact)
}

fn check_request(body: &Map<String, Value>, creates: bool, version: Version) -> Result<(), String> {
    let contact = from_json::parse_input(body, version, "").map_err(|error| error.message)?;
    validate::check_storable(&contact, version, "").map_err(|error| error.message)?;
    if !creates {
        return compare(&to_json::write_update_body(&contact, version), body);
    }
    validate::check_creatable(&contact, version, "").map_err(|error| error.message)?;
    compare(&to_json::write_create_body(&contact, version), body)
}

fn compare(ours: &Map<String, Value>, theirs: &Map<String, Value>) -> Result<(), String> {
    let (ours, theirs) = (with_date(ours), with_date(theirs));
    if ours == theirs { Ok(()) } else { Err(format!("{} became {}", Value::Object(theirs), Value::Object(ours))) }
}

/// Returns the contact with its birthday as a date: the documentation shows a date, the service a time.
fn with_date(contact: &Map<String, Value>) -> Map<String, Value> {
    let mut contact = contact.clone();
    if let Some(Value::String(birthday)) = contact.get_mut("birthday")
        && birthday.get(10..).is_some_and(|time| time.starts_with('T'))
    {
        birthday.truncate(10);
    }
    contact
}

#[test]
fn exchanges_of_file_round_trip() {
    let Ok(file) = std::env::var("GRAPH_EXAMPLES") else {
        eprintln!("GRAPH_EXAMPLES is not set: no exchanges to compare");
        return;
    };
    let file: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let examples = file["examples"].as_array().unwrap();
    let exchanges: Vec<Exchange> = examples.iter().filter_map(Exchange::parse).collect();
    let bodies: usize = exchanges.iter().map(|exchange| exchange.response.len() + usize::from(exchange.request.is_some())).sum();
    let problems: Vec<String> = exchanges.iter().flat_map(Exchange::find_problems).collect();
    eprintln!("{} of {} exchanges have contacts, in {bodies} bodies", exchanges.len(), examples.len());
    assert!(!exchanges.is_empty() && problems.is_empty(), "{problems:#?}");
}

/// The shapes on the pages of Microsoft Graph about contacts, with other values.
#[test]
fn documented_shapes_round_trip() {
    let whole = json!({
        "id": "AAMkADk0000AAA=", "createdDateTime": "2021-03-04T05:06:07Z", "lastModifiedDateTime": "2021-03-05T05:06:07Z",
        "changeKey": "EQAAABYAAABk", "categories": [], "parentFolderId": "AAMkADk0000AAF=", "birthday": "1952-11-30",
        "fileAs": "Moreau, Inès", "displayName": "Inès Moreau", "givenName": "Inès", "initials": "I.M.", "middleName": null,
        "nickName": "Nessi", "surname": "Moreau", "title": null, "yomiGivenName": null, "yomiSurname": null,
        "yomiCompanyName": null, "generation": null, "emailAddresses": [{"name": "Inès", "address": "ines@fabrikam.example"}],
        "imAddresses": ["sip:ines@fabrikam.example"], "jobTitle": "Surveyor", "companyName": "Fabrikam, S.A.",
        "department": "Maps & Plans", "officeLocation": "3/12", "profession": null,
        "businessHomePage": "https://www.fabrikam.example", "assistantName": null, "manager": null, "homePhones": [],
        "mobilePhone": null, "businessPhones": ["+33 1 99 00 00 01"], "homeAddress": {}, "businessAddress": {
            "street": "1 rue Longue", "city": "Lyon", "state": "ARA", "countryOrRegion": "France", "postalCode": "69001",
        }, "otherAddress": {}, "spouseName": null, "personalNotes": null, "children": [],
    });
    let mut with_slots = whole.clone();
    with_slots["primaryEmailAddress"] = json!({"name": "Inès", "address": "ines@fabrikam.example"});
    with_slots["secondaryEmailAddress"] = Value::Null;
    with_slots["tertiaryEmailAddress"] = Value::Null;
    let address = json!({"street": "2 rue Courte", "city": "Nice", "state": "PAC", "postalCode": "06000"});
    let beta = json!({
        "emailAddresses": [
            {"type": "work", "name": "Inès Moreau", "address": "ines@fabrikam.example"},
            {"type": "other", "otherLabel": "Chess club", "name": "Inès Moreau", "address": "ines@adatum.example"},
        ],
        "phones": [{"number": "+33 1 99 00 00 01", "type": "business"}],
        "postalAddresses": [{"type": "business", "street": "1 rue Longue", "city": "Lyon", "postalCode": "69001"}],
        "websites": [{"type": "work", "address": "https://www.fabrikam.example", "displayName": "Fabrikam"}],
    });
    let mut beta_response = beta.clone();
    beta_response["@odata.type"] = json!("#microsoft.graph.contact");
    beta_response["id"] = json!("AAMkADk0000AAB=");
    let mut beta_new = beta;
    beta_new["givenName"] = json!("Inès");
    let property = "String {0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9} Name Origin";
    let error = json!({"error": {"code": "ErrorInvalidArgument", "message": "no", "innerError": {"request-id": "r-1"}}});

    for (name, method, path, body, status, returned, bodies) in [
        ("get", "GET", "v1.0/me/contacts/x", Value::Null, 200, whole.clone(), 1),
        (
            "update",
            "PATCH",
            "v1.0/me/contacts/x",
            json!({"homeAddress": address, "birthday": "1952-11-30"}),
            200,
            whole.clone(),
            2,
        ),
        ("update with slots", "PATCH", "v1.0/me/contacts/x", json!({"nickName": "Nessi"}), 200, with_slots, 2),
        (
            "create",
            "POST",
            "v1.0/me/contacts",
            json!({"givenName": "Inès", "emailAddresses": [{"address": "i@b.example", "name": "I"}], "businessPhones": ["1"]}),
            201,
            json!({"id": "x", "createdDateTime": "2021-03-04T05:06:07Z", "displayName": "Inès"}),
            2,
        ),
        (
            "create in a folder",
            "POST",
            "v1.0/users/u/contactFolders/f/contacts",
            json!({"givenName": "Inès", "businessAddress": address}),
            201,
            json!({"id": "x", "givenName": "Inès", "businessAddress": address}),
            2,
        ),
        ("create in beta", "POST", "beta/users/u/contacts", beta_new, 201, beta_response, 2),
        (
            "list",
            "GET",
            "v1.0/me/contacts?$filter=emailAddresses/any(a:a/address eq 'i')",
            Value::Null,
            200,
            json!({"value": [whole]}),
            1,
        ),
        (
            "page",
            "GET",
            "v1.0/me/contacts?$top=2",
            Value::Null,
            200,
            json!({
                "value": [{"@odata.etag": "W/\"a\"", "id": "1", "displayName": "I"}, {"@odata.etag": "W/\"b\"", "id": "2"}],
                "@odata.nextLink": "https://graph.microsoft.com/v1.0/me/contacts?$top=2&$skip=2",
            }),
            2,
        ),
        (
            "delta",
            "GET",
            "v1.0/me/contactFolders/f/contacts/delta",
            Value::Null,
            200,
            json!({"value": [
                {"birthday": "1952-11-30T11:59:00Z", "fileAs": "Moreau"},
                {"@odata.type": "#microsoft.graph.contact", "id": "2", "@removed": {"reason": "deleted"}},
            ]}),
            2,
        ),
        (
            "extended property",
            "GET",
            "v1.0/me/contacts",
            Value::Null,
            200,
            json!({"value": [{"id": "x", "singleValueExtendedProperties": [{"id": property, "value": "hr"}]}]}),
            1,
        ),
        ("not a date", "GET", "v1.0/me/contacts", Value::Null, 200, json!({"value": [{"birthday": "datetime-value"}]}), 1),
        ("conflict", "PATCH", "v1.0/me/contacts/x", json!({"nickName": "N"}), 412, error.clone(), 1),
        ("too many", "PATCH", "v1.0/me/contacts/x", json!({"homePhones": ["1", "2", "3"]}), 400, error, 1),
        ("delete", "DELETE", "v1.0/me/contacts/x", Value::Null, 204, Value::Null, 0),
    ] {
        let example = json!({
            "id": name,
            "request": {"method": method, "url": format!("https://graph.microsoft.com/{path}"), "body": body},
            "response": {"status": status, "body": returned},
        });
        let exchange = Exchange::parse(&example).unwrap();
        assert_eq!(exchange.response.len() + usize::from(exchange.request.is_some()), bodies, "{name}");
        assert_eq!(exchange.find_problems(), [""; 0]);
    }
}

#[test]
fn exchanges_of_other_resources_are_skipped() {
    for url in [
        "https://graph.microsoft.com/v1.0/contacts",
        "https://graph.microsoft.com/v1.0/contacts/x/manager",
        "https://graph.microsoft.com/v1.0/me/contactFolders",
        "https://graph.microsoft.com/v1.0/me/contacts/x/photo/$value",
        "https://graph.microsoft.com/v1.0/users/u/contacts/x/extensions",
        "https://graph.microsoft.com/v1.0/$batch",
        "https://graph.windows.net/contoso.com/contacts/x",
    ] {
        let example = json!({"id": "x", "request": {"method": "GET", "url": url}, "response": {"status": 200, "body": {}}});
        assert!(Exchange::parse(&example).is_none(), "{url}");
    }
}
