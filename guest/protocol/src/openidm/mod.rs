//! OpenIDM's REST API: `/openidm/system/{system}/{class}/{id}`.
//!
//! The rules are those of ForgeRock's CREST and of OpenIDM's provisioner.

pub mod failure;
pub mod parameters;
pub mod path;
pub mod sync_source;

use http::{Response, StatusCode};

use self::failure::Failure;
use self::parameters::Parameters;
use self::path::{NotFound, Path};
use self::sync_source::SyncSource;
use crate::frontend::{Exchange, Frontend, Head, Refusal, Target, TenantRef};
use crate::operation::Operation;

/// The rules of the API.
pub struct OpenIdm;

impl Frontend for OpenIdm {
    /// Every request that no other API takes is one of OpenIDM's, so that it is refused in OpenIDM's form.
    fn matches(&self, _: Head<'_>, _: bool) -> bool {
        true
    }

    fn operations(&self, head: Head<'_>) -> Result<&'static [Operation], Refusal> {
        let parameters = Parameters::parse(head.uri.query().unwrap_or_default());
        parameters.operation(head.method).ok_or_else(|| invalid(Failure::unknown_method(head.method)))
    }

    fn target(&self, head: Head<'_>) -> Result<Target, Refusal> {
        let path = Path::parse(head.uri.path()).map_err(|not_found| match not_found {
            NotFound::NotUtf8 => invalid(Failure::new(StatusCode::BAD_REQUEST, "The path is not UTF-8")),
            NotFound::Unknown(name) => invalid(Failure::not_found(&name)),
        })?;
        Ok(match path {
            Path::AllSystems => {
                let parameters = Parameters::parse(head.uri.query().unwrap_or_default());
                match SyncSource::from_request(head.method, &parameters).transpose().map_err(invalid)? {
                    Some(SyncSource { system, class, .. }) => {
                        Target { tenant: TenantRef::System(system), object: Some((class, None)) }
                    }
                    None => Target { tenant: TenantRef::All, object: None },
                }
            }
            Path::System { system, class, id, .. } => {
                Target { tenant: TenantRef::System(system), object: class.map(|class| (class, id)) }
            }
        })
    }

    fn refuse(&self, refusal: &Refusal, _: Head<'_>, _: &Exchange) -> Response<Vec<u8>> {
        let failure = match refusal {
            Refusal::UnknownCaller => Failure::unknown_caller(),
            Refusal::LockedOut { retry_after } => {
                let message = format!("Too many failed logins: try again in {retry_after} s");
                Failure::new(StatusCode::TOO_MANY_REQUESTS, message).with_retry_after(*retry_after)
            }
            Refusal::TooManyLogins => {
                let message = "Too many logins at a time: try again in 1 s";
                Failure::new(StatusCode::TOO_MANY_REQUESTS, message).with_retry_after(1)
            }
            Refusal::UnknownTenant(TenantRef::System(name)) => Failure::not_found(&format!("system/{name}")),
            Refusal::UnknownTenant(_) => Failure::not_found("system"),
            Refusal::NotPermitted { operation, system, .. } => {
                let message = format!("The operation {} is not allowed on system/{system}", operation.name());
                Failure::new(StatusCode::FORBIDDEN, message)
            }
            Refusal::Invalid { status, message, .. } | Refusal::Host { status, message } => Failure::new(*status, message),
        };
        failure.response()
    }
}

fn invalid(failure: Failure) -> Refusal {
    Refusal::Invalid { status: failure.status, code: None, message: failure.message, allow: None }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method, Uri};

    use super::*;
    use crate::write_target::WriteTarget;

    fn write_target(method: &str, uri: &str, headers: &HeaderMap) -> WriteTarget {
        let (method, uri): (Method, Uri) = (method.parse().unwrap(), uri.parse().unwrap());
        OpenIdm.write_target(Head { method: &method, uri: &uri, headers })
    }

    #[test]
    fn writes_differ_by_their_target() {
        let none = HeaderMap::new();
        let user = WriteTarget::owner("adele@contoso.com");
        assert_eq!(write_target("PUT", "/openidm/system/a/user/Adele%40contoso.com", &none), user);
        assert_eq!(write_target("PATCH", "/openidm/system/a/user/adele@CONTOSO.com?_fields=_id", &none), user);
        assert_eq!(write_target("POST", "/openidm/system/a/orgContact/adele@contoso.com?_action=permanentDelete", &none), user);
        for (method, target) in [
            ("GET", "user/adele@contoso.com"),
            ("POST", "user/adele@contoso.com?_action=liveSync"),
            ("POST", "contact"),
            ("POST", "?_action=test"),
        ] {
            let uri = format!("/openidm/system/a/{target}");
            assert_eq!(write_target(method, &uri, &none), WriteTarget::default(), "{method} {target}");
        }
    }

    #[test]
    fn too_many_logins_name_time_to_try_again() {
        let (method, uri, headers) = (Method::GET, Uri::from_static("/openidm/system"), HeaderMap::new());
        let exchange = Exchange { request_id: "1".to_owned(), now: std::time::SystemTime::UNIX_EPOCH };
        for frontend in [&OpenIdm as &dyn Frontend, &crate::azure_ad_graph::AzureAdGraph] {
            let head = Head { method: &method, uri: &uri, headers: &headers };
            let response = frontend.refuse(&Refusal::TooManyLogins, head, &exchange);
            assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(response.headers()["retry-after"], "1");
        }
    }

    #[test]
    fn idempotency_key_is_target_of_writes() {
        for value in ["k1", "\"k1\"", " k1 "] {
            let headers = HeaderMap::from_iter([(http::HeaderName::from_static("idempotency-key"), value.parse().unwrap())]);
            let created = write_target("POST", "/openidm/system/a/contact?_action=create", &headers);
            assert_eq!(created, WriteTarget { idempotency_key: Some("k1".to_owned()), ..WriteTarget::default() });
            assert_eq!(write_target("PUT", "/openidm/system/a/user/b", &headers).owner.as_deref(), Some("b"));
            assert_eq!(write_target("GET", "/openidm/system/a/user/b", &headers), WriteTarget::default());
        }
    }
}
