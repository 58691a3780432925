//! Compressed responses, through the host to the component.

use http::{Method, header};
use serde_json::json;

use crate::fixture::{Fixture, TOKEN, connector, run};

#[test]
fn compressed_list_is_read_completely() {
    run(async {
        // An empty page would be too short to be compressed.
        let fixture = Fixture::exact(connector(), |_| ()).await;
        for number in 0..300 {
            fixture.add(json!({"givenName": format!("Näme {number}"), "personalNotes": "x".repeat(500)}));
        }
        let contacts = fixture.contacts().await;
        assert_eq!(contacts.len(), 300);
        let mut names: Vec<&str> = contacts.iter().map(|contact| contact["givenName"].as_str().unwrap()).collect();
        names.sort_unstable();
        names.dedup();
        assert!(names.len() == 300 && names.iter().all(|name| name.starts_with("Näme ")), "{names:?}");

        // The same requests from a client that does not decompress show what the component received.
        let client = reqwest::Client::builder().no_gzip().build().unwrap();
        let mut lists = fixture.emulator.requests();
        lists.retain(|request| request.target.contains("/contacts?"));
        assert!(!lists.is_empty());
        for request in lists {
            let accepted = request.header("accept-encoding").unwrap_or_default().to_owned();
            let repeated = client.request(Method::GET, format!("{}{}", fixture.emulator.endpoint(), request.target));
            let repeated = repeated.bearer_auth(TOKEN).header(header::ACCEPT_ENCODING, accepted);
            let prefer = request.header("prefer").unwrap_or_default().to_owned();
            let response = repeated.header("prefer", prefer).send().await.unwrap();
            assert_eq!(response.headers().get(header::CONTENT_ENCODING).unwrap(), "gzip", "{request:?}");
        }
    });
}
