//! A REST API of the gateway, as both sides of the sandbox see it.
//!
//! The component carries out requests. Before that, its host authorizes the caller, and refuses a request in the API's form. Both use
//! the same implementation of [`Frontend`]. [`crate::api`] lists the APIs.

use http::{HeaderMap, Method, Request, Response, StatusCode, Uri, request};

use crate::operation::Operation;
use crate::write_target::{WriteTarget, get_idempotency_key};

/// The rules of a REST API.
pub trait Frontend: Sync {
    /// Checks whether a request is for this API. `serves_directory` is as for [`crate::api::Api::of`].
    fn matches(&self, head: Head<'_>, serves_directory: bool) -> bool;

    /// Returns the response to a request that everybody may make and whose response is the same for everybody, such as a description
    /// of the API.
    fn public_document(&self, _: Head<'_>) -> Option<Result<Response<Vec<u8>>, Refusal>> {
        None
    }

    /// Returns the operations that a caller must be allowed for the request: one, or for a batch all that its items may be.
    fn operations(&self, head: Head<'_>) -> Result<&'static [Operation], Refusal>;

    /// Returns the tenant and the object that the request is about.
    fn target(&self, head: Head<'_>) -> Result<Target, Refusal>;

    /// Returns what the request writes to, as far as its head tells.
    fn write_target(&self, head: Head<'_>) -> WriteTarget {
        if !self.operations(head).is_ok_and(|operations| operations.iter().any(|operation| operation.is_write())) {
            return WriteTarget::default();
        }
        let object = match self.target(head) {
            Ok(Target { object: Some((_, Some(id))), .. }) => WriteTarget::from_uid(&id),
            _ => WriteTarget::default(),
        };
        WriteTarget { idempotency_key: get_idempotency_key(head.headers), ..object }
    }

    /// Returns the response that refuses a request.
    fn refuse(&self, refusal: &Refusal, head: Head<'_>, exchange: &Exchange) -> Response<Vec<u8>>;
}

/// A request without its body.
#[derive(Clone, Copy, Debug)]
pub struct Head<'r> {
    /// The method.
    pub method: &'r Method,
    /// Path and query.
    pub uri: &'r Uri,
    /// The headers.
    pub headers: &'r HeaderMap,
}

impl<'r> From<&'r request::Parts> for Head<'r> {
    fn from(parts: &'r request::Parts) -> Head<'r> {
        Head { method: &parts.method, uri: &parts.uri, headers: &parts.headers }
    }
}

impl<'r, B> From<&'r Request<B>> for Head<'r> {
    fn from(request: &'r Request<B>) -> Head<'r> {
        Head { method: request.method(), uri: request.uri(), headers: request.headers() }
    }
}

/// What a request is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The tenant.
    pub tenant: TenantRef,
    /// The object class or collection, and the id of one object in it.
    pub object: Option<(String, Option<String>)>,
}

/// A tenant, as a path refers to it.
#[derive(Clone, Debug, PartialEq)]
pub enum TenantRef {
    /// Every tenant of the caller.
    All,
    /// The tenant of that system name.
    System(String),
    /// The tenant whose directory has that id or domain.
    Directory(String),
    /// The tenant of the caller, whose directory it is.
    OfCaller,
}

/// Why a request is refused before the component carries it out.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The request does not prove who calls.
    UnknownCaller,
    /// The caller failed to log in too often, and may try again after so many seconds.
    LockedOut {
        /// Seconds.
        retry_after: u64,
    },
    /// Too many logins wait to be checked.
    TooManyLogins,
    /// The tenant does not exist, or it is not the caller's: the response does not tell which.
    UnknownTenant(TenantRef),
    /// The caller may not do this.
    NotPermitted {
        /// The operation that is not allowed.
        operation: Operation,
        /// Whether the operation is one of several that the request may be.
        is_one_of_several: bool,
        /// The name of the tenant's system.
        system: String,
    },
    /// The request is not one of the API's.
    Invalid {
        /// The HTTP status.
        status: StatusCode,
        /// The API's error code, where it has codes.
        code: Option<&'static str>,
        /// What is wrong, and what to do.
        message: String,
        /// The methods that the resource has, where the request has another one.
        allow: Option<String>,
    },
    /// The host cannot have the component carry the request out.
    Host {
        /// The HTTP status.
        status: StatusCode,
        /// What is wrong, and what to do.
        message: String,
    },
}

impl Refusal {
    /// Returns a refusal with a status and a message for the caller.
    pub fn host(status: StatusCode, message: impl Into<String>) -> Refusal {
        Refusal::Host { status, message: message.into() }
    }
}

/// How a response names the exchange that it belongs to.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The gateway's id of the request.
    pub request_id: String,
    /// The time.
    pub now: std::time::SystemTime,
}
