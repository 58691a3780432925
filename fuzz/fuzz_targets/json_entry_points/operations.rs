//! Runs the operations through each frontend.

use std::time::Duration;

use graph_contacts::error::{Error, Kind};
use graph_contacts::frontends::call::Call;
use graph_contacts::frontends::command::{self, Command};
use graph_contacts::frontends::{azure_ad_graph, json, openidm};
use graph_contacts::graph::Service;
use graph_contacts::operations::Connector;
use graph_contacts::settings::Settings;
use http::{Method, Request, StatusCode};
use serde_json::Value;

use crate::input::Input;
use crate::network::Answers;

/// The options in the first line of an input.
pub struct Options<'i> {
    pub version: &'i str,
    /// The duration of each exchange with the service, in seconds.
    pub pace: u8,
}

impl Options<'_> {
    fn settings(&self) -> Settings {
        let settings = Settings::read(|name| match name {
            "GRAPH_API_VERSION" => Some(self.version.to_owned()),
            "GATEWAY_USERNAME" | "GATEWAY_PASSWORD" => Some("openidm-admin".to_owned()),
            "GATEWAY_DIRECTORY" => Some("contoso.com".to_owned()),
            _ => None,
        });
        settings.expect("these settings are valid")
    }

    fn network<'d>(&self, answers: Input<'d>) -> Answers<'d> {
        let service = format!("{}/{}/", Service::GLOBAL_ENDPOINT, self.version);
        Answers::new(answers, &service, Duration::from_secs(self.pace.into()))
    }
}

/// Input: an operation's name, its arguments, responses.
pub fn json(options: &Options<'_>, mut input: Input<'_>) {
    let (operation, arguments) = (input.text(), input.text());
    invoke(options, &operation, &arguments, input);
}

/// The same input. Builds the operation's requests, and checks that no write is sent.
pub fn requests(options: &Options<'_>, mut input: Input<'_>) {
    let (operation, arguments) = (input.text(), input.text());
    let settings = options.settings();
    let network = options.network(input);
    let connector = connector(&settings, &network);
    let requests = Call::read(&operation, &arguments, settings.service.version).and_then(|call| call.requests(&connector));
    assert_eq!(network.writes(), 0, "{operation}");
    requests.into_iter().flatten().for_each(|request| network.watch(&request));
}

/// Input: command line arguments up to an empty line, standard input, responses.
pub fn command(options: &Options<'_>, mut input: Input<'_>) {
    let arguments = input.paragraph().into_iter().map(String::from);
    let stdin = input.line();
    if let Ok(Command::Invoke(operation, arguments)) = command::parse(arguments, stdin) {
        let error = invoke(options, operation, &arguments.to_string(), input);
        let unknown = error.is_some_and(|error| error.kind == Kind::Unsupported && error.exchange.is_none());
        assert!(!unknown, "the command line names an unknown operation: {operation}");
    }
}

/// Input: a request, responses. Missing headers are added as on the OpenICF page.
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

/// Input: a request of the Azure AD Graph API, responses.
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
    if !azure_ad_graph::is_of(&parts, &settings) {
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

/// Input: settings as NAME=value up to an empty line, responses.
pub fn settings(options: &Options<'_>, mut input: Input<'_>) {
    let variables = input.paragraph();
    let variable = |name: &str| {
        let values = variables.iter().filter_map(|line| line.split_once('='));
        values.filter(|(known, value)| *known == name && !value.is_empty()).map(|(_, value)| value.to_owned()).next()
    };
    let settings = match Settings::read(variable) {
        Ok(settings) => settings,
        Err(error) => {
            assert_eq!(error.kind, Kind::Configuration, "{error}");
            return;
        }
    };
    let endpoint = variable("GRAPH_ENDPOINT").unwrap_or_else(|| Service::GLOBAL_ENDPOINT.to_owned());
    let endpoint = endpoint.split('#').next().unwrap_or_default().trim_end_matches('/');
    let service = format!("{endpoint}/{}/", settings.service.version.name());
    let network = Answers::new(input, &service, Duration::from_secs(options.pace.into()));
    let connector = connector(&settings, &network);
    // The results do not matter: the network has checked the requests.
    let _ = json::invoke(&connector, "test", "{}");
    let _ = json::invoke(&connector, "contacts.list", r#"{"mailbox": "me"}"#);
}

fn connector<'a, 'd>(settings: &'a Settings, network: &'a Answers<'d>) -> Connector<'a, Answers<'d>> {
    Connector::new(&settings.service, network, &settings.terms)
}

fn invoke(options: &Options<'_>, operation: &str, arguments: &str, answers: Input<'_>) -> Option<Error> {
    let settings = options.settings();
    let network = options.network(answers);
    let connector = connector(&settings, &network);
    let result = json::invoke(&connector, operation, arguments);
    let most = match operation {
        "contacts.create" | "contacts.update" | "contacts.delete" | "create" | "delete" => 1,
        // The update of a contact is one write, without outcomes of its values.
        "update" => result.as_ref().ok().and_then(Value::as_array).map_or(1, |outcomes| outcomes.len().max(1)),
        "contacts.batch" => result.as_ref().ok().and_then(Value::as_array).map_or(0, Vec::len),
        _ => 0,
    };
    assert!(network.done() <= most && (most > 0 || network.writes() == 0), "{operation} wrote {} times", network.done());
    let error = result.err()?;
    assert!(json::error(&error).is_object());
    // A failure without an exchange comes from validation or a deadline, before any write.
    if error.exchange.is_none() {
        assert_eq!(network.writes(), 0, "{error}");
    }
    assert!(!error.may_have_taken_effect || network.writes() > 0, "{error}");
    assert_ne!(error.kind, Kind::Internal, "{error}");
    Some(error)
}
