//! What goes wrong, as HTTP status and OpenIDM's error body.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::query::Parameters;
use super::request_type;
use crate::error::{Error, Kind};
use crate::frontends::json;
use crate::operations::network::BodyFault;

/// A failure, ready to be sent.
#[derive(Debug)]
pub struct Failure {
    /// The HTTP status.
    pub status: StatusCode,
    /// How long the caller has to wait before trying again.
    pub retry_after_seconds: Option<u64>,
    message: String,
    detail: Option<Value>,
}

/// What was being done when an operation failed.
#[derive(Clone, Copy, PartialEq)]
pub enum Operation {
    /// Reading an object.
    Read,
    /// Searching objects.
    Query,
    /// Creating an object.
    Create,
    /// Updating an object; of a user, before anything was written.
    Update,
    /// Patching an object.
    Patch,
    /// Deleting an object.
    Delete,
    /// Writing one of a user's contacts.
    Contact,
    /// An action on a class.
    Action,
}

impl Operation {
    /// The name that OpenIDM gives it.
    fn name(self) -> &'static str {
        match self {
            Operation::Read => "READ",
            Operation::Query => "QUERY",
            Operation::Create => "CREATE",
            Operation::Update | Operation::Contact => "UPDATE",
            Operation::Patch => "PATCH",
            Operation::Delete => "DELETE",
            Operation::Action => "ACTION",
        }
    }
}

impl Failure {
    /// A failure of the request itself.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Failure {
        Failure { status, retry_after_seconds: None, message: message.into(), detail: None }
    }

    /// The same with a `detail`.
    pub fn with_detail(self, detail: Value) -> Failure {
        Failure { detail: Some(detail), ..self }
    }

    /// The settings are wrong.
    pub fn of_settings(error: Error) -> Failure {
        Failure::new(status(error.kind), format!("The gateway is not configured: {}", error.message))
    }

    /// The body could not be read.
    pub fn of_body(fault: BodyFault) -> Failure {
        match fault {
            BodyFault::TooLarge(limit) => Failure::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("The request's body is larger than {limit} bytes; send fewer contacts at once"),
            ),
            BodyFault::Incomplete => Failure::new(StatusCode::REQUEST_TIMEOUT, "The request's body did not arrive in full"),
        }
    }

    /// The object class does not have this operation.
    pub fn not_implemented(method: &Method, parameters: &Parameters, class: &str) -> Failure {
        let operation = request_type(method, parameters);
        Failure::new(
            StatusCode::NOT_IMPLEMENTED,
            format!("Operation {operation} is not implemented for the object class {class}"),
        )
    }

    /// An operation failed on the object `id` of a class, as `system/azuread/user`. The message begins as OpenIDM's does, and
    /// goes on with what to do.
    pub fn of_operation(error: Error, operation: Operation, class: &str, id: &str) -> Failure {
        let verb = operation.name();
        let object = format!("{class}/{id}");
        let begin = match (error.kind, operation) {
            (Kind::UnknownUid, Operation::Read) => format!("Object {id} not found on {class}"),
            (Kind::UnknownUid, Operation::Update | Operation::Patch | Operation::Delete) => {
                format!("Operation {verb} could not find resource {id} on system object: {class}")
            }
            (Kind::PermissionDenied, _) => format!("Permission was denied on {verb} operation for system object: {object}"),
            (Kind::PreconditionFailed, Operation::Update | Operation::Patch | Operation::Delete) => {
                format!("The resource version for {object} does not match the version provided")
            }
            (Kind::PreconditionRequired, Operation::Update | Operation::Patch | Operation::Delete) => {
                format!("No resource version for resource {id} has been provided on operation {verb} for system object: {class}")
            }
            (Kind::AlreadyExists, Operation::Create) => format!("System object {object} already exists"),
            (Kind::Throttled | Kind::Unavailable | Kind::Timeout | Kind::ConnectionFailed | Kind::InvalidCredential, _) => {
                format!("Request temporarily unavailable on operation {verb} for system object: {object}")
            }
            _ => String::new(),
        };
        let message = if begin.is_empty() { error.message.clone() } else { format!("{begin}: {}", error.message) };
        let retry_after = error.retry_after().map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
        Failure { status: status(error.kind), retry_after_seconds: retry_after, message, detail: Some(json::error(&error)) }
    }

    /// The body: `code`, `reason`, `message` and `detail`.
    pub fn body(&self) -> Value {
        let reason = self.status.canonical_reason().unwrap_or_default();
        let mut body = json!({"code": self.status.as_u16(), "reason": reason, "message": escaped(&self.message)});
        if let Some(detail) = &self.detail {
            body["detail"] = detail.clone();
        }
        body
    }
}

/// The status that OpenIDM gives a connector's failure (`ExceptionHelper`).
///
/// A credential that Graph refuses is the connector's, not the caller's, so it is no 401: ICF has a connection fail then.
fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::UnknownUid => StatusCode::NOT_FOUND,
        Kind::InvalidAttributeValue => StatusCode::BAD_REQUEST,
        Kind::PermissionDenied => StatusCode::FORBIDDEN,
        Kind::AlreadyExists | Kind::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        Kind::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
        Kind::Throttled | Kind::Unavailable | Kind::Timeout | Kind::ConnectionFailed | Kind::InvalidCredential => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Kind::ResyncRequired => StatusCode::GONE,
        Kind::Unsupported => StatusCode::NOT_IMPLEMENTED,
        Kind::Configuration | Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// OpenIDM escapes messages for HTML, because pages show them and they quote what callers send.
fn escaped(message: &str) -> String {
    message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
