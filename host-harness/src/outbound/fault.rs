//! What went wrong on the way, in the words of wasi:http.
//!
//! The component tells from them whether the service may have seen the request, so a fault before it was sent must not
//! look like one after, and a body that was cut off must not look like its end.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};

use http_body_util::LengthLimitError;
use tower_http::timeout::TimeoutError;
use wasmtime_wasi_http::Error;

use super::connect_timeout::ConnectTimedOut;
use super::public_addresses::NotPublic;

/// Why there was no response.
pub(super) fn of_request(error: &reqwest::Error) -> Error {
    tracing::debug!(error = %chain(error), "a request to Microsoft Graph failed");
    // Of the request's own body: that of the response is read later.
    if find::<LengthLimitError>(error).is_some() {
        return Error::HttpRequestBodySize(None);
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
        return of_tls(tls);
    }
    match io_kind(error) {
        Some(ErrorKind::ConnectionRefused) => Error::ConnectionRefused,
        Some(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown) => {
            Error::DestinationUnavailable
        }
        Some(ErrorKind::TimedOut) if error.is_connect() => Error::ConnectionTimeout,
        Some(ErrorKind::TimedOut) => Error::HttpResponseTimeout,
        // A name without addresses ends here too.
        _ if error.is_connect() && find::<io::Error>(error).is_none() => Error::DestinationUnavailable,
        Some(_) => Error::ConnectionTerminated,
        None if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) => Error::HttpProtocolError,
        None if find::<hyper::Error>(error).is_some_and(hyper::Error::is_incomplete_message) => Error::ConnectionTerminated,
        None if error.is_builder() => Error::HttpRequestUriInvalid,
        None => Error::HttpProtocolError,
    }
}

/// Why the component's body for a request could not be read.
pub(super) fn of_request_body(error: Box<dyn StdError + Send + Sync>, limit: usize) -> Error {
    if error.is::<LengthLimitError>() {
        return Error::HttpRequestBodySize(Some(limit as u64));
    }
    match error.downcast::<Error>() {
        Ok(error) => *error,
        Err(error) => Error::InternalError(Some(format!("the body of a request: {error}"))),
    }
}

/// Why a response's body broke off.
pub(super) fn of_body(error: Box<dyn StdError + Send + Sync>, limit: usize) -> Error {
    let error: &(dyn StdError + 'static) = &*error;
    tracing::debug!(error = %chain(error), "a response of Microsoft Graph broke off");
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
        // What the decompressor finds wrong.
        Some(_) => Error::HttpResponseContentCoding(Some("gzip".to_owned())),
    }
}

fn of_tls(error: &rustls::Error) -> Error {
    match error {
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => Error::TlsCertificateError,
        rustls::Error::AlertReceived(alert) => {
            Error::TlsAlertReceived { alert_id: Some(u8::from(*alert)), alert_message: Some(format!("{alert:?}")) }
        }
        _ => Error::TlsProtocolError,
    }
}

/// The first cause of this type. An I/O error holds its cause aside.
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

/// The causes alone: the outermost text may have the URL, and a URL may name a person.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
