//! OpenIDM requests to a multi-tenant gateway.

use std::net::IpAddr;

use http::{Request, Response, StatusCode};
use percent_encoding::percent_decode_str;

use super::admission::{forward, identify_caller};
use super::test_all;
use crate::gateway::refusal::Refusal;
use crate::gateway::request_body::RequestBody;
use crate::gateway::response_body::ResponseBody;
use crate::observability::audit_log::AuditEntry;
use crate::operation::Operation;
use crate::tenants::snapshot::TenantSnapshot;
use crate::tenants::tenant::Tenant;

/// Returns the response to a request, or why it is refused.
pub(super) async fn respond(
    tenants: &TenantSnapshot,
    entry: &mut AuditEntry,
    address: Option<IpAddr>,
    request: Request<RequestBody>,
) -> Result<Response<ResponseBody>, Refusal> {
    entry.operation = Operation::from_request(request.method(), request.uri().query());
    let caller = identify_caller(tenants, entry, address, &request).await?;
    match parse_path(request.uri().path())? {
        SystemPath::All => test_all::respond(tenants, &caller, &entry.trail, &request).await,
        SystemPath::System(name, object) => {
            let tenant = tenants.by_name.get(&name);
            // The log names the tenant in any case. The caller cannot tell another's tenant from one that does not exist.
            entry.tenant = tenant.map(|tenant| tenant.spec.name.clone());
            entry.target = object;
            let tenant = tenant.filter(|tenant| tenant.spec.callers.contains(&*caller));
            let tenant = tenant.ok_or_else(|| not_found(&format!("system/{name}")))?;
            authorize(tenant, &request)?;
            Ok(forward(tenant, entry.trail.clone(), request).await)
        }
    }
}

/// Checks that a tenant allows the operation of a request.
fn authorize(tenant: &Tenant, request: &Request<RequestBody>) -> Result<(), Refusal> {
    let operation = Operation::from_request(request.method(), request.uri().query())
        .ok_or_else(|| Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "OpenIDM does not have this method"))?;
    if tenant.spec.operations.allows(operation) {
        return Ok(());
    }
    let problem = format!("The operation {} is not allowed on system/{}", operation.name(), tenant.spec.name);
    Err(Refusal::new(StatusCode::FORBIDDEN, problem))
}

/// What a path names.
#[derive(Debug, PartialEq)]
enum SystemPath {
    /// All systems.
    All,
    /// A system, and in it an object class and an id.
    System(String, Option<(String, Option<String>)>),
}

/// Parses a path as the component does.
fn parse_path(path: &str) -> Result<SystemPath, Refusal> {
    let mut segments = path.trim_start_matches('/').split('/').map(|segment| percent_decode_str(segment).decode_utf8());
    let mut next = || segments.next().transpose().map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, "The path is not UTF-8"));
    match (next()?.as_deref(), next()?.as_deref(), next()?.as_deref(), next()?) {
        (Some("openidm"), Some("system"), None | Some(""), None) => Ok(SystemPath::All),
        (Some("openidm"), Some("system"), Some(name), class) => {
            let class = class.filter(|class| !class.is_empty());
            let id = next()?.filter(|id| !id.is_empty()).map(|id| id.into_owned());
            Ok(SystemPath::System(name.to_owned(), class.map(|class| (class.into_owned(), id))))
        }
        _ => Err(not_found(path.trim_start_matches('/').trim_start_matches("openidm/"))),
    }
}

/// Refuses a resource, whose name is escaped as in the component's messages.
fn not_found(resource: &str) -> Refusal {
    let resource =
        resource.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;");
    Refusal::new(StatusCode::NOT_FOUND, format!("Resource &#39;{resource}&#39; not found"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_names_one_system_or_all() {
        for all in ["/openidm/system", "/openidm/system/", "//openidm/system", "/%6fpenidm/system"] {
            assert_eq!(parse_path(all).unwrap(), SystemPath::All, "{all}");
        }
        let system = |name: &str, object| SystemPath::System(name.to_owned(), object);
        for one in ["/openidm/system/a.b", "/openidm/system/a%2Eb/"] {
            assert_eq!(parse_path(one).unwrap(), system("a.b", None), "{one}");
        }
        assert_eq!(parse_path("/openidm/system/a%2Fb").unwrap(), system("a/b", None), "one segment");
        let user = |id: Option<&str>| Some(("user".to_owned(), id.map(ToOwned::to_owned)));
        assert_eq!(parse_path("/openidm/system/a/user/x%2F/y").unwrap(), system("a", user(Some("x/"))));
        assert_eq!(parse_path("/openidm/system/a/user/").unwrap(), system("a", user(None)));
        for none in ["/", "/openidm", "/openidm//system/a", "/OpenIDM/system/a", "/x/openidm/system/a", "/openidm/system/%FF"] {
            assert!(parse_path(none).is_err(), "{none}");
        }
    }
}
