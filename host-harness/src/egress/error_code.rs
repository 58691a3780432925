//! Transport errors as error codes of wasi:http.
//!
//! The component tells from the code whether the service may have received the request. So an error before it was sent must not
//! look like one after, and an incomplete body must not look like its end.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};

use http_body_util::LengthLimitError;
use tower_http::timeout::TimeoutError;
use wasmtime_wasi_http::Error;

use super::request_body::LengthMismatch;
use crate::http_client::connect_timeout::ConnectTimedOut;
use crate::http_client::public_addresses::NotPublic;

/// Converts the error of a request without a response.
pub(super) fn from_client_error(error: &reqwest::Error) -> Error {
    tracing::debug!(error = %chain(error), "a request to Microsoft Graph failed");
    // Of the request's body, because the response's is read later.
    if find::<LengthLimitError>(error).is_some() {
        return Error::HttpRequestBodySize(None);
    }
    if find::<LengthMismatch>(error).is_some() {
        return Error::HttpProtocolError;
    }
    if find::<ConnectTimedOut>(error).is_some() {
        return Error::ConnectionTimeout;
    }
    if find::<NotPublic>(error).is_some() {
        return Error::DestinationIpProhibited;
    }
    if error.is_dns() {
        return Error::DnsError { rcode: Some("the name could not be resolved".to_owned()), info_code: None };
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return from_tls_error(tls);
    }
    match io_kind(error) {
        Some(ErrorKind::ConnectionRefused) => Error::ConnectionRefused,
        Some(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown) => {
            Error::DestinationUnavailable
        }
        Some(ErrorKind::TimedOut) if error.is_connect() => Error::ConnectionTimeout,
        Some(ErrorKind::TimedOut) => Error::HttpResponseTimeout,
        // A name without addresses comes here too.
        _ if error.is_connect() && find::<io::Error>(error).is_none() => Error::DestinationUnavailable,
        Some(_) => Error::ConnectionTerminated,
        None if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) => Error::HttpProtocolError,
        None if find::<hyper::Error>(error).is_some_and(hyper::Error::is_incomplete_message) => Error::ConnectionTerminated,
        None if error.is_builder() => Error::HttpRequestUriInvalid,
        None => Error::HttpProtocolError,
    }
}

/// Converts the error of reading a request's body from the component.
pub(super) fn from_request_body_error(error: Box<dyn StdError + Send + Sync>, limit: usize) -> Error {
    if error.is::<LengthLimitError>() {
        return Error::HttpRequestBodySize(Some(limit as u64));
    }
    if error.is::<LengthMismatch>() {
        return Error::HttpProtocolError;
    }
    match error.downcast::<Error>() {
        Ok(error) => *error,
        Err(error) => Error::InternalError(Some(format!("the body of a request: {error}"))),
    }
}

/// Converts the error of reading a response's body.
pub(super) fn from_response_body_error(error: Box<dyn StdError + Send + Sync>, limit: usize) -> Error {
    let error: &(dyn StdError + 'static) = &*error;
    tracing::debug!(error = %chain(error), "a response of Microsoft Graph is incomplete");
    if find::<LengthLimitError>(error).is_some() {
        return Error::HttpResponseBodySize(Some(limit as u64));
    }
    if find::<TimeoutError>(error).is_some() {
        return Error::ConnectionReadTimeout;
    }
    if let Some(hyper) = find::<hyper::Error>(error) {
        return if hyper.is_parse() { Error::HttpProtocolError } else { Error::HttpResponseIncomplete };
    }
    match io_kind(error) {
        None | Some(ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted) => {
            Error::HttpResponseIncomplete
        }
        // An error of the decompressor.
        Some(_) => Error::HttpResponseContentCoding(Some("gzip".to_owned())),
    }
}

fn from_tls_error(error: &rustls::Error) -> Error {
    match error {
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => Error::TlsCertificateError,
        rustls::Error::AlertReceived(alert) => {
            Error::TlsAlertReceived { alert_id: Some(u8::from(*alert)), alert_message: Some(format!("{alert:?}")) }
        }
        _ => Error::TlsProtocolError,
    }
}

/// Returns the first cause of this type. An I/O error does not list its inner error among its sources.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn io_kind(error: &(dyn StdError + 'static)) -> Option<ErrorKind> {
    find::<io::Error>(error).map(io::Error::kind)
}

/// Returns the causes without the outermost message, which may show the URL, and a URL may name a person.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
