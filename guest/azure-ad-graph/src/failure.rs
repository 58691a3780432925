//! Errors of the connector as failures of the Azure AD Graph API.

use connector::error::{Error, ErrorKind};
use connector::response_writer::BodyError;
use http::StatusCode;
use protocol::azure_ad_graph::failure::Failure;

/// The codes that Microsoft Graph's directory and Azure AD Graph share.
const SHARED_CODES: &[&str] = &[
    "Authorization_IdentityNotFound",
    "Authorization_RequestDenied",
    "Directory_ConcurrencyViolation",
    "Directory_ExpiredPageToken",
    "Directory_ObjectNotFound",
    "Directory_QuotaExceeded",
    "Directory_ReplicaUnavailable",
    "Request_BadRequest",
    "Request_MultipleObjectsWithSameKeyValue",
    "Request_ResourceNotFound",
    "Request_UnsupportedQuery",
    "Service_InternalServerError",
];

/// Creates the failure for a body that could not be read.
pub fn from_body_error(error: BodyError) -> Failure {
    match error {
        BodyError::TooLarge(limit) => Failure::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "Request_BadRequest",
            format!("The request's body is larger than {limit} bytes: send a smaller one."),
        ),
        BodyError::Incomplete => Failure::new(
            StatusCode::REQUEST_TIMEOUT,
            "Request_BadRequest",
            "The request's body did not arrive in full: send the request again.",
        ),
    }
}

/// Creates the failure for an error of the connector.
///
/// The kind of the error selects status and code. A code of Microsoft Graph's directory is passed on if Azure AD Graph has it.
pub fn from_error(error: Error) -> Failure {
    let graph = error.graph_code().and_then(|code| SHARED_CODES.iter().find(|shared| shared.eq_ignore_ascii_case(code)));
    let (status, code) = match error.kind {
        ErrorKind::UnknownUid => (StatusCode::NOT_FOUND, "Request_ResourceNotFound"),
        ErrorKind::AlreadyExists | ErrorKind::InvalidAttributeValue => (StatusCode::BAD_REQUEST, "Request_BadRequest"),
        ErrorKind::PermissionDenied => (StatusCode::FORBIDDEN, "Authorization_RequestDenied"),
        ErrorKind::PreconditionFailed | ErrorKind::PreconditionRequired => {
            (StatusCode::PRECONDITION_FAILED, "Directory_ConcurrencyViolation")
        }
        ErrorKind::Throttled => (StatusCode::SERVICE_UNAVAILABLE, "Request_ThrottledTemporarily"),
        ErrorKind::ResyncRequired => (StatusCode::BAD_REQUEST, "Directory_ExpiredPageToken"),
        ErrorKind::Unsupported => (StatusCode::NOT_IMPLEMENTED, "Request_UnsupportedQuery"),
        // The credential is the connector's. 401 would make the caller get itself a new one.
        ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::ConnectionFailed | ErrorKind::InvalidCredential => {
            (StatusCode::SERVICE_UNAVAILABLE, "Directory_ReplicaUnavailable")
        }
        ErrorKind::Configuration | ErrorKind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "Service_InternalServerError"),
    };
    // The same service is behind both APIs, and its messages are the same.
    let said = error.exchange.as_deref().and_then(|exchange| exchange.graph_message.clone());
    let said = said.filter(|_| graph.is_some() && matches!(status.as_u16(), 400 | 404));
    let mut failure = Failure::new(status, graph.copied().unwrap_or(code), said.unwrap_or_else(|| error.message.clone()));
    failure.retry_after = error.retry_after().map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
    failure.values = error.attributes.iter().map(|name| ("PropertyName", name.clone())).collect();
    let exchange = error.exchange.as_deref();
    failure.values.extend(exchange.and_then(|exchange| exchange.detail_code.clone()).map(|code| ("PropertyErrorCode", code)));
    let ids = [
        ("GraphRequestId", exchange.and_then(|exchange| exchange.request_id.clone())),
        ("GraphClientRequestId", exchange.and_then(|exchange| exchange.client_request_id.clone())),
        ("MayHaveTakenEffect", error.may_have_taken_effect.then(|| "true".to_owned())),
    ];
    failure.values.extend(ids.into_iter().filter_map(|(name, value)| Some((name, value?))));
    failure
}
