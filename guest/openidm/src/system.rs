//! The system itself: `POST /openidm/system/{system}?_action=test` or `_action=schema`, and the same of all systems.

use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::response::ObjectResponse;
use connector::operations::connector::Connector;
use connector::operations::icf::object_class::ObjectClass;
use connector::operations::icf::schema::schema;
use protocol::openidm::failure::Failure;
use protocol::openidm::parameters::Parameters;

/// Answers an action on the system.
pub(crate) fn act<'c>(
    request: &Parts,
    parameters: &Parameters,
    system: &str,
    all: bool,
    connector: impl FnOnce() -> Connector<'c>,
) -> Result<ObjectResponse, Failure> {
    let bad = |problem: String| Err(Failure::new(StatusCode::BAD_REQUEST, problem));
    match (&request.method, parameters.action()) {
        (&Method::POST, Some(action)) if action.eq_ignore_ascii_case("test") => {
            let tested = tested(system, connector());
            let body = if all { Value::Array(vec![Value::Object(tested)]) } else { Value::Object(tested) };
            Ok(ObjectResponse { body, ..ObjectResponse::ok(Map::new()) })
        }
        (&Method::POST, Some(action)) if action.eq_ignore_ascii_case("schema") => {
            Ok(ObjectResponse { body: schema(connector().service().version), ..ObjectResponse::ok(Map::new()) })
        }
        (&Method::POST, Some(action)) => bad(format!(
            "The action {action} is not supported for the system; there are test and schema, and liveSync of a class"
        )),
        (&Method::POST, None) => bad("Say what to do with the parameter '_action'".to_owned()),
        (method, _) => Err(Failure::new(
            StatusCode::NOT_IMPLEMENTED,
            format!("{method} is not implemented for the system; POST _action=test"),
        )),
    }
}

/// What OpenIDM tells of a system that it has tested: whether it is well is in `ok`, and the status is 200 all the same.
fn tested(system: &str, connector: Connector<'_>) -> Map<String, Value> {
    let mut told = Map::from_iter([
        ("name".to_owned(), json!(system)),
        ("enabled".to_owned(), json!(true)),
        ("config".to_owned(), json!(format!("config/provisioner.openicf/{system}"))),
        (
            "connectorRef".to_owned(),
            json!({
                "bundleVersion": env!("CARGO_PKG_VERSION"),
                "bundleName": env!("CARGO_PKG_NAME"),
                "connectorName": "graph-contacts:connector/connector",
            }),
        ),
        ("displayName".to_owned(), json!("Microsoft 365 contacts")),
        ("objectTypes".to_owned(), json!(ObjectClass::ALL.map(ObjectClass::name))),
    ]);
    let result = connector.test();
    told.insert("ok".to_owned(), json!(result.is_ok()));
    if let Err(error) = result {
        told.insert("error".to_owned(), json!(error.message));
    }
    told
}
