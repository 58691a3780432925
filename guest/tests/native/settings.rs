//! Settings from the environment.

use std::collections::HashMap;
use std::time::Duration;

use graph_contacts::contact::Version;
use graph_contacts::error::Kind;
use graph_contacts::operations::retry::Policy;
use graph_contacts::settings::Settings;

fn read(variables: &[(&str, &str)]) -> graph_contacts::error::Result<Settings> {
    let variables: HashMap<&str, &str> = variables.iter().copied().collect();
    Settings::read(|name| variables.get(name).map(|value| value.to_string()))
}

#[test]
fn the_defaults_are_documented() {
    let settings = read(&[]).unwrap();
    assert_eq!(settings.terms.timeout, Duration::from_secs(30));
    assert_eq!(settings.terms.retry, Policy { retries: 3, delay: Duration::from_secs(3) });
    assert!(settings.terms.exactly_once);
    assert_eq!(settings.service.version, Version::V1);
    assert_eq!(settings.gateway.system, "azuread");
    assert!(settings.gateway.caller.is_none() && settings.access_token.is_none());
}

#[test]
fn a_wrong_setting_is_named() {
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
        assert_eq!(error.kind, Kind::Configuration);
        assert!(error.message.contains(name), "{}", error.message);
    }
    assert!(read(&[("GATEWAY_USERNAME", "x")]).unwrap_err().message.contains("GATEWAY_PASSWORD"));
}

#[test]
fn secrets_have_no_way_out() {
    let settings =
        read(&[("GRAPH_ACCESS_TOKEN", "token-7a"), ("GATEWAY_USERNAME", "u"), ("GATEWAY_PASSWORD", "password-7b")]).unwrap();
    assert!(!format!("{settings:?}").contains("7a") && !format!("{settings:?}").contains("7b"));
    let error = read(&[("GRAPH_ACCESS_TOKEN", "token 7c")]).unwrap_err();
    assert!(!error.message.contains("7c"));
    assert_eq!(settings.access_token.unwrap().expose(), "token-7a");
}
