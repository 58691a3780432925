//! Errors of the connector as OpenIDM's failures.

use connector::error::{Error, ErrorKind};
use connector::operations::mailbox::idempotency_key::IDEMPOTENCY_KEY;
use connector::response_writer::BodyError;
use http::{Method, StatusCode};
use protocol::openidm::failure::Failure;
use protocol::openidm::parameters::Parameters;

use crate::request::request_type;

/// The operation that failed.
#[derive(Clone, Copy, PartialEq)]
pub enum FailedOperation {
    /// Reading an object.
    Read,
    /// Searching objects.
    Query,
    /// Creating an object.
    Create,
    /// Updating an object. For a user: before anything was written.
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

impl FailedOperation {
    /// Returns OpenIDM's name.
    fn name(self) -> &'static str {
        match self {
            FailedOperation::Read => "READ",
            FailedOperation::Query => "QUERY",
            FailedOperation::Create => "CREATE",
            FailedOperation::Update | FailedOperation::Contact => "UPDATE",
            FailedOperation::Patch => "PATCH",
            FailedOperation::Delete => "DELETE",
            FailedOperation::Action => "ACTION",
        }
    }
}

/// Creates the failure for wrong settings.
pub fn from_settings_error(error: Error) -> Failure {
    Failure::new(to_status(error.kind), format!("The gateway is not configured: {}", error.message))
}

/// Creates the failure for a body that could not be read.
pub fn from_body_error(error: BodyError) -> Failure {
    match error {
        BodyError::TooLarge(limit) => Failure::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("The request's body is larger than {limit} bytes; send fewer contacts at once"),
        ),
        BodyError::Incomplete => {
            Failure::new(StatusCode::REQUEST_TIMEOUT, "The request's body did not arrive in full: send the request again")
        }
    }
}

/// Creates the failure for an operation that the object class does not have.
pub fn not_implemented(method: &Method, parameters: &Parameters, class: &str) -> Failure {
    let operation = request_type(method, parameters);
    Failure::new(StatusCode::NOT_IMPLEMENTED, format!("Operation {operation} is not implemented for the object class {class}"))
}

/// Creates the failure of an operation on the object `id` of a class, such as `system/azuread/user`. The message begins with OpenIDM's
/// text and continues with the connector's.
pub fn from_operation_error(error: Error, operation: FailedOperation, class: &str, id: &str) -> Failure {
    let verb = operation.name();
    let object = format!("{class}/{id}");
    let prefix = match (error.kind, operation) {
        (ErrorKind::UnknownUid, FailedOperation::Read) => format!("Object {id} not found on {class}"),
        (ErrorKind::UnknownUid, FailedOperation::Update | FailedOperation::Patch | FailedOperation::Delete) => {
            format!("Operation {verb} could not find resource {id} on system object: {class}")
        }
        (ErrorKind::PermissionDenied, _) => format!("Permission was denied on {verb} operation for system object: {object}"),
        (ErrorKind::PreconditionFailed, FailedOperation::Update | FailedOperation::Patch | FailedOperation::Delete) => {
            format!("The resource version for {object} does not match the version provided")
        }
        (ErrorKind::PreconditionRequired, FailedOperation::Update | FailedOperation::Patch | FailedOperation::Delete) => {
            format!("No resource version for resource {id} has been provided on operation {verb} for system object: {class}")
        }
        (ErrorKind::AlreadyExists, FailedOperation::Create) => format!("System object {object} already exists"),
        (
            ErrorKind::Throttled
            | ErrorKind::Unavailable
            | ErrorKind::Timeout
            | ErrorKind::ConnectionFailed
            | ErrorKind::InvalidCredential,
            _,
        ) => {
            format!("Request temporarily unavailable on operation {verb} for system object: {object}")
        }
        _ => String::new(),
    };
    let message = if prefix.is_empty() { error.message.clone() } else { format!("{prefix}: {}", error.message) };
    let retry_after = error.retry_after().map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
    // A key of another request: draft-ietf-httpapi-idempotency-key-header, 2.7.
    let is_reused_key = error.attributes == [IDEMPOTENCY_KEY];
    let status = if is_reused_key { StatusCode::UNPROCESSABLE_ENTITY } else { to_status(error.kind) };
    Failure { status, retry_after, message, detail: Some(error.to_json()) }
}

/// Returns the status that OpenIDM has for an error of a connector (`ExceptionHelper`).
///
/// A credential that Microsoft Graph refuses is the connector's, so the status is not 401. ICF treats it as a failed connection.
fn to_status(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::UnknownUid => StatusCode::NOT_FOUND,
        ErrorKind::InvalidAttributeValue => StatusCode::BAD_REQUEST,
        ErrorKind::PermissionDenied => StatusCode::FORBIDDEN,
        ErrorKind::AlreadyExists | ErrorKind::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        ErrorKind::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
        ErrorKind::Throttled
        | ErrorKind::Unavailable
        | ErrorKind::Timeout
        | ErrorKind::ConnectionFailed
        | ErrorKind::InvalidCredential => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::ResyncRequired => StatusCode::GONE,
        ErrorKind::Unsupported => StatusCode::NOT_IMPLEMENTED,
        ErrorKind::Configuration | ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
