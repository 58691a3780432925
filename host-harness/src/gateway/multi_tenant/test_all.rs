//! `POST /openidm/system?_action=test`: tests every system that the caller may test, concurrently.

use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use http::{Method, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use protocol::frontend::Refusal;
use protocol::openidm::parameters::Parameters;
use protocol::operation::Operation;
use serde_json::{Value, json};

use super::admission::forward;
use crate::gateway::request_body::RequestBody;
use crate::gateway::response_body::{ResponseBody, to_response_body};
use crate::observability::call_trail::CallTrail;
use crate::tenants::snapshot::TenantSnapshot;
use crate::tenants::tenant::Tenant;

/// Maximum size of one system's response in bytes. It has a few hundred.
const MAX_RESPONSE_BYTES: usize = 256 << 10;

/// Returns the response to a request for all systems, or why it is refused.
pub(super) async fn respond(
    tenants: &TenantSnapshot,
    caller: &str,
    trail: &CallTrail,
    request: &Request<RequestBody>,
) -> Result<Response<ResponseBody>, Refusal> {
    if request.method() != Method::POST {
        let problem = format!("{} is not implemented for the system; POST _action=test", request.method());
        return Err(Refusal::host(StatusCode::NOT_IMPLEMENTED, problem));
    }
    let parameters = Parameters::parse(request.uri().query().unwrap_or_default());
    match parameters.action() {
        Some(action) if action.eq_ignore_ascii_case("test") => {}
        Some(_) => return Err(Refusal::host(StatusCode::BAD_REQUEST, "The only action for all systems is test")),
        None => return Err(Refusal::host(StatusCode::BAD_REQUEST, "The parameter '_action' is missing: use _action=test")),
    }
    let testable = tenants.callable_by(caller).filter(|tenant| tenant.spec.operations.allows(Operation::Test));
    let tested: Vec<Value> = testable.map(|tenant| test_system(tenant, trail)).collect::<FuturesOrdered<_>>().collect().await;
    let mut response = Response::new(to_response_body(Full::from(Value::Array(tested).to_string())));
    let json = header::HeaderValue::from_static("application/json; charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    Ok(response)
}

/// Returns the result of a tenant's component for its system.
async fn test_system(tenant: &Tenant, trail: &CallTrail) -> Value {
    let result = async {
        // The name of a tenant needs no escaping.
        let uri: Uri = format!("/openidm/system/{}?_action=test", tenant.spec.name).parse().ok()?;
        let mut request = Request::new(RequestBody::empty());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        request.headers_mut().insert(header::HOST, header::HeaderValue::from_static("localhost"));
        let body =
            Limited::new(forward(tenant, trail.clone(), request).await.into_body(), MAX_RESPONSE_BYTES).collect().await.ok()?;
        serde_json::from_slice::<Value>(&body.to_bytes()).ok()
    };
    let name = &tenant.spec.name;
    match result.await {
        Some(result) if result.get("ok").is_some() => result,
        Some(error) => json!({"name": name, "ok": false, "error": error.get("message")}),
        None => json!({"name": name, "ok": false, "error": "the system did not respond"}),
    }
}
