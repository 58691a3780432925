//! Credentials of callers, by OpenIDM's `CredentialHelperTest` and `HeaderUtil`: headers with RFC 5987, Basic with colons.

use base64::Engine;
use http::{HeaderMap, HeaderValue};

/// Checks whether headers, as bytes, have that name and password.
fn is_caller(headers: &[(&'static str, &[u8])], name: &str, password: &str) -> bool {
    let settings = graph_contacts::settings::read(|variable| match variable {
        "GATEWAY_USERNAME" => Some(name.to_owned()),
        "GATEWAY_PASSWORD" => Some(password.to_owned()),
        _ => None,
    });
    let mut map = HeaderMap::new();
    for (header, value) in headers {
        map.append(*header, HeaderValue::from_bytes(value).unwrap());
    }
    settings.unwrap().gateway.is_caller(&map).unwrap()
}

#[test]
fn basic_password_may_have_colons() {
    let basic = |text: &str| format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text));
    for (sent, name, password) in
        [("username:foo:bar", "username", "foo:bar"), ("username:::", "username", "::"), ("ünal:pässword£", "ünal", "pässword£")]
    {
        assert!(is_caller(&[("authorization", basic(sent).as_bytes())], name, password), "{sent}");
    }
    assert!(!is_caller(&[("authorization", basic("username:foo:bar").as_bytes())], "username:foo", "bar"));
}

/// The first text is sent as name and password. The second is its meaning.
#[test]
fn rfc_5987_header_is_decoded() {
    for (sent, meant) in [
        ("utf-8''username%C2%A3", "username£"),
        ("UTF-8''password%c2%a3", "password£"),
        ("utf-8'en'na%20me", "na me"),
        ("UTF-8'de-CH'na%C3%AFve", "naïve"),
        ("iso-8859-1''na%EFve%A3", "naïve£"),
        ("ISO-8859-1'en'%7e", "~"),
        ("utf-8''a-b.c_d~e!f$g&h(i)j*k+l,m;n=o:p@q", "a-b.c_d~e!f$g&h(i)j*k+l,m;n=o:p@q"),
        ("utf-8''100%25", "100%"),
        // A value that does not parse is taken as it is.
        ("utf-8''£", "utf-8''£"),
        ("UTF-8'yy'£", "UTF-8'yy'£"),
        ("utf-8''%", "utf-8''%"),
        ("utf-8''a%2", "utf-8''a%2"),
        ("utf-8''a%zz", "utf-8''a%zz"),
        ("utf-8''a b", "utf-8''a b"),
        ("utf-8''a'b", "utf-8''a'b"),
        ("utf-8''", "utf-8''"),
        ("utf-8'x'a", "utf-8'x'a"),
        ("utf-8'e n'a", "utf-8'e n'a"),
        ("utf-16''a", "utf-16''a"),
        ("utf-8'a", "utf-8'a"),
        ("utf-8", "utf-8"),
        ("it's", "it's"),
        ("plain%20text", "plain%20text"),
        ("plain£", "plain£"),
    ] {
        let both = [("x-openidm-username", sent.as_bytes()), ("x-openidm-password", sent.as_bytes())];
        assert!(is_caller(&both, meant, meant), "{sent} is not {meant}");
        assert!(sent == meant || !is_caller(&both, sent, sent), "{sent}");
    }
}

/// RFC 6750: a program that only sends tokens can send the password as one.
#[test]
fn password_is_accepted_as_bearer_token() {
    for (sent, password, is_accepted) in [
        ("Bearer secret", "secret", true),
        ("bearer  secret", "secret", true),
        ("Bearer secret", "Secret", false),
        ("Bearer ", "secret", false),
        ("Token secret", "secret", false),
    ] {
        assert_eq!(is_caller(&[("authorization", sent.as_bytes())], "openidm-admin", password), is_accepted, "{sent}");
    }
    let both = [("authorization", &b"Bearer secret"[..]), ("x-openidm-username", b"other"), ("x-openidm-password", b"secret")];
    assert!(!is_caller(&both, "openidm-admin", "secret"), "a given name must be right");
}
