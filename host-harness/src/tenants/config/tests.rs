//! Configurations with errors, each of which is reported with its line.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use super::*;
use protocol::cloud::Cloud;
use protocol::operation::Operation;

/// Checks a text, with files beside it; returns the errors as `line setting: message`.
fn diagnose(text: &str) -> Vec<String> {
    match check::check(text, directory()) {
        Ok(_) => Vec::new(),
        Err(diagnostics) => ConfigError::new(Path::new("t"), diagnostics)
            .diagnostics()
            .iter()
            .map(|diagnostic| format!("{} {}: {}", diagnostic.line, diagnostic.setting, diagnostic.message))
            .collect(),
    }
}

fn directory() -> &'static Path {
    // Written once, because another test may be reading.
    static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| {
        let directory = std::env::temp_dir().join(format!("graph-contacts-config-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("token"), "abc\n").unwrap();
        std::fs::write(directory.join("empty"), "\n").unwrap();
        directory
    });
    &DIRECTORY
}

const HASH: &str = "sha256:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn valid() -> String {
    format!(
        r#"
[[callers]]
name = "idm"
token-hash = "{HASH}"

[[tenants]]
name = "contoso"
callers = ["idm"]
operations = ["read", "query"]
cloud = "china"
[tenants.credential.access-token]
file = "token"
[tenants.limits]
memory-mib = 64
"#
    )
}

#[test]
fn valid_configuration_is_accepted() {
    let config = check::check(&valid(), directory()).unwrap();
    assert_eq!(config.tenant_names().collect::<Vec<_>>(), ["contoso"]);
    assert_eq!(config.tenants[0].cloud, "china".parse::<Cloud>().unwrap());
    assert_eq!(config.tenants[0].limits.memory, Some(64 << 20));
    assert!(!format!("{config:?}").contains("abc"), "no secret shows");
}

#[test]
fn every_error_is_reported_with_line() {
    let text = format!(
        r#"colour = "red"
[[callers]]
name = "idm"
password-hash = "plain"
[[callers]]
name = "idm"
token-hash = "{HASH}"
[[callers]]
token-hash = 5
[[tenants]]
name = "a b"
callers = ["idm", "nobody"]
operations = ["read", "fly"]
cloud = "mars"
endpoint = "http://graph.example"
api-version = "v2"
max-retries = 11
credential.access-token.file = "nowhere"
limits = {{ memory-mib = 4, calls = "many" }}
[[tenants]]
callers = []
[tenants.credential.access-token]
env = "X"
file = "token"
[[tenants]]
name = "c"
callers = "idm"
[tenants.credential.passport]
file = "token"
[[tenants]]
name = "c"
callers = []
[tenants.credential.access-token]
file = "empty"
"#
    );
    let reported = diagnose(&text);
    let expected = [
        "1 colour: unknown field `colour`",
        "4 callers[0].password-hash: expected an Argon2 hash",
        "6 callers[1].name: the caller \"idm\" is already defined in line 3",
        "8 callers[2].name: is missing",
        "9 callers[2].token-hash: invalid type: integer, expected a string",
        "11 tenants[0].name: expected up to 64 letters",
        "12 tenants[0].callers[1]: there is no such caller",
        "13 tenants[0].operations[1]: there is no such operation: choose from read, query",
        "14 tenants[0].cloud: there is no cloud: choose one of global",
        "15 tenants[0].endpoint: the endpoint would send the access token unencrypted",
        "16 tenants[0].api-version: expected v1.0 or beta",
        "17 tenants[0].max-retries: expected 0 to 10, found 11",
        "18 tenants[0].credential.access-token.file: ",
        "19 tenants[0].limits.calls: invalid type",
        "19 tenants[0].limits.memory-mib: expected 8 to 128, found 4",
        "20 tenants[1].name: is missing",
        "22 tenants[1].credential.access-token: has both file and env",
        "27 tenants[2].callers: invalid type",
        "28 tenants[2].credential.passport: unknown variant, expected one of `client-secret`",
        "31 tenants[3].name: the tenant \"c\" is already defined in line 26",
        "34 tenants[3].credential.access-token.file: the file is empty",
    ];
    let mut missing: BTreeMap<usize, &str> = expected.into_iter().enumerate().collect();
    for line in &reported {
        let found = missing.iter().find(|(_, start)| line.starts_with(**start)).map(|(number, _)| *number);
        assert!(found.is_some_and(|number| missing.remove(&number).is_some()), "{line}\nof {reported:#?}");
    }
    assert!(missing.is_empty(), "not reported: {missing:?}\nof {reported:#?}");
}

/// A path of the Azure AD Graph API names its tenant by the directory.
#[test]
fn directory_belongs_to_one_tenant() {
    let tenant = |name: &str, directory: &str| {
        format!(
            "[[tenants]]\nname = \"{name}\"\ncallers = []\ndirectory = {directory}\ncredential.access-token.file = \"token\"\n"
        )
    };
    let with = |first: &str, second: &str| format!("callers = []\n{}{}", tenant("a", first), tenant("b", second));
    let reported = diagnose(&with(r#"["contoso.com", "me", "a/b"]"#, r#"["fabrikam.com", "CONTOSO.com", ""]"#));
    let expected = [
        "5 tenants[0].directory[1]: expected the id of a directory or one of its domains",
        "5 tenants[0].directory[2]: expected the id",
        "10 tenants[1].directory[2]: expected the id",
        "10 tenants[1].directory[1]: the directory \"contoso.com\" is already in use",
    ];
    assert_eq!(reported.len(), expected.len(), "{reported:#?}");
    for expected in expected {
        assert!(reported.iter().any(|line| line.starts_with(expected)), "{expected}\nnot of {reported:#?}");
    }
}

#[test]
fn invalid_toml_is_reported_with_lines() {
    let reported = diagnose("[[callers]\nname = 'a'\nname = 'b'\n[tenants\n");
    assert!(reported.len() >= 2 && reported[0].starts_with("1 : invalid TOML"), "{reported:#?}");
    assert_eq!(diagnose(""), ["1 callers: is missing", "1 tenants: is missing"]);
}

#[test]
fn missing_tenant_settings_are_reported() {
    let reported = diagnose("callers = []\n\n[[tenants]]\nname = 'a'\n");
    assert_eq!(reported, ["3 tenants[0].callers: is missing", "3 tenants[0].credential: is missing"]);
    let reported = diagnose("callers = [{name = 'x'}]\ntenants = [5]\n");
    assert_eq!(reported.len(), 2, "{reported:#?}");
}

#[test]
fn limits_have_lower_and_upper_bounds() {
    for (limit, problem) in [
        ("memory-mib = 129", "expected 8 to 128, found 129"),
        ("cpu-seconds = 0.0", "expected 0.1 to 60, found 0"),
        ("cpu-seconds = nan", "found NaN"),
        ("deadline-seconds = 0", "expected 1 to 3600, found 0"),
        ("mailbox-requests = 0", "expected 1 to 32, found 0"),
        ("calls = 65", "expected 1 to 64, found 65"),
        ("response-mib = 65", "expected 1 to 64, found 65"),
        ("requests = 0", "expected 1 to 100000, found 0"),
        ("answer-mib = 1025", "expected 1 to 1024, found 1025"),
        ("calls = -1", "invalid value"),
    ] {
        let reported = diagnose(&valid().replace("memory-mib = 64", limit));
        assert!(
            reported.len() == 1 && reported[0].starts_with("14 tenants[0].limits.") && reported[0].contains(problem),
            "{limit}: {reported:?}"
        );
    }
}

/// In every place that takes text, and in some that take none.
#[test]
fn secret_in_wrong_place_is_not_printed() {
    const SECRET: &str = "abC8Q~s3cr3t.Value_of-an-application";
    let secret = format!("\"{SECRET}\"");
    let access_token = "[tenants.credential.access-token]\nfile = \"token\"";
    let texts = [
        valid().replace("\"china\"", &secret),
        valid().replace("\"query\"", &secret),
        valid().replace("callers = [\"idm\"]", &format!("callers = [{secret}]")),
        valid().replace("operations =", &format!("api-version = {secret}\noperations =")),
        valid().replace("operations =", &format!("endpoint = {secret}\noperations =")),
        valid().replace("operations =", &format!("endpoint = \"https://user:{SECRET}@graph.example\"\noperations =")),
        valid().replace("operations =", &format!("directory = [{secret}]\noperations =")),
        valid().replace("operations =", &format!("max-retries = {secret}\noperations =")),
        valid()
            .replace("operations =", &format!("limits = {secret}\noperations ="))
            .replace("[tenants.limits]\nmemory-mib = 64", ""),
        valid().replace("memory-mib = 64", &format!("memory-mib = {secret}")),
        valid().replace(HASH, SECRET),
        valid().replace("name = \"contoso\"", &format!("name = {secret}")),
        valid().replace(access_token, &format!("credential = {secret}\n")).replace("[tenants.limits]\nmemory-mib = 64", ""),
        valid().replace(access_token, &format!("[tenants.credential]\naccess-token = {secret}")),
        valid().replace(access_token, &format!("[tenants.credential]\nclient-secret = {secret}")),
        valid().replace("file = \"token\"", &format!("file = {secret}")),
        valid().replace("file = \"token\"", &format!("env = {secret}")),
        valid().replace(
            access_token,
            &format!("[tenants.credential.client-secret]\ntenant = {secret}\nclient-id = {secret}\nlogin-endpoint = {secret}"),
        ),
        format!("drain-seconds = {secret}\n{}", valid()),
        format!("tls = {secret}\n{}", valid()),
        format!("{secret}\n{}", valid()),
        format!("x = {secret} {secret}\n{}", valid()),
        format!("x = \"{SECRET}\n{}", valid()),
    ];
    for text in texts {
        let reported = diagnose(&text);
        assert!(!reported.is_empty(), "{text}");
        assert!(!reported.iter().any(|line| line.contains(SECRET)), "{reported:#?}");
    }
}

/// A file whose end is missing: it has the tenant's credential, and no operations any more.
#[test]
fn tenant_without_operations_is_read_only() {
    let all = valid().replace("[\"read\", \"query\"]", "[\"all\"]");
    for (text, allowed) in [
        (valid().replace("operations = [\"read\", \"query\"]\n", ""), vec![Operation::Read, Operation::Query, Operation::Test]),
        (all.clone(), Operation::ALL.to_vec()),
    ] {
        let tenant = &check::check(&text, directory()).unwrap().tenants[0];
        for operation in Operation::ALL {
            assert_eq!(tenant.operations.allows(operation), allowed.contains(&operation), "{}", operation.name());
        }
    }
    let reported = diagnose(&all.replace("[\"all\"]", "[\"all\", \"read\"]"));
    assert!(reported.len() == 1 && reported[0].contains("operations[0]: there is no such operation"), "{reported:?}");
}

#[test]
fn committed_schema_matches_types() {
    let kept = include_str!("../../../examples/tenants.schema.json");
    assert_eq!(schema(), kept, "graph-contacts config schema > host-harness/examples/tenants.schema.json");
}

#[test]
fn missing_tls_files_are_reported() {
    let reported = diagnose(&format!("[tls]\ncertificate-file = 'gone'\nclient-ca-file = 'gone'\n{}", valid()));
    let expected = ["1 tls.key-file: is missing", "2 tls.certificate-file: ", "3 tls.client-ca-file: "];
    assert_eq!(reported.len(), expected.len(), "{reported:#?}");
    assert!(reported.iter().zip(expected).all(|(reported, expected)| reported.starts_with(expected)), "{reported:#?}");
    let reported = diagnose(&format!("[tls]\ncertificate-file = 'token'\nkey-file = 'token'\n{}", valid()));
    assert_eq!(reported, ["1 tls: certificate-file: expected a certificate, found none"]);
}

/// Microsoft publishes no addresses of these clouds, so the operator has to give them. A cloud without contacts serves nobody.
#[test]
fn cloud_without_published_endpoints_requires_them() {
    let with = |cloud: &str, more: &str, credential: &str| {
        let text = valid().replace("cloud = \"china\"", &format!("cloud = \"{cloud}\"\n{more}"));
        diagnose(&text.replace("access-token]\nfile = \"token\"", credential))
    };
    let secret = "client-secret]\ntenant = 'a'\nclient-id = 'b'\nsecret-file = 'token'";
    let endpoint = "endpoint = 'https://graph.example'";
    for cloud in ["usnat", "ussec"] {
        let found = with(cloud, "", secret);
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(found.iter().any(|line| line.contains("tenants[0].endpoint: is missing")), "{found:#?}");
        assert!(found.iter().any(|line| line.contains("login-endpoint: is missing")), "{found:#?}");
        let login = format!("{secret}\nlogin-endpoint = 'https://login.example'");
        assert_eq!(with(cloud, endpoint, &login), [""; 0]);
    }
    let found = with("govsg", endpoint, secret);
    assert!(found.len() == 1 && found[0].contains("cloud: the cloud ... has no personal contacts"), "{found:#?}");
}

#[test]
fn each_credential_kind_requires_its_settings() {
    for (credential, expected) in [
        (
            "client-secret]",
            vec!["client-id: is missing", "tenant: is missing", "client-secret: has neither secret-file nor secret-env"],
        ),
        (
            "client-secret]\ntenant = 'a/b'\nclient-id = ''\nsecret-file = 'token'\nlogin-endpoint = 'http://login.example'",
            vec!["tenant: expected the id", "client-id: expected the id", "login-endpoint: the endpoint"],
        ),
        (
            "certificate]\ntenant = 'a'\nclient-id = 'b'\ncertificate-file = 'token'",
            vec!["certificate-file: it is neither PEM, nor a PKCS#12 file"],
        ),
        ("certificate]\ntenant = 'a'\nclient-id = 'b'", vec!["certificate-file: is missing"]),
        ("workload-identity]\ntenant = 'a'\nclient-id = 'b'\ntoken-file = 'gone'", vec!["token-file: "]),
        ("managed-identity]\nclient-id = 'a'\nobject-id = 'b'", vec!["managed-identity: has several"]),
        ("managed-identity]\nmetadata-endpoint = 'http://10.0.0.1'", vec!["metadata-endpoint: the endpoint"]),
        ("managed-identity]", vec![]),
        ("workload-identity]\ntenant = 'a.b'\nclient-id = 'b-1'\ntoken-file = 'token'", vec![]),
        ("client-secret]\ntenant = 'a'\nclient-id = 'b'\nsecret-file = 'token'", vec![]),
    ] {
        let found = diagnose(&valid().replace("access-token]\nfile = \"token\"", credential));
        assert_eq!(found.len(), expected.len(), "{credential}: {found:#?}");
        for expected in expected {
            assert!(found.iter().any(|line| line.contains(expected)), "{expected} in {found:#?}");
        }
    }
}
