//! The credential of the component, for hosts that do not add one. The flow: RFC 6749, section 4.4, and Microsoft's page on it
//! (<https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow>).

use connector::error::ErrorKind;
use connector::graph::token::Application;
use connector::operations::connector::Connector;
use connector::operations::send::authorized::{AuthorizedNetwork, Credential};
use connector::secret::Secret;
use serde_json::json;

use crate::script::{PLAIN, Script, service};

const SECRET: &str = "s3cr&t=+/";

fn build_application() -> Credential {
    Credential::Application(Application {
        login: "https://login.microsoftonline.com".to_owned(),
        tenant: "contoso.com".to_owned(),
        client_id: "client".to_owned(),
        secret: Secret::new(SECRET),
        scope: "https://graph.microsoft.com/.default".to_owned(),
    })
}

#[test]
fn application_requests_token_once_for_all_requests() {
    let issued = json!({"token_type": "Bearer", "expires_in": 3599, "access_token": "issued"});
    let script = Script::new().then(200, issued).then(200, json!({"value": []})).then(200, json!({"value": []}));
    let (service, network) = (service(), AuthorizedNetwork::new(&script, build_application()));
    let connector = Connector::new(&service, &network, &PLAIN);
    connector.test().unwrap();
    connector.test().unwrap();
    assert_eq!(script.lines()[0], "POST /contoso.com/oauth2/v2.0/token");
    assert_eq!(script.lines().len(), 3, "one token for both");
    let form: Vec<(String, String)> = form_urlencoded::parse(&script.bytes(0)).into_owned().collect();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        form,
        [
            pair("grant_type", "client_credentials"),
            pair("client_id", "client"),
            pair("client_secret", SECRET),
            pair("scope", "https://graph.microsoft.com/.default"),
        ]
    );
    for position in [1, 2] {
        assert_eq!(script.header(position, "authorization"), "Bearer issued");
    }
}

#[test]
fn given_token_is_added_to_request() {
    let script = Script::new().then(200, json!({"value": []}));
    let (service, network) = (service(), AuthorizedNetwork::new(&script, Credential::Token(Secret::new("given"))));
    Connector::new(&service, &network, &PLAIN).test().unwrap();
    assert_eq!(script.header(0, "authorization"), "Bearer given");
    let script = Script::new().then(200, json!({"value": []}));
    let network = AuthorizedNetwork::new(&script, Credential::Host);
    Connector::new(&service, &network, &PLAIN).test().unwrap();
    assert!(!script.has_header(0, "authorization"), "the host adds it");
}

#[test]
fn refused_application_error_names_settings_without_secret() {
    let refusals = [
        (
            401,
            json!({"error": "invalid_client", "error_codes": [7000215], "error_description": format!("wrong {SECRET}")}),
            "AADSTS7000215",
        ),
        (400, json!({"error": "unauthorized_client", "error_codes": [700016]}), "client id"),
    ];
    for (status, body, part) in refusals {
        let script = Script::new().then(status, body);
        let (service, network) = (service(), AuthorizedNetwork::new(&script, build_application()));
        let error = Connector::new(&service, &network, &PLAIN).test().unwrap_err();
        assert_eq!((error.kind, error.may_have_taken_effect), (ErrorKind::InvalidCredential, false));
        assert!(error.message.contains(part) && !error.message.contains(SECRET), "{}", error.message);
        assert_eq!(script.lines().len(), 1, "nothing is sent to Microsoft Graph");
    }
    for (status, body) in [(503, json!({})), (200, json!({})), (200, json!({"access_token": "two\nlines"}))] {
        let script = Script::new().then(status, body);
        let (service, network) = (service(), AuthorizedNetwork::new(&script, build_application()));
        assert_eq!(Connector::new(&service, &network, &PLAIN).test().unwrap_err().kind, ErrorKind::Unavailable);
    }
}
