//! `POST /openidm/system?_action=test`: every system that the caller may test, at once.

use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use http::{Method, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use serde_json::{Value, json};

use super::{Answer, Refusal, RequestBody, Tenant, Tenants, Trail, callable, carry_out};
use crate::operation::{Operation, parameter};

/// The largest answer of one system, in bytes: it is a few hundred.
const ANSWER_BYTES: usize = 256 << 10;

pub(super) async fn answer(
    tenants: &Tenants,
    caller: &str,
    trail: &Trail,
    request: &Request<RequestBody>,
) -> Result<Response<Answer>, Refusal> {
    if request.method() != Method::POST {
        let problem = format!("{} is not implemented for the system; POST _action=test", request.method());
        return Err(Refusal::new(StatusCode::NOT_IMPLEMENTED, problem));
    }
    match parameter(request.uri().query(), "_action") {
        Some(action) if action.eq_ignore_ascii_case("test") => {}
        Some(_) => return Err(Refusal::new(StatusCode::BAD_REQUEST, "There is one action for all systems: test")),
        None => return Err(Refusal::new(StatusCode::BAD_REQUEST, "Say what to do with the parameter '_action'")),
    }
    let testable = callable(tenants, caller).filter(|tenant| tenant.spec.operations.allow(Operation::Test));
    let tested: Vec<Value> = testable.map(|tenant| test(tenant, trail)).collect::<FuturesOrdered<_>>().collect().await;
    let mut response = Response::new(Full::from(Value::Array(tested).to_string()));
    let json = header::HeaderValue::from_static("application/json; charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    Ok(response.map(|body| body.map_err(|never| match never {}).boxed_unsync()))
}

/// What a tenant's component says of its system, or why it says nothing.
async fn test(tenant: &Tenant, trail: &Trail) -> Value {
    let told = async {
        // The name of a tenant needs no escaping.
        let uri: Uri = format!("/openidm/system/{}?_action=test", tenant.spec.name).parse().ok()?;
        let mut request = Request::new(RequestBody::none());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        request.headers_mut().insert(header::HOST, header::HeaderValue::from_static("localhost"));
        let body =
            Limited::new(carry_out(tenant, trail.clone(), request).await.into_body(), ANSWER_BYTES).collect().await.ok()?;
        serde_json::from_slice::<Value>(&body.to_bytes()).ok()
    };
    let name = &tenant.spec.name;
    match told.await {
        Some(told) if told.get("ok").is_some() => told,
        Some(told) => json!({"name": name, "ok": false, "error": told.get("message")}),
        None => json!({"name": name, "ok": false, "error": "the system did not answer"}),
    }
}
