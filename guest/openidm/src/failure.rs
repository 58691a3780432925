//! What goes wrong in the connector, as OpenIDM's failure.

use connector::error::{Error, Kind};
use connector::response_writer::BodyError;
use http::{Method, StatusCode};
use protocol::openidm::failure::Failure;
use protocol::openidm::parameters::Parameters;

use crate::request::request_type;

/// What was being done when an operation failed.
#[derive(Clone, Copy, PartialEq)]
pub enum FailedOperation {
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

impl FailedOperation {
    /// The name that OpenIDM gives it.
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

/// The settings are wrong.
pub fn of_settings(error: Error) -> Failure {
    Failure::new(status(error.kind), format!("The gateway is not configured: {}", error.message))
}

/// The body could not be read.
pub fn of_body(error: BodyError) -> Failure {
    match error {
        BodyError::TooLarge(limit) => Failure::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("The request's body is larger than {limit} bytes; send fewer contacts at once"),
        ),
        BodyError::Incomplete => Failure::new(StatusCode::REQUEST_TIMEOUT, "The request's body did not arrive in full"),
    }
}

/// The object class does not have this operation.
pub fn not_implemented(method: &Method, parameters: &Parameters, class: &str) -> Failure {
    let operation = request_type(method, parameters);
    Failure::new(StatusCode::NOT_IMPLEMENTED, format!("Operation {operation} is not implemented for the object class {class}"))
}

/// An operation failed on the object `id` of a class, as `system/azuread/user`. The message begins as OpenIDM's does, and
/// goes on with what to do.
pub fn of_operation(error: Error, operation: FailedOperation, class: &str, id: &str) -> Failure {
    let verb = operation.name();
    let object = format!("{class}/{id}");
    let begin = match (error.kind, operation) {
        (Kind::UnknownUid, FailedOperation::Read) => format!("Object {id} not found on {class}"),
        (Kind::UnknownUid, FailedOperation::Update | FailedOperation::Patch | FailedOperation::Delete) => {
            format!("Operation {verb} could not find resource {id} on system object: {class}")
        }
        (Kind::PermissionDenied, _) => format!("Permission was denied on {verb} operation for system object: {object}"),
        (Kind::PreconditionFailed, FailedOperation::Update | FailedOperation::Patch | FailedOperation::Delete) => {
            format!("The resource version for {object} does not match the version provided")
        }
        (Kind::PreconditionRequired, FailedOperation::Update | FailedOperation::Patch | FailedOperation::Delete) => {
            format!("No resource version for resource {id} has been provided on operation {verb} for system object: {class}")
        }
        (Kind::AlreadyExists, FailedOperation::Create) => format!("System object {object} already exists"),
        (Kind::Throttled | Kind::Unavailable | Kind::Timeout | Kind::ConnectionFailed | Kind::InvalidCredential, _) => {
            format!("Request temporarily unavailable on operation {verb} for system object: {object}")
        }
        _ => String::new(),
    };
    let message = if begin.is_empty() { error.message.clone() } else { format!("{begin}: {}", error.message) };
    let retry_after = error.retry_after().map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
    Failure { status: status(error.kind), retry_after, message, detail: Some(error.to_json()) }
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
