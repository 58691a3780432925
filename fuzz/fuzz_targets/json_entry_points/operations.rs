//! The operations, through each entry point.

use std::time::Duration;

use connector::error::{Error, ErrorKind};
use connector::graph::service::Service;
use connector::operations::connector::Connector;
use connector::settings::Settings;
use graph_contacts::command::{self, Command};
use graph_contacts::invoke::table;
use http::{Method, Request, StatusCode};
use protocol::api::Api;
use serde_json::Value;

use crate::input::Input;
use crate::network::ScriptedNetwork;

/// The options in the first line of an input.
pub struct Options<'i> {
    pub version: &'i str,
    /// How many seconds each exchange with the service takes.
    pub pace: u8,
}

impl Options<'_> {
    fn settings(&self) -> Settings {
        let settings = graph_contacts::settings::read(|name| match name {
            "GRAPH_API_VERSION" => Some(self.version.to_owned()),
            "GATEWAY_USERNAME" | "GATEWAY_PASSWORD" => Some("openidm-admin".to_owned()),
            "GATEWAY_DIRECTORY" => Some("contoso.com".to_owned()),
            _ => None,
        });
        settings.expect("these settings are valid")
    }

    fn network<'d>(&self, responses: Input<'d>) -> ScriptedNetwork<'d> {
        let service = format!("{}/{}/", Service::GLOBAL_ENDPOINT, self.version);
        ScriptedNetwork::new(responses, &service, Duration::from_secs(self.pace.into()))
    }
}

/// Runs an operation: its name, its arguments, responses.
pub fn json(options: &Options<'_>, mut input: Input<'_>) {
    let (operation, arguments) = (input.text(), input.text());
    invoke(options, &operation, &arguments, input);
}

/// Builds the requests of an operation: the input is the same, and no request that writes is sent.
pub fn requests(options: &Options<'_>, mut input: Input<'_>) {
    let (operation, arguments) = (input.text(), input.text());
    let settings = options.settings();
    let network = options.network(input);
    let connector = connector(&settings, &network);
    let requests = table::build_requests(&connector, &operation, &arguments);
    assert_eq!(network.writes(), 0, "{operation}");
    requests.into_iter().flatten().for_each(|request| network.check(&request.into_http()));
}

/// Runs a command line: its arguments up to an empty line, standard input, responses.
pub fn command(options: &Options<'_>, mut input: Input<'_>) {
    let arguments = input.paragraph().into_iter().map(String::from);
    let stdin = input.line();
    if let Ok(Command::Invoke(operation, arguments)) = command::parse(arguments, stdin) {
        let error = invoke(options, operation, &arguments.to_string(), input);
        let unknown = error.is_some_and(|error| error.kind == ErrorKind::Unsupported && error.exchange.is_none());
        assert!(!unknown, "the command line names an unknown operation: {operation}");
    }
}

/// Handles a request of OpenIDM's frontend: a request, responses. Absent headers are those of the OpenICF page.
pub fn openidm(options: &Options<'_>, mut input: Input<'_>) {
    let message = input.message();
    let (method, target) = message.start.split_once(' ').unwrap_or(("GET", &message.start));
    let mut request = Request::builder().method(method).uri(target);
    let given = |name: &str| message.headers.iter().any(|(given, _)| given == name);
    let usual =
        [("x-openidm-username", "openidm-admin"), ("x-openidm-password", "openidm-admin"), ("content-type", "application/json")];
    for (name, value) in usual {
        let another_way = name.starts_with("x-openidm") && given("authorization");
        if !given(name) && !another_way {
            request = request.header(name, value);
        }
    }
    for (name, value) in message.headers {
        request = request.header(name, value);
    }
    let Ok(request) = request.body(()) else { return };
    let (parts, ()) = request.into_parts();
    let network = options.network(input);
    let mut response = http::Response::default();
    openidm::handle(&parts, || Ok(message.body.to_vec()), &Ok(options.settings()), &network, &mut response);

    let status = response.status();
    if status == StatusCode::NOT_MODIFIED {
        assert!(response.body().is_empty());
        return;
    }
    let body: Value = serde_json::from_slice(response.body()).expect("every response is JSON");
    if matches!(status, StatusCode::OK | StatusCode::CREATED) {
        assert!(body["_id"].is_string() || body["result"].is_array(), "{body}");
    } else {
        assert_eq!(body["code"], status.as_u16());
        let text = body["message"].as_str().expect("every failure has a message");
        assert!(!text.contains(['<', '>', '"', '\'']), "{text}");
    }
    if network.writes() > 0 && parts.uri.path().contains("/contact/") {
        assert!(matches!(parts.method.as_str(), "PUT" | "PATCH" | "DELETE" | "POST"));
    } else if network.writes() > 0 && !parts.uri.path().ends_with("/contact") {
        assert!(matches!(parts.method, Method::PUT | Method::PATCH));
        let outcomes = body["detail"]["contacts"].as_array();
        assert!(status == StatusCode::OK || outcomes.is_some_and(|all| all.len() >= network.done()), "{status} {body}");
    }
    if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::METHOD_NOT_ALLOWED | StatusCode::CONFLICT) {
        assert_eq!(network.sent(), 0, "{status}");
    }
}

/// Handles a request of the Azure AD Graph API: a request, responses.
pub fn azure_ad_graph(options: &Options<'_>, mut input: Input<'_>) {
    let message = input.message();
    let (method, target) = message.start.split_once(' ').unwrap_or(("GET", &message.start));
    let mut request = Request::builder().method(method).uri(target).header("authorization", "Bearer openidm-admin");
    if !message.headers.iter().any(|(given, _)| given == "content-type") {
        request = request.header("content-type", "application/json");
    }
    for (name, value) in message.headers {
        request = request.header(name, value);
    }
    let Ok(request) = request.body(()) else { return };
    let (parts, ()) = request.into_parts();
    let settings = Ok(options.settings());
    if Api::of((&parts).into(), true) != Api::AzureAdGraph {
        return;
    }
    let network = options.network(input);
    let mut response = http::Response::default();
    azure_ad_graph::handle(&parts, || Ok(message.body.to_vec()), &settings, &network, &mut response);

    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        let body: Value = serde_json::from_slice(response.body()).expect("every failure is JSON");
        let error = body.get("odata.error").or(body.get("error")).expect("in the form of the API");
        assert!(error["code"].is_string() && error["message"]["value"].is_string(), "{body}");
    }
    if network.writes() > 0 {
        assert!(matches!(parts.method.as_str(), "POST" | "PATCH" | "PUT" | "DELETE"));
    }
    if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_ACCEPTABLE) {
        assert_eq!(network.sent(), 0, "{status}");
    }
}

/// Runs operations with settings: NAME=value up to an empty line, responses.
pub fn settings(options: &Options<'_>, mut input: Input<'_>) {
    let variables = input.paragraph();
    let variable = |name: &str| {
        let values = variables.iter().filter_map(|line| line.split_once('='));
        values.filter(|(known, value)| *known == name && !value.is_empty()).map(|(_, value)| value.to_owned()).next()
    };
    let settings = match graph_contacts::settings::read(variable) {
        Ok(settings) => settings,
        Err(error) => {
            assert_eq!(error.kind, ErrorKind::Configuration, "{error}");
            return;
        }
    };
    let endpoint = variable("GRAPH_ENDPOINT").unwrap_or_else(|| "https://graph.microsoft.com".to_owned());
    let endpoint = endpoint.split('#').next().unwrap_or_default().trim_end_matches('/');
    let service = format!("{endpoint}/{}/", settings.service.version.name());
    let network = ScriptedNetwork::new(input, &service, Duration::from_secs(options.pace.into()));
    let connector = connector(&settings, &network);
    // The network checks each request, whatever the results are.
    let _ = table::invoke(&connector, "test", "{}");
    let _ = table::invoke(&connector, "contacts.list", r#"{"mailbox": "me"}"#);
}

fn connector<'a>(settings: &'a Settings, network: &'a ScriptedNetwork<'_>) -> Connector<'a> {
    Connector::new(&settings.service, network, &settings.operation)
}

fn invoke(options: &Options<'_>, operation: &str, arguments: &str, responses: Input<'_>) -> Option<Error> {
    let settings = options.settings();
    let network = options.network(responses);
    let connector = connector(&settings, &network);
    let result = table::invoke(&connector, operation, arguments);
    let most = match operation {
        "contacts.create" | "contacts.update" | "contacts.delete" | "create" | "delete" => 1,
        // For a contact there is one write, and the outcomes are empty.
        "update" => result.as_ref().ok().and_then(Value::as_array).map_or(1, |outcomes| outcomes.len().max(1)),
        "contacts.batch" => result.as_ref().ok().and_then(Value::as_array).map_or(0, Vec::len),
        _ => 0,
    };
    assert!(network.done() <= most && (most > 0 || network.writes() == 0), "{operation} wrote {} times", network.done());
    let error = result.err()?;
    assert!(error.to_json().is_object());
    // A failure without an exchange comes from validation or the deadline, before anything is written.
    if error.exchange.is_none() {
        assert_eq!(network.writes(), 0, "{error}");
    }
    assert!(!error.may_have_taken_effect || network.writes() > 0, "{error}");
    assert_ne!(error.kind, ErrorKind::Internal, "{error}");
    Some(error)
}
