//! Responses larger than a sandbox's memory: the gateway streams their rows.

use std::time::Duration;

use graph_contacts_host::{ComponentHost, Limits};
use graph_emulator::{CannedResponse, Fault, FaultKind};
use http::{Method, StatusCode};
use serde_json::json;

use crate::command::{command_with, output};
use crate::fixture::{Fixture, UID, component_file, connector, invoke, run};

const MIB: usize = 1 << 20;

/// Adds contacts with the usual number of properties.
fn fill(fixture: &Fixture, contacts: usize) {
    for number in 0..contacts {
        fixture.add(json!({
            "givenName": format!("Given {number}"), "surname": format!("Surname {number}"), "companyName": "Contoso, Ltd.",
            "businessPhones": ["+1 555 0100", "+1 555 0101"], "mobilePhone": "+1 555 0199",
            "emailAddresses": [{"name": "x", "address": format!("a{number}@contoso.com")}], "personalNotes": "x".repeat(200),
            "businessAddress": {"street": "1 Main Street", "city": "Springfield", "state": "IL", "countryOrRegion": "US"},
        }));
    }
}

#[test]
fn large_response_streams_through_small_sandbox() {
    run(async {
        let limits = Limits { memory: 16 * MIB, ..Limits::default() };
        let connector = ComponentHost::from_file(&component_file(), limits).unwrap();
        let fixture = Fixture::with(connector, |settings| settings.deadline = Duration::from_secs(60)).await;
        fill(&fixture, 4000);
        assert_eq!(fixture.contacts().await.len(), 4000);
        let filter = format!("mailbox eq \"{UID}\"");
        let (status, body) = fixture.query("contact", &[("_queryFilter", &filter)]).await;
        assert_eq!((status, &body["resultCount"]), (200, &json!(4000)));
        assert_eq!(body["result"].as_array().unwrap().len(), 4000);
        assert_eq!(body["pagedResultsCookie"], json!(null));
    });
}

/// 20,000 contacts are longer than a sandbox's memory. The command prints them as they are read. What returns a list whole refuses,
/// and says how to go on.
#[test]
fn list_longer_than_memory_is_printed_or_refused() {
    run(async {
        // The CPU time of a busy machine is another test's subject.
        let limits = Limits { cpu_time: Duration::from_secs(120), ..Limits::default() };
        let connector = ComponentHost::from_file(&component_file(), limits).unwrap();
        let fixture = Fixture::with(connector, |settings| settings.deadline = Duration::from_secs(120)).await;
        fill(&fixture, 20_000);
        let mut command = command_with(&fixture, &["contacts", "list", "--user", UID]);
        command.env("GRAPH_TIMEOUT_SECONDS", "120");
        let output = output(command);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let printed: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(printed.len(), 20_000);

        let refused = invoke(&fixture, "contacts.list", json!({"mailbox": UID})).await.unwrap_err();
        assert!(refused["message"].as_str().unwrap().contains("contacts.listPage"), "{refused}");
        let (mut count, mut cookie) = (0, json!(null));
        loop {
            let page = json!({"mailbox": UID, "pageSize": 5000, "cookie": cookie});
            let page = invoke(&fixture, "contacts.listPage", page).await.unwrap();
            count += page["contacts"].as_array().unwrap().len();
            cookie = page["cookie"].clone();
            if cookie.is_null() {
                break;
            }
        }
        assert_eq!(count, 20_000);
        // Sorted, a query needs pages.
        let filter = format!("mailbox eq \"{UID}\"");
        let sorted = [("_queryFilter", filter.as_str()), ("_sortKeys", "displayName")];
        let (status, body) = fixture.query("contact", &sorted).await;
        assert_eq!(status, 400, "{body}");
        assert!(body["message"].as_str().unwrap().contains("ask for pages"), "{body}");
        let (status, body) = fixture.query("contact", &[&sorted[..], &[("_pageSize", "10")]].concat()).await;
        assert_eq!((status, &body["resultCount"]), (200, &json!(10)), "{body}");
        // A user with the contacts, in a query of users.
        let (status, body) = fixture.query("user", &[("_queryFilter", "true"), ("_fields", "_id,contacts")]).await;
        assert_eq!((status, body["result"][0]["contacts"].as_array().map(Vec::len)), (200, Some(20_000)));
    });
}

/// A page of contacts with long notes is longer than what the sandbox reads of a response.
#[test]
fn page_with_long_notes_is_read_in_parts() {
    run(async {
        let limits = Limits { cpu_time: Duration::from_secs(60), ..Limits::default() };
        let connector = ComponentHost::from_file(&component_file(), limits).unwrap();
        let fixture = Fixture::with(connector, |settings| settings.deadline = Duration::from_secs(60)).await;
        // 60 contacts of 256 KiB: a page of 100 would have 15 MiB.
        for number in 0..60 {
            fixture.add(json!({"givenName": format!("{number}"), "personalNotes": "x".repeat(256 << 10)}));
        }
        let (status, body) = fixture.get(&format!("{UID}?_fields=contacts")).await;
        assert_eq!((status, body["contacts"].as_array().map(Vec::len)), (200, Some(60)));
    });
}

/// A page fails. If no row was sent, the response is an error. Otherwise it is aborted or reports the error after the rows.
#[test]
fn failed_page_aborts_response() {
    run(async {
        // The rows before the failure are those of one page.
        let fixture = Fixture::exact(connector(), |_| ()).await;
        let fault = |after: usize| {
            let response = CannedResponse::error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", "no");
            Fault::new(FaultKind::Respond(response)).path_ends_with("/contacts").after(after).forever()
        };
        for number in 0..150 {
            fixture.add(json!({"givenName": format!("{number}")}));
        }
        fixture.emulator.inject(fault(1));
        assert_eq!(fixture.get(&format!("{UID}?_fields=contacts")).await.0, 503, "the first page is not the whole response");
        fixture.emulator.clear_faults();

        fill(&fixture, 1000);
        fixture.emulator.inject(fault(9));
        let response = fixture.request(Method::GET, &format!("{UID}?_fields=contacts")).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(response.bytes().await.is_err(), "the body is incomplete");
        fixture.emulator.clear_faults();

        // A CREST query reports the error after the rows (RequestRunner).
        fixture.emulator.inject(fault(1));
        let filter = format!("mailbox eq \"{UID}\"");
        let parameters = [("_queryFilter", filter.as_str())];
        let (status, body) = fixture.query("contact", &parameters).await;
        assert_eq!((status, &body["resultCount"], &body["error"]["code"]), (200, &json!(100), &json!(503)), "{body}");
        fixture.emulator.clear_faults();
        fixture.emulator.inject(fault(0));
        assert_eq!(fixture.query("contact", &parameters).await.0, 503);
    });
}

#[test]
fn pretty_print_indents_response() {
    run(async {
        let fixture = Fixture::start().await;
        fill(&fixture, 2);
        let request = fixture.request(Method::GET, &format!("{UID}?_fields=contacts&_prettyPrint=true"));
        let text = request.send().await.unwrap().text().await.unwrap();
        assert!(text.contains("\n  \"givenName\": \"Given 1\""), "{text}");
        let body: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(body["contacts"].as_array().unwrap().len(), 2);
    });
}
