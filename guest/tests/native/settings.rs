//! Settings from the environment.

use std::collections::HashMap;
use std::time::Duration;

use connector::contact::Version;
use connector::error::ErrorKind;
use connector::operations::send::authorized::Credential;
use connector::operations::send::retry_policy::RetryPolicy;
use connector::settings::Settings;

fn read(variables: &[(&str, &str)]) -> connector::error::Result<Settings> {
    let variables: HashMap<&str, &str> = variables.iter().copied().collect();
    graph_contacts::settings::read(|name| variables.get(name).map(|value| value.to_string()))
}

#[test]
fn unset_variables_give_documented_defaults() {
    let settings = read(&[]).unwrap();
    assert_eq!(settings.operation.timeout, Duration::from_secs(30));
    assert_eq!(settings.operation.retry, RetryPolicy { max_retries: 3, initial_backoff: Duration::from_secs(3) });
    assert!(settings.operation.exactly_once);
    assert_eq!(settings.service.version, Version::V1);
    assert_eq!(settings.gateway.system, "azuread");
    assert!(settings.gateway.caller.is_none());
    assert_eq!(settings.credential, Credential::Host);
}

#[test]
fn invalid_setting_error_names_variable() {
    for (name, value) in [
        ("GRAPH_ENDPOINT", "http://graph.microsoft.com"),
        ("GRAPH_API_VERSION", "v2"),
        ("GRAPH_TIMEOUT_SECONDS", "soon"),
        ("GRAPH_TIMEOUT_SECONDS", "0"),
        ("GRAPH_TIMEOUT_SECONDS", "inf"),
        ("GRAPH_TIMEOUT_SECONDS", "NaN"),
        ("GRAPH_ACCESS_TOKEN", "one\ntwo"),
        ("GRAPH_MAX_RETRIES", "-1"),
        ("GRAPH_MAX_RETRIES", "11"),
        ("GRAPH_RETRY_DELAY_SECONDS", "x"),
        ("GRAPH_EXACTLY_ONCE", "maybe"),
    ] {
        let error = read(&[(name, value)]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration);
        assert!(error.message.contains(name), "{}", error.message);
    }
    assert!(read(&[("GATEWAY_USERNAME", "x")]).unwrap_err().message.contains("GATEWAY_PASSWORD"));
}

/// Without them, the Azure AD Graph API is not served.
#[test]
fn gateway_directory_takes_id_and_domains() {
    assert_eq!(read(&[]).unwrap().gateway.directory, [""; 0]);
    let names = "contoso.com, contoso.onmicrosoft.com,12345678-9abc-def0-1234-56789abcde00,";
    let expected = ["contoso.com", "contoso.onmicrosoft.com", "12345678-9abc-def0-1234-56789abcde00"];
    assert_eq!(read(&[("GATEWAY_DIRECTORY", names)]).unwrap().gateway.directory, expected);
    for wrong in ["contoso.com/users", "me", "MyOrganization", "openidm", "a b", "é.example"] {
        let error = read(&[("GATEWAY_DIRECTORY", wrong)]).unwrap_err();
        assert!(error.kind == ErrorKind::Configuration && error.message.contains("GATEWAY_DIRECTORY"), "{}", error.message);
    }
}

#[test]
fn secrets_appear_in_no_debug_output_or_error() {
    let settings =
        read(&[("GRAPH_ACCESS_TOKEN", "token-7a"), ("GATEWAY_USERNAME", "u"), ("GATEWAY_PASSWORD", "password-7b")]).unwrap();
    assert!(!format!("{settings:?}").contains("7a") && !format!("{settings:?}").contains("7b"));
    let error = read(&[("GRAPH_ACCESS_TOKEN", "token 7c")]).unwrap_err();
    assert!(!error.message.contains("7c"));
    assert!(matches!(settings.credential, Credential::Token(token) if token.expose() == "token-7a"));
    let settings = read(&[APPLICATION, &[("GRAPH_CLIENT_SECRET", "secret-7d")]].concat()).unwrap();
    assert!(!format!("{settings:?}").contains("7d"));
}

const APPLICATION: &[(&str, &str)] = &[("GRAPH_TENANT_ID", "contoso.com"), ("GRAPH_CLIENT_ID", "c")];

/// The token is for the cloud's Microsoft Graph, whatever GRAPH_ENDPOINT is.
#[test]
fn application_signs_in_at_its_cloud() {
    for (cloud, login, scope) in [
        ("global", "https://login.microsoftonline.com", "https://graph.microsoft.com/.default"),
        ("us-gov-l5", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us/.default"),
        ("china", "https://login.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn/.default"),
    ] {
        let more = [("GRAPH_CLIENT_SECRET", "s"), ("GRAPH_CLOUD", cloud), ("GRAPH_ENDPOINT", "http://127.0.0.1:1")];
        let Credential::Application(application) = read(&[APPLICATION, &more].concat()).unwrap().credential else { panic!() };
        assert_eq!((application.login.as_str(), application.scope.as_str()), (login, scope), "{cloud}");
    }
    for (variables, named) in [
        (APPLICATION, "GRAPH_CLIENT_SECRET"),
        (&[("GRAPH_CLIENT_SECRET", "s")][..], "GRAPH_TENANT_ID"),
        (&[APPLICATION, &[("GRAPH_CLIENT_SECRET", "s"), ("GRAPH_ACCESS_TOKEN", "t")]].concat(), "GRAPH_ACCESS_TOKEN"),
        (
            &[APPLICATION, &[("GRAPH_CLIENT_SECRET", "s"), ("GRAPH_LOGIN_ENDPOINT", "http://login.example")]].concat(),
            "GRAPH_LOGIN",
        ),
    ] {
        let error = read(variables).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration);
        assert!(error.message.contains(named), "{}", error.message);
    }
}
