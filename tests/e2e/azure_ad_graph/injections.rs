//! Injection attempts through filters, links, tokens and ids.

use http::Method;
use serde_json::json;

use super::{Directory, code, message};
use crate::fixture::{UID, run};

async fn query_users(directory: &Directory, filter: &str) -> (u16, serde_json::Value) {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("$filter", filter).finish();
    directory.get(&format!("/contoso.com/users?api-version=1.6&{query}")).await
}

/// A string literal stays a string literal: none of these matches a user or changes the query that is sent.
#[test]
fn string_literals_cannot_change_filter() {
    run(async {
        let directory = Directory::open().await;
        for text in [
            "' or displayName eq 'Test",
            "x' or startswith(userPrincipalName,'t') or 'x' eq 'x",
            "x&$filter=accountEnabled eq true",
            "x&$top=1#",
            "x%27%20or%20accountEnabled%20eq%20true",
            "'')'(",
            "\u{2019} or 1 eq 1",
            "\\' or 1 eq 1",
        ] {
            directory.fixture.emulator.clear_requests();
            let (status, response) = query_users(&directory, &format!("displayName eq '{}'", text.replace('\'', "''"))).await;
            assert_eq!((status, &response["value"]), (200, &json!([])), "{text}: {response}");
            let sent = directory.fixture.sent();
            let line = sent.last().unwrap();
            let filter = line.split('&').find_map(|option| option.strip_prefix("$filter=")).unwrap();
            let decoded: String = form_urlencoded::parse(format!("f={filter}").as_bytes()).next().unwrap().1.into_owned();
            assert_eq!(decoded, format!("displayName eq '{}'", text.replace('\'', "''")), "{line}");
        }
        // A literal that ends early leaves an invalid filter.
        let (status, refused) = query_users(&directory, "displayName eq 'x' or 'x' eq 'x'").await;
        assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{refused}");
    });
}

/// Microsoft Graph's filters have DateTimeOffset literals without quotes, so only valid ones may pass.
#[test]
fn invalid_datetime_literals_are_rejected() {
    run(async {
        let directory = Directory::open().await;
        for time in [
            "2013-01-01T00:00:00Z or accountEnabled eq true",
            "x",
            "2013-01-01",
            "2013-01-01T00:00:00Z)",
            "2013-01-01T00:00:00.1e9Z",
        ] {
            directory.fixture.emulator.clear_requests();
            let (status, refused) = query_users(&directory, &format!("lastDirSyncTime ge datetime'{time}'")).await;
            assert_eq!((status, code(&refused)), (400, "Request_UnsupportedQuery"), "{time}: {refused}");
            assert_eq!(directory.fixture.sent(), [""; 0]);
        }
        for time in ["2013-01-01T00:00:00Z", "2013-01-01T00:00:00", "2013-01-01T00:00:00.1234567Z"] {
            assert_eq!(query_users(&directory, &format!("lastDirSyncTime ge datetime'{time}'")).await.0, 200, "{time}");
        }
    });
}

#[test]
fn unsupported_filter_error_names_token() {
    run(async {
        let directory = Directory::open().await;
        for (filter, word) in [
            ("startswith(tolower(displayName),'x')", "tolower"),
            ("tolower(displayName) eq 'x'", "tolower"),
            ("substringof('x',displayName)", "substringof"),
            ("endswith(displayName,'x')", "endswith"),
            ("not (displayName eq 'x')", "not"),
            ("displayName ne 'x'", "ne"),
            ("displayName gt 'x'", "gt"),
            ("displayName add 1", "add"),
            ("proxyAddresses/all(c:c eq 'x')", "all"),
            ("proxyAddresses/any(c:tolower(c) eq 'x')", "tolower"),
            ("proxyAddresses/any(c:startswith(d,'x'))", "'d'"),
            ("proxyAddresses eq 'x'", "any"),
            ("nope eq 'x'", "nope"),
            ("id eq 'x'", "'id'"),
            ("onPremisesSyncEnabled eq true", "onPremisesSyncEnabled"),
            ("manager/id eq 'x'", "manager/id"),
            ("mobile eq 'x'", "mobile"),
            ("passwordProfile eq 'x'", "passwordProfile"),
            ("displayName eq true", "displayName"),
            ("accountEnabled eq 'true'", "accountEnabled"),
            ("accountEnabled ge true", "accountEnabled"),
            ("isof('Microsoft.DirectoryServices.User')", "isof"),
            ("displayName eq binary'00'", "binary"),
        ] {
            let (status, refused) = query_users(&directory, filter).await;
            assert!(
                status == 400 && ["Request_UnsupportedQuery", "Request_BadRequest"].contains(&code(&refused)),
                "{filter}: {refused}"
            );
            assert!(message(&refused).contains(word), "{filter}: {refused}");
        }
        for broken in [
            "displayName",
            "displayName eq",
            "displayName eq 'x",
            "(displayName eq 'x'",
            "displayName eq 'x')",
            "and",
            "()",
            "displayName eq 'x' displayName eq 'y'",
        ] {
            let (status, refused) = query_users(&directory, broken).await;
            assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{broken}: {refused}");
        }
        assert_eq!(directory.fixture.sent(), [""; 0], "nothing is sent");
    });
}

#[test]
fn deeply_nested_filter_is_rejected() {
    run(async {
        let directory = Directory::open().await;
        let nested = |levels: usize| format!("{}displayName eq 'x'{}", "(".repeat(levels), ")".repeat(levels));
        let (status, refused) = query_users(&directory, &nested(10_000)).await;
        assert_eq!((status, code(&refused)), (400, "Request_UnsupportedQuery"), "{refused}");
        let (status, refused) = query_users(&directory, &nested(5_000)).await;
        assert_eq!((status, code(&refused)), (400, "Request_UnsupportedQuery"), "{refused}");
        assert_eq!(query_users(&directory, &nested(50)).await.0, 200);
        // The directory's limits, which the Azure AD Graph API had too (microsoft-graph-docs#21098, #3641).
        let wide = |terms: usize| vec!["displayName eq 'x'"; terms].join(" or ");
        assert_eq!(query_users(&directory, &wide(15)).await.0, 200);
        for (filter, reason) in [
            (wide(200), "Max allowed: 15"),
            ("displayName eq 'a' and (city eq 'b' or (city eq 'c' and (jobTitle eq 'd' or jobTitle eq 'e')))".into(), "height"),
        ] {
            let (status, refused) = query_users(&directory, &filter).await;
            assert_eq!((status, code(&refused)), (400, "Request_UnsupportedQuery"), "{refused}");
            assert!(message(&refused).contains(reason), "{refused}");
        }
    });
}

/// A link in a body must name an object of this directory.
#[test]
fn foreign_links_are_rejected() {
    run(async {
        let directory = Directory::open().await;
        let boss = "0f0f0f0f-31f4-4d0e-8d0a-1f9d0b6a4f11";
        directory.add_user(boss, "boss@contoso.com", &json!({}));
        let base = directory.base();
        directory.fixture.emulator.clear_requests();
        for url in [
            format!("https://evil.example/contoso.com/directoryObjects/{boss}"),
            format!("https://graph.windows.net.evil.example/contoso.com/directoryObjects/{boss}"),
            format!("https://graph.windows.net@evil.example/contoso.com/directoryObjects/{boss}"),
            format!("https://evil.example\\@graph.windows.net/contoso.com/directoryObjects/{boss}"),
            format!("https://graph.windows.net:8443/contoso.com/directoryObjects/{boss}"),
            format!("//graph.windows.net/contoso.com/directoryObjects/{boss}"),
            format!("ftp://graph.windows.net/contoso.com/directoryObjects/{boss}"),
            format!("https://graph.windows.net/fabrikam.com/directoryObjects/{boss}"),
            format!("https://graph.microsoft.com/v1.0/directoryObjects/{boss}"),
            format!("{base}/groups/{boss}"),
            format!("{base}/directoryObjects/{boss}/manager"),
            format!("{base}/directoryObjects"),
            "https://169.254.169.254/latest/meta-data".to_owned(),
            "not an address".to_owned(),
            String::new(),
        ] {
            let target = format!("/contoso.com/users/{UID}/$links/manager?api-version=1.6");
            let (status, refused) = directory.send(Method::PUT, &target, &json!({"url": url})).await;
            assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{url}: {refused}");
        }
        assert_eq!(directory.fixture.sent(), [""; 0], "nothing is sent");
        for odd in ["..", ".", "a/../b", "%2e%2e"] {
            let target = format!("/contoso.com/users/{UID}/$links/manager?api-version=1.6");
            let url = format!("{base}/directoryObjects/{odd}");
            let (status, _) = directory.send(Method::PUT, &target, &json!({"url": url})).await;
            assert!((400..500).contains(&status), "{odd}");
        }
        directory.fixture.assert_nothing_written();
    });
}

/// Callers send tokens back, and can forge them.
#[test]
fn forged_tokens_cannot_change_request() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    run(async {
        let directory = Directory::open().await;
        let encoded = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let made_up = ["https://evil.example/v1.0/users", "x&$filter=accountEnabled eq true", "../groups", "x#", "x?y=z"];
        for text in made_up {
            let token = encoded(json!({"before": 1, "token": text}));
            directory.get(&format!("/contoso.com/users?api-version=1.6&$skiptoken={token}")).await;
            let token = encoded(json!({"types": [{"type": "User", "last": text}]}));
            directory.get(&format!("/contoso.com/users?api-version=1.6&deltaLink={token}")).await;
        }
        // A forged token stays the value of one query option of its own collection.
        for line in directory.fixture.sent() {
            let (path, query) = line.split_once('?').unwrap();
            assert!(["GET /v1.0/users", "GET /v1.0/users/delta"].contains(&path), "{line}");
            let options: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
            let (name, value) = options.last().unwrap();
            assert!(["$skiptoken", "$deltatoken"].contains(&name.as_ref()) && made_up.contains(&value.as_ref()), "{line}");
            assert!(!options.iter().any(|(name, _)| name == "$filter"), "{line}");
        }
        directory.fixture.emulator.clear_requests();
        // A link is valid only for its own collection.
        for types in
            [json!([{"type": "Group"}]), json!([{"type": "User"}, {"type": "Contact"}]), json!([]), json!([{"type": "Martian"}])]
        {
            let token = encoded(json!({"types": types}));
            let (status, refused) = directory.get(&format!("/contoso.com/users?api-version=1.6&deltaLink={token}")).await;
            assert_eq!((status, code(&refused)), (400, "Directory_ExpiredPageToken"), "{types}: {refused}");
        }
        for token in ["x", "X'4453'", "X'", "eyJ9", &encoded(json!({"before": 0})), &encoded(json!([1]))] {
            let (status, refused) = directory.get(&format!("/contoso.com/users?api-version=1.6&$skiptoken={token}")).await;
            assert_eq!((status, code(&refused)), (400, "Directory_ExpiredPageToken"), "{token}: {refused}");
        }
        assert_eq!(directory.fixture.sent(), [""; 0]);
    });
}

/// An id is always one path segment.
#[test]
fn id_stays_one_path_segment() {
    run(async {
        let directory = Directory::open().await;
        // Sent as raw bytes, because an HTTP client would resolve the dots.
        for id in ["..", ".", "%2e%2e", "..%2fgroups", "a%2Fb", "%00", "a%3F$select=id", "a%23", &"x".repeat(5000)] {
            let head = format!(
                "GET /contoso.com/users/{id}?api-version=1.6 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer openidm-admin\r\nConnection: close\r\n\r\n"
            );
            let (status, refused) = crate::fixture::send_raw(directory.fixture.gateway.address(), &head).await;
            assert!((400..500).contains(&status), "{id}: {status} {refused}");
        }
        assert!(
            directory.fixture.sent().iter().all(|line| line.starts_with("GET /v1.0/users/")),
            "{:?}",
            directory.fixture.sent()
        );
    });
}
