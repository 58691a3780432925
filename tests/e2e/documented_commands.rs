//! The six commands of the OpenICF page "Contacts (MS Graph API)", in order.
//! <https://docs.pingidentity.com/openicf/connector-reference/msgraph-contacts.html>

use std::time::Duration;

use serde_json::{Value, json};

use crate::fixture::{Fixture, UID, connector, run, send_raw};

/// Formats a command of the page as curl sends it, including the unencoded quotes in the query.
fn format_curl_request(method: &str, port: u16, query: &str, body: Option<&Value>) -> String {
    let mut request = format!(
        "{method} /openidm/system/azuread/user/{UID}{query} HTTP/1.1\r\n\
         Host: localhost:{port}\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\
         X-OpenIDM-Username: openidm-admin\r\nX-OpenIDM-Password: openidm-admin\r\n\
         Accept-API-Version: resource=1.0\r\nContent-Type: application/json\r\nConnection: close\r\n"
    );
    match body {
        Some(body) => {
            let body = format!("{body:#}");
            request.push_str(&format!("If-Match: *\r\nContent-Length: {}\r\n\r\n{body}", body.len()));
        }
        None => request.push_str("\r\n"),
    }
    request
}

fn business_address() -> Value {
    json!({"city": "exampleCity", "state": "exampleState", "postalCode": "99999", "street": "example st", "countryOrRegion": "United States"})
}

/// Checks that a read has the keys that the page prints, and the values that were sent. Returns the contact's id.
fn assert_is_printed(user: &Value, given_name: &str) -> String {
    assert_eq!(user.as_object().unwrap().keys().collect::<Vec<_>>(), ["_id", "contacts"]);
    assert_eq!(user["_id"], UID);
    let contacts = user["contacts"].as_array().unwrap();
    assert_eq!(contacts.len(), 1);
    let contact = contacts[0].as_object().unwrap();
    assert_eq!(contact["givenName"], given_name);
    assert_eq!(contact["businessAddress"], business_address());
    assert!(!contact.keys().any(|key| key.contains('@')), "{contact:?}");
    assert!(!contact.values().any(|value| value.is_null() || value == &json!({})), "{contact:?}");
    contact["id"].as_str().unwrap().to_owned()
}

#[test]
fn documented_commands_add_update_and_remove_contact() {
    run(async {
        let fixture = Fixture::start().await;
        let address = fixture.gateway.address();
        let put =
            |body: Value| async move { send_raw(address, &format_curl_request("PUT", address.port(), "", Some(&body))).await };
        let get = |query: &'static str| async move {
            send_raw(address, &format_curl_request("GET", address.port(), query, None)).await
        };
        for quoted in ["?_fields=\"_id,contacts\"", "?_fields=_id,contacts", "?_fields=%22_id,contacts%22"] {
            let added =
                put(json!({"_id": UID, "__addContacts__": {"givenName": "Test-Contact", "businessAddress": business_address()}}))
                    .await;
            assert_eq!((added.0, &added.1["_id"]), (200, &json!(UID)), "{}", added.1);
            assert!(added.1.get("__addContacts__").is_none() && added.1.get("contacts").is_none());

            let (status, user) = get(quoted).await;
            assert_eq!(status, 200, "{user}");
            let id = assert_is_printed(&user, "Test-Contact");

            let contact = json!({"id": id, "givenName": "Test-Contact-Updated", "businessAddress": business_address()});
            let updated = put(json!({"_id": UID, "__updateContacts__": contact})).await;
            assert_eq!((updated.0, &updated.1["_id"]), (200, &json!(UID)), "{}", updated.1);
            let (_, user) = get(quoted).await;
            assert_eq!(assert_is_printed(&user, "Test-Contact-Updated"), id);

            let removed = put(json!({"_id": UID, "__removeContacts__": [id]})).await;
            assert_eq!((removed.0, &removed.1["_id"]), (200, &json!(UID)), "{}", removed.1);
            assert_eq!(get(quoted).await, (200, json!({"_id": UID, "contacts": []})));
        }
    });
}

/// The emulator's pages have ten contacts by default, as Graph's do.
#[test]
fn read_follows_all_pages() {
    run(async {
        let fixture = Fixture::start().await;
        for number in 0..450 {
            fixture.add(json!({"givenName": format!("Contact {number}")}));
        }
        let contacts = fixture.contacts().await;
        let mut names: Vec<&str> = contacts.iter().map(|contact| contact["givenName"].as_str().unwrap()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 450);
        let pages = fixture.sent().len();
        assert!(pages < 10, "{pages} requests for 450 contacts");
    });
}

/// A partly updated address keeps its other fields, and the display name does not change.
#[test]
fn update_keeps_unnamed_values() {
    run(async {
        let fixture = Fixture::start().await;
        let id = fixture.add(json!({
            "givenName": "Ada", "surname": "Lovelace", "displayName": "The Countess", "birthday": "1815-12-10",
            "businessAddress": {"street": "12 St James's Square", "city": "London"}, "businessPhones": ["+44 1", "+44 2"],
        }));
        let changes = json!({"id": id, "surname": "King", "businessAddress": {"city": "Ockham"}, "businessPhones": null, "birthday": "1815-12-10"});
        let (status, body) = fixture.put(json!({"__updateContacts__": changes})).await;
        assert_eq!(status, 200, "{body}");
        let contact = &fixture.contacts().await[0];
        assert_eq!(contact["surname"], "King");
        assert_eq!(contact["givenName"], "Ada");
        assert_eq!(contact["displayName"], "The Countess");
        assert_eq!(contact["businessAddress"], json!({"street": "12 St James's Square", "city": "Ockham"}));
        assert_eq!(contact["businessPhones"], json!([]));
        assert_eq!(contact["birthday"], "1815-12-10");
        let requests = fixture.emulator.requests();
        let patch = requests.iter().find(|request| request.method == http::Method::PATCH).unwrap();
        let sent: Value = serde_json::from_slice(&patch.body).unwrap();
        assert_eq!(
            sent,
            json!({"displayName": "The Countess", "surname": "King", "businessPhones": [], "businessAddress": {"street": "12 St James's Square", "city": "Ockham"}})
        );
    });
}

/// A tenant on beta accepts the property names of beta and of v1.0.
#[test]
fn beta_tenant_accepts_beta_properties() {
    run(async {
        let fixture = Fixture::with(connector(), |settings| settings.api_version = Some("beta".to_owned())).await;
        let contact = json!({
            "givenName": "Ada", "businessPhones": ["1"], "phones": [{"type": "pager", "number": "2"}], "gender": "f",
            "businessAddress": {"city": "London", "postOfficeBox": "7"}, "weddingAnniversary": "1835-07-08",
        });
        let (status, body) = fixture.put(json!({"__addContacts__": contact})).await;
        assert_eq!(status, 200, "{body}");
        let read = &fixture.contacts().await[0];
        for (name, value) in contact.as_object().unwrap() {
            assert_eq!(&read[name], value, "{name}");
        }
        let update = json!({"id": read["id"], "mobilePhone": "3", "businessAddress": {"city": "Ockham"}});
        let (status, body) = fixture.put(json!({"__updateContacts__": update})).await;
        assert_eq!(status, 200, "{body}");
        let read = &fixture.contacts().await[0];
        assert_eq!((&read["businessPhones"], &read["mobilePhone"]), (&json!(["1"]), &json!("3")));
        assert_eq!(read["phones"], json!([{"type": "pager", "number": "2"}]));
        assert_eq!(read["businessAddress"], json!({"city": "Ockham", "postOfficeBox": "7"}));
        assert!(fixture.sent().iter().all(|line| line.contains(" /beta/")), "{:?}", fixture.sent());
    });
}

#[test]
fn unicode_text_round_trips() {
    run(async {
        let fixture = Fixture::start().await;
        let contact = json!({
            "givenName": "Zoe\u{301} 👩‍👩‍👧 𝔘", "surname": "שלום \u{202e}אב", "nickName": "\"quotes\" \\ back / slash <b>&amp;",
            "personalNotes": "line\nline\ttab", "companyName": "株式会社", "yomiGivenName": "ゾーイ",
        });
        assert_eq!(fixture.put(json!({"__addContacts__": contact})).await.0, 200);
        let read = &fixture.contacts().await[0];
        for (name, value) in contact.as_object().unwrap() {
            assert_eq!(&read[name], value, "{name}");
        }
    });
}

#[test]
fn host_adds_credential_to_requests() {
    run(async {
        let fixture = Fixture::start().await;
        fixture.put(json!({"__addContacts__": {"givenName": "x"}})).await;
        let requests = fixture.emulator.requests();
        assert_eq!(requests.len(), 2);
        for request in &requests {
            assert_eq!(request.header("authorization"), Some(format!("Bearer {}", crate::fixture::TOKEN).as_str()));
            assert!(request.header("client-request-id").is_some_and(|id| id.len() == 36));
            assert_eq!(request.header("transfer-encoding"), None, "the length is declared");
        }
        let create = &requests[1];
        assert_eq!(create.header("content-length"), Some(create.body.len().to_string().as_str()));
        assert_eq!(requests[0].header("content-length"), None);
    });
}

/// The sandbox limits allow a mailbox of this size.
#[test]
fn mailbox_with_ten_thousand_contacts_is_read() {
    run(async {
        let fixture = Fixture::with(connector(), |settings| settings.deadline = Duration::from_secs(60)).await;
        for number in 0..10_000 {
            fixture.add(json!({
                "givenName": format!("Given {number}"), "surname": format!("Surname {number}"), "companyName": "Contoso, Ltd.",
                "businessPhones": ["+1 555 0100", "+1 555 0101"], "mobilePhone": "+1 555 0199",
                "emailAddresses": [{"name": "x", "address": format!("a{number}@contoso.com")}], "personalNotes": "x".repeat(200),
                "businessAddress": {"street": "1 Main Street", "city": "Springfield", "state": "IL", "countryOrRegion": "US"},
            }));
        }
        assert_eq!(fixture.contacts().await.len(), 10_000);
    });
}
