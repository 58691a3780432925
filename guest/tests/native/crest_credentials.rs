//! Who calls, in the forms of OpenIDM's `CredentialHelperTest` and `HeaderUtil`: RFC 5987 in its headers, Basic with colons.

use base64::Engine;
use http::{HeaderMap, HeaderValue};

/// Whether headers, as bytes, prove to be that name and password.
fn proves(headers: &[(&'static str, &[u8])], name: &str, password: &str) -> bool {
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
fn basic_passwords_have_colons() {
    let basic = |text: &str| format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text));
    for (sent, name, password) in
        [("username:foo:bar", "username", "foo:bar"), ("username:::", "username", "::"), ("ünal:pässword£", "ünal", "pässword£")]
    {
        assert!(proves(&[("authorization", basic(sent).as_bytes())], name, password), "{sent}");
    }
    assert!(!proves(&[("authorization", basic("username:foo:bar").as_bytes())], "username:foo", "bar"));
}

/// Each is sent as name and as password, and taken for what stands beside it.
#[test]
fn openidms_headers_are_decoded_where_they_are_rfc_5987() {
    for (sent, meant) in [
        ("utf-8''username%C2%A3", "username£"),
        ("UTF-8''password%c2%a3", "password£"),
        ("utf-8'en'na%20me", "na me"),
        ("UTF-8'de-CH'na%C3%AFve", "naïve"),
        ("iso-8859-1''na%EFve%A3", "naïve£"),
        ("ISO-8859-1'en'%7e", "~"),
        ("utf-8''a-b.c_d~e!f$g&h(i)j*k+l,m;n=o:p@q", "a-b.c_d~e!f$g&h(i)j*k+l,m;n=o:p@q"),
        ("utf-8''100%25", "100%"),
        // What does not parse is passed through unchanged, so that it may be right as it stands.
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
        assert!(proves(&both, meant, meant), "{sent} is not {meant}");
        assert!(sent == meant || !proves(&both, sent, sent), "{sent}");
    }
}

/// RFC 6750: a program that knows only tokens sends the password as one.
#[test]
fn the_password_is_a_bearer_token() {
    for (sent, password, is_taken) in [
        ("Bearer secret", "secret", true),
        ("bearer  secret", "secret", true),
        ("Bearer secret", "Secret", false),
        ("Bearer ", "secret", false),
        ("Token secret", "secret", false),
    ] {
        assert_eq!(proves(&[("authorization", sent.as_bytes())], "openidm-admin", password), is_taken, "{sent}");
    }
    let both = [("authorization", &b"Bearer secret"[..]), ("x-openidm-username", b"other"), ("x-openidm-password", b"secret")];
    assert!(!proves(&both, "openidm-admin", "secret"), "a name that is given has to be right");
}
