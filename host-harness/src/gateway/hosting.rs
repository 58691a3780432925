//! Requests to a gateway of several tenants: who calls, which tenant, and whether the one may do this with the other. What
//! the answer is, the component says, in a sandbox of the tenant's.

mod directory;
mod test_all;

use std::net::IpAddr;
use std::sync::Arc;

use http::{HeaderValue, Request, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use tracing::Instrument as _;

use super::audited::audited;
use super::exchange::{self, Answer};
use super::refusal::{Form, Refusal};
use super::request_body::RequestBody;
use crate::audit::{Audit, Entry, Trail};
use crate::callers::{PASSWORD, USERNAME};
use crate::metrics::Metrics;
use crate::operation::Operation;
use crate::tenant::Tenant;
use crate::tenants::Tenants;
use crate::trace_context::TraceId;

/// The answer to a request.
pub(super) async fn answer(
    tenants: &Tenants,
    (audit, metrics): (Option<Audit>, Metrics),
    from: Option<IpAddr>,
    request: Request<RequestBody>,
) -> Response<Answer> {
    let trace = TraceId::of(request.headers());
    let mut entry = Entry::begin(audit, metrics, trace);
    // Of the level of the gravest messages, so that each has it.
    let span = tracing::error_span!("request", %trace);
    let form = Form::of(&request, tenants.serve_directories());
    let answered = async {
        match form {
            Form::OpenIdm => admitted(tenants, &mut entry, from, request).await,
            Form::AzureAdGraph(_) => directory::admitted(tenants, &mut entry, from, request).await,
        }
    };
    let response = match answered.instrument(span).await {
        Ok(response) => response,
        Err(refusal) => exchange::of_host(refusal, &form),
    };
    audited(response, entry)
}

async fn admitted(
    tenants: &Tenants,
    entry: &mut Entry,
    from: Option<IpAddr>,
    request: Request<RequestBody>,
) -> Result<Response<Answer>, Refusal> {
    entry.operation = Operation::of(request.method(), request.uri().query());
    let caller = known_caller(tenants, entry, from, &request).await?;
    match target(request.uri().path())? {
        Target::All => test_all::answer(tenants, &caller, &entry.trail, &request).await,
        Target::System(name, object) => {
            let tenant = tenants.by_name.get(&name);
            // In the log stands whose tenant somebody tried; who tries is told no more than of one that does not exist.
            entry.tenant = tenant.map(|tenant| tenant.spec.name.clone());
            entry.target = object;
            let tenant = tenant.filter(|tenant| tenant.spec.callers.contains(&*caller));
            let tenant = tenant.ok_or_else(|| not_found(&format!("system/{name}")))?;
            check(tenant, &request)?;
            Ok(carry_out(tenant, entry.trail.clone(), request).await)
        }
    }
}

/// Who calls.
async fn known_caller(
    tenants: &Tenants,
    entry: &mut Entry,
    from: Option<IpAddr>,
    request: &Request<RequestBody>,
) -> Result<Arc<str>, Refusal> {
    let caller = tenants.callers.identify(request.headers(), from).await.map_err(Refusal::too_many_passwords)?;
    let caller = caller.ok_or_else(Refusal::unknown_caller)?;
    entry.caller = Some(Arc::clone(&caller));
    Ok(caller)
}

/// Has a tenant's component answer a request whose caller may make it.
async fn carry_out(tenant: &Tenant, trail: Trail, mut request: Request<RequestBody>) -> Response<Answer> {
    let headers = request.headers_mut();
    headers.remove(header::AUTHORIZATION);
    headers.remove(header::PROXY_AUTHORIZATION);
    headers.remove(header::COOKIE);
    for (name, value) in [(USERNAME, tenant.login.username.as_str()), (PASSWORD, tenant.login.password.expose())] {
        let Ok(mut value) = HeaderValue::from_str(value) else { continue };
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    let span = tracing::error_span!("call", tenant = tenant.spec.name);
    exchange::answer(&tenant.connector, &tenant.settings, trail, request).instrument(span).await
}

/// Whether a tenant's callers may do what a request is for.
fn check(tenant: &Tenant, request: &Request<RequestBody>) -> Result<(), Refusal> {
    let operation = Operation::of(request.method(), request.uri().query())
        .ok_or_else(|| Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "This method is not known here"))?;
    if tenant.spec.operations.allow(operation) {
        return Ok(());
    }
    let problem = format!("The operation {} is not allowed on system/{}", operation.name(), tenant.spec.name);
    Err(Refusal::new(StatusCode::FORBIDDEN, problem))
}

/// What a path names.
#[derive(Debug, PartialEq)]
enum Target {
    All,
    /// A system, and what of it: an object class, and an id.
    System(String, Option<(String, Option<String>)>),
}

/// The path as the component reads it.
fn target(path: &str) -> Result<Target, Refusal> {
    let mut segments = path.trim_start_matches('/').split('/').map(|segment| percent_decode_str(segment).decode_utf8());
    let mut next = || segments.next().transpose().map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, "The path is not UTF-8"));
    match (next()?.as_deref(), next()?.as_deref(), next()?.as_deref(), next()?) {
        (Some("openidm"), Some("system"), None | Some(""), None) => Ok(Target::All),
        (Some("openidm"), Some("system"), Some(name), class) => {
            let class = class.filter(|class| !class.is_empty());
            let id = next()?.filter(|id| !id.is_empty()).map(|id| id.into_owned());
            Ok(Target::System(name.to_owned(), class.map(|class| (class.into_owned(), id))))
        }
        _ => Err(not_found(path.trim_start_matches('/').trim_start_matches("openidm/"))),
    }
}

/// Quotes what the caller sent, escaped as the component's messages are.
fn not_found(what: &str) -> Refusal {
    let what = what.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;");
    Refusal::new(StatusCode::NOT_FOUND, format!("Resource &#39;{what}&#39; not found"))
}

/// The tenants that somebody may call.
fn callable<'t>(tenants: &'t Tenants, caller: &str) -> impl Iterator<Item = &'t Arc<Tenant>> {
    tenants.by_name.values().filter(move |tenant| tenant.spec.callers.contains(caller))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_system_or_all_or_nothing() {
        for all in ["/openidm/system", "/openidm/system/", "//openidm/system", "/%6fpenidm/system"] {
            assert_eq!(target(all).unwrap(), Target::All, "{all}");
        }
        let system = |name: &str, object| Target::System(name.to_owned(), object);
        for one in ["/openidm/system/a.b", "/openidm/system/a%2Eb/"] {
            assert_eq!(target(one).unwrap(), system("a.b", None), "{one}");
        }
        assert_eq!(target("/openidm/system/a%2Fb").unwrap(), system("a/b", None), "one segment");
        let user = |id: Option<&str>| Some(("user".to_owned(), id.map(ToOwned::to_owned)));
        assert_eq!(target("/openidm/system/a/user/x%2F/y").unwrap(), system("a", user(Some("x/"))));
        assert_eq!(target("/openidm/system/a/user/").unwrap(), system("a", user(None)));
        for none in ["/", "/openidm", "/openidm//system/a", "/OpenIDM/system/a", "/x/openidm/system/a", "/openidm/system/%FF"] {
            assert!(target(none).is_err(), "{none}");
        }
    }
}
