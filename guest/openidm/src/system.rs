//! Actions on the system: `POST /openidm/system/{system}?_action=test` or `_action=schema`, also without a system.

use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::response::ObjectResponse;
use connector::operations::connector::Connector;
use connector::operations::icf::object_class::ObjectClass;
use connector::operations::icf::schema::build_schema;
use protocol::openidm::failure::Failure;
use protocol::openidm::parameters::Parameters;

/// Carries out an action on the system. `is_for_all`: the path names every system, of which there is one.
pub(crate) fn act<'c>(
    request: &Parts,
    parameters: &Parameters,
    system: &str,
    is_for_all: bool,
    connector: impl FnOnce() -> Connector<'c>,
) -> Result<ObjectResponse, Failure> {
    let bad = |problem: String| Err(Failure::new(StatusCode::BAD_REQUEST, problem));
    match (&request.method, parameters.action()) {
        (&Method::POST, Some(action)) if action.eq_ignore_ascii_case("test") => {
            let result = Value::Object(test_system(system, connector()));
            let body = if is_for_all { Value::Array(vec![result]) } else { result };
            Ok(ObjectResponse { body, ..ObjectResponse::ok(Map::new()) })
        }
        (&Method::POST, Some(action)) if action.eq_ignore_ascii_case("schema") => {
            Ok(ObjectResponse { body: build_schema(connector().service()), ..ObjectResponse::ok(Map::new()) })
        }
        (&Method::POST, Some(action)) => {
            bad(format!("The action {action} is not supported for the system; use test, schema, or liveSync with a source"))
        }
        (&Method::POST, None) => bad("The parameter '_action' is missing: use test or schema".to_owned()),
        (method, _) => Err(Failure::new(
            StatusCode::NOT_IMPLEMENTED,
            format!("{method} is not implemented for the system; use POST with _action=test"),
        )),
    }
}

/// Tests the system. Returns OpenIDM's result: `ok` says whether the system works, and the status is always 200.
fn test_system(system: &str, connector: Connector<'_>) -> Map<String, Value> {
    let classes = ObjectClass::list_for(connector.service()).into_iter();
    let mut result = Map::from_iter([
        ("name".to_owned(), json!(system)),
        ("enabled".to_owned(), json!(true)),
        ("config".to_owned(), json!(format!("config/provisioner.openicf/{system}"))),
        (
            "connectorRef".to_owned(),
            json!({
                "bundleVersion": env!("CARGO_PKG_VERSION"),
                "bundleName": "graph-contacts",
                "connectorName": "graph-contacts:connector/connector",
            }),
        ),
        ("displayName".to_owned(), json!("Microsoft 365 contacts")),
        ("objectTypes".to_owned(), json!(classes.map(ObjectClass::name).collect::<Vec<_>>())),
    ]);
    let tested = connector.test();
    result.insert("ok".to_owned(), json!(tested.is_ok()));
    if let Err(error) = tested {
        result.insert("error".to_owned(), json!(error.message));
    }
    result
}
