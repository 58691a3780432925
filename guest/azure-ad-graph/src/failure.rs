//! What goes wrong in the connector, as a failure of the Azure AD Graph API.

use connector::error::{Error, Kind};
use connector::response_writer::BodyError;
use http::StatusCode;
use protocol::azure_ad_graph::failure::Failure;

/// The codes that Microsoft Graph's directory and Azure AD Graph have in common.
const SHARED: &[&str] = &[
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

/// The body could not be read.
pub fn of_body(error: BodyError) -> Failure {
    match error {
        BodyError::TooLarge(limit) => Failure::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "Request_BadRequest",
            format!("The request's body is larger than {limit} bytes."),
        ),
        BodyError::Incomplete => {
            Failure::new(StatusCode::REQUEST_TIMEOUT, "Request_BadRequest", "The request's body did not arrive in full.")
        }
    }
}

/// Status and code by the kind of error, or as Microsoft Graph's directory says; the message is the connector's.
pub fn of_operation(error: Error) -> Failure {
    let graph = error.graph_code().and_then(|code| SHARED.iter().find(|shared| shared.eq_ignore_ascii_case(code)));
    let (status, code) = match error.kind {
        Kind::UnknownUid => (StatusCode::NOT_FOUND, "Request_ResourceNotFound"),
        Kind::AlreadyExists | Kind::InvalidAttributeValue => (StatusCode::BAD_REQUEST, "Request_BadRequest"),
        Kind::PermissionDenied => (StatusCode::FORBIDDEN, "Authorization_RequestDenied"),
        Kind::PreconditionFailed | Kind::PreconditionRequired => {
            (StatusCode::PRECONDITION_FAILED, "Directory_ConcurrencyViolation")
        }
        Kind::Throttled => (StatusCode::SERVICE_UNAVAILABLE, "Request_ThrottledTemporarily"),
        Kind::ResyncRequired => (StatusCode::BAD_REQUEST, "Directory_ExpiredPageToken"),
        Kind::Unsupported => (StatusCode::NOT_IMPLEMENTED, "Request_UnsupportedQuery"),
        // The credential is the connector's, and not the caller's: 401 would have the caller get itself another.
        Kind::Unavailable | Kind::Timeout | Kind::ConnectionFailed | Kind::InvalidCredential => {
            (StatusCode::SERVICE_UNAVAILABLE, "Directory_ReplicaUnavailable")
        }
        Kind::Configuration | Kind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "Service_InternalServerError"),
    };
    // The service behind both has the same words for the same.
    let said = error.exchange.as_deref().and_then(|exchange| exchange.said.clone());
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
