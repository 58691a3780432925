//! Logins as in OpenIDM's `CredentialHelperTest`: names and passwords that a header cannot hold as they are.
//! `guest/tests/native/crest_credentials.rs` tests the forms of RFC 5987.

use base64::Engine;
use graph_contacts_host::{GatewayLogin, Secret};

use crate::fixture::{Fixture, UID, connector, run};

#[test]
fn login_accepts_names_and_passwords_in_any_script() {
    run(async {
        let (name, password) = ("username£ 山田", "pass:word£%C2%A3");
        let fixture = Fixture::with(connector(), |settings| {
            settings.gateway = Some(GatewayLogin { username: name.to_owned(), password: Secret::new(password) });
        })
        .await;
        let basic = |text: String| format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text));
        let (encoded, secret) = ("utf-8''username%C2%A3%20%E5%B1%B1%E7%94%B0", "UTF-8'en'pass:word%C2%A3%25C2%25A3");
        let rows: [(&[(&str, &str)], u16); 7] = [
            (&[("x-openidm-username", encoded), ("x-openidm-password", secret)], 200),
            (&[("x-openidm-username", name), ("x-openidm-password", password)], 200),
            (&[("x-openidm-username", encoded), ("x-openidm-password", password), ("x-openidm-nosession", "true")], 200),
            (&[("x-openidm-username", encoded), ("x-openidm-password", "UTF-8''pass")], 401),
            (&[("x-openidm-username", "username%C2%A3"), ("x-openidm-password", secret)], 401),
            (&[("authorization", &basic(format!("{name}:{password}")))], 200),
            (&[("authorization", &basic(format!("{name}:pass")))], 401),
        ];
        for (headers, status) in rows {
            let mut request = reqwest::Client::new().get(fixture.url(UID));
            for (header, value) in headers {
                request = request.header(*header, value.as_bytes());
            }
            assert_eq!(request.send().await.unwrap().status(), status, "{headers:?}");
        }
    });
}
