//! HTTP over `wasi:http`, both ways: the requests that the connector sends, and the requests that it responds to.
//!
//! Only this file uses waki, and only its bindings. waki's `Client` and `handler` have no deadline for an exchange and no limit
//! for a body, and trap when a peer disconnects.
//!
//! The order of drops matters: a stream before its body, a pollable before the resource that it polls. Hence the small scopes.

use std::time::{Duration, SystemTime};

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
/// The bindings of the wasi packages that the component's world shares with waki.
pub use waki::bindings::wasi;
use waki::bindings::wasi::clocks::monotonic_clock;
use waki::bindings::wasi::http::outgoing_handler;
use waki::bindings::wasi::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingBody, IncomingRequest, IncomingResponse, Method, OutgoingBody,
    OutgoingRequest, OutgoingResponse, RequestOptions, ResponseOutparam, Scheme, http_error_code,
};
use waki::bindings::wasi::io::poll::{Pollable, poll};
use waki::bindings::wasi::io::streams::{OutputStream, StreamError};

use connector::error::ErrorKind;
use connector::http_message::{HttpRequest, HttpResponse};
use connector::operations::send::network::{Network, TransportError};
use connector::response_writer::{BodyError, Disconnected, ResponseWriter};

/// The longest response body that is read, in bytes: a page of contacts with long notes.
const MAX_RESPONSE_BODY: usize = 8 << 20;

/// The longest request body that a REST frontend reads, in bytes: a thousand contacts.
const MAX_REQUEST_BODY: usize = 4 << 20;

/// The bytes of one read.
const READ_CHUNK: u64 = 64 << 10;

/// The bytes of one write of a streamed response.
const WRITE_CHUNK: usize = 64 << 10;

/// The host's network.
pub struct Wasi;

impl Network for Wasi {
    fn send(&self, request: HttpRequest, deadline: Duration) -> Result<HttpResponse, TransportError> {
        let timer = Timer::at(deadline);
        let response = send(request, &timer)?;
        receive(response, &timer)
    }

    fn now(&self) -> Duration {
        Duration::from_nanos(monotonic_clock::now())
    }

    fn date(&self) -> SystemTime {
        SystemTime::now()
    }

    fn wait_until(&self, time: Duration) {
        let time = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        monotonic_clock::subscribe_instant(time).block();
    }

    fn random(&self) -> u128 {
        uuid::Uuid::new_v4().as_u128()
    }
}

/// A deadline that can be waited for.
struct Timer {
    deadline: u64,
    pollable: Pollable,
}

impl Timer {
    fn at(deadline: Duration) -> Timer {
        let deadline = u64::try_from(deadline.as_nanos()).unwrap_or(u64::MAX);
        Timer { deadline, pollable: monotonic_clock::subscribe_instant(deadline) }
    }

    /// Returns the nanoseconds until the deadline, at least one.
    fn remaining(&self) -> u64 {
        self.deadline.saturating_sub(monotonic_clock::now()).max(1)
    }

    /// Waits until `pollable` is ready. Returns false if the deadline passes first.
    fn wait(&self, pollable: &Pollable) -> bool {
        pollable.ready() || poll(&[pollable, &self.pollable]).contains(&0)
    }
}

fn timeout_error(may_have_arrived: bool) -> TransportError {
    TransportError::new(ErrorKind::Timeout, may_have_arrived, "the deadline passed")
}

fn internal_error(what: &str) -> TransportError {
    TransportError::new(ErrorKind::Internal, false, format!("the host's HTTP does not accept {what}"))
}

/// Sends a request. Returns the response to wait for.
fn send(request: HttpRequest, timer: &Timer) -> Result<FutureIncomingResponse, TransportError> {
    let (head, body) = request.into_parts();
    let fields = Fields::new();
    for (name, value) in &head.headers {
        append(&fields, name.as_str(), value.as_bytes());
    }
    if !body.is_empty() {
        append(&fields, "content-length", body.len().to_string().as_bytes());
    }
    let outgoing = OutgoingRequest::new(fields);
    let scheme = match head.uri.scheme_str() {
        Some("http") => Scheme::Http,
        _ => Scheme::Https,
    };
    outgoing.set_method(&to_wasi_method(&head.method)).map_err(|()| internal_error("the method"))?;
    outgoing.set_scheme(Some(&scheme)).map_err(|()| internal_error("the scheme"))?;
    outgoing.set_authority(head.uri.authority().map(|a| a.as_str())).map_err(|()| internal_error("the host's name"))?;
    outgoing.set_path_with_query(head.uri.path_and_query().map(|p| p.as_str())).map_err(|()| internal_error("the path"))?;
    let options = RequestOptions::new();
    // A host may support fewer timeouts; the deadline holds without them.
    let _ = options.set_connect_timeout(Some(timer.remaining()));
    let _ = options.set_first_byte_timeout(Some(timer.remaining()));
    let _ = options.set_between_bytes_timeout(Some(timer.remaining()));
    // A request whose body is opened is chunked, even if nothing is written.
    let out = if body.is_empty() { None } else { Some(outgoing.body().map_err(|()| internal_error("a body"))?) };
    let response = outgoing_handler::handle(outgoing, Some(options)).map_err(|code| to_transport_error(&code, false))?;
    if let Some(out) = out {
        let sent = out.write().map_err(|()| WriteError::Closed).and_then(|stream| write_all(&stream, &body, timer));
        match sent {
            // A service may respond before it has read everything: then its response says more than the failed write.
            Ok(()) | Err(WriteError::Closed) => drop(OutgoingBody::finish(out, None)),
            Err(WriteError::Timeout) => return Err(timeout_error(true)),
        }
    }
    Ok(response)
}

/// Adds a header, unless the host forbids it. Some hosts forbid `content-length`, and those that add a credential
/// `authorization`.
fn append(fields: &Fields, name: &str, value: &[u8]) {
    let _ = fields.append(&name.to_owned(), &value.to_vec());
}

fn to_wasi_method(method: &http::Method) -> Method {
    match method.as_str() {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        "DELETE" => Method::Delete,
        other => Method::Other(other.to_owned()),
    }
}

enum WriteError {
    Closed,
    Timeout,
}

/// Writes all bytes to the stream of a body.
fn write_all(stream: &OutputStream, bytes: &[u8], timer: &Timer) -> Result<(), WriteError> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let capacity = wait_for_capacity(stream, timer)?.min(rest.len());
        let (now, later) = rest.split_at(capacity);
        stream.write(now).map_err(|_| WriteError::Closed)?;
        rest = later;
    }
    stream.flush().map_err(|_| WriteError::Closed)?;
    wait_for_capacity(stream, timer).map(|_| ())
}

/// Waits until the stream accepts bytes. Returns how many.
fn wait_for_capacity(stream: &OutputStream, timer: &Timer) -> Result<usize, WriteError> {
    let ready = stream.subscribe();
    loop {
        match stream.check_write() {
            Ok(0) if !timer.wait(&ready) => return Err(WriteError::Timeout),
            Ok(0) => {}
            Ok(capacity) => return Ok(usize::try_from(capacity).unwrap_or(usize::MAX)),
            Err(_) => return Err(WriteError::Closed),
        }
    }
}

/// Waits for a response and reads it.
fn receive(response: FutureIncomingResponse, timer: &Timer) -> Result<HttpResponse, TransportError> {
    {
        let ready = response.subscribe();
        if !timer.wait(&ready) {
            return Err(timeout_error(true));
        }
    }
    let incoming = match response.get() {
        Some(Ok(Ok(incoming))) => incoming,
        Some(Ok(Err(code))) => return Err(to_transport_error(&code, true)),
        Some(Err(())) | None => return Err(TransportError { may_have_arrived: true, ..internal_error("reading its response") }),
    };
    let status = incoming.status();
    let headers = to_header_map(&incoming.headers());
    let body = read_body(&incoming, timer)?;
    let mut response = http::Response::new(body);
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::BAD_GATEWAY);
    *response.headers_mut() = headers;
    Ok(response)
}

/// Returns the headers, without those whose name or value HTTP does not allow.
fn to_header_map(fields: &Fields) -> HeaderMap {
    let read = |(name, value): (String, Vec<u8>)| {
        Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_bytes(&value).ok()?))
    };
    fields.entries().into_iter().filter_map(read).collect()
}

fn read_body(incoming: &IncomingResponse, timer: &Timer) -> Result<Vec<u8>, TransportError> {
    let body = incoming.consume().map_err(|()| internal_error("reading a response"))?;
    read_all(&body, MAX_RESPONSE_BODY, timer).map_err(|error| match error {
        ReadError::Timeout => timeout_error(true),
        ReadError::TooLarge => TransportError {
            kind: ErrorKind::Unavailable,
            may_have_arrived: true,
            is_response_too_long: true,
            is_transient: false,
            message: format!("the response is longer than {MAX_RESPONSE_BODY} bytes and was not read"),
        },
        ReadError::Broken(Some(code)) => to_transport_error(&code, true),
        ReadError::Broken(None) => to_transport_error(&ErrorCode::HttpResponseIncomplete, true),
    })
}

enum ReadError {
    Timeout,
    TooLarge,
    Broken(Option<ErrorCode>),
}

/// Reads a body to its end.
fn read_all(body: &IncomingBody, limit: usize, timer: &Timer) -> Result<Vec<u8>, ReadError> {
    let stream = body.stream().map_err(|()| ReadError::Broken(None))?;
    let ready = stream.subscribe();
    let mut bytes = Vec::new();
    loop {
        match stream.read(READ_CHUNK) {
            Ok(chunk) if chunk.is_empty() => {
                if !timer.wait(&ready) {
                    return Err(ReadError::Timeout);
                }
            }
            Ok(chunk) if bytes.len() + chunk.len() > limit => return Err(ReadError::TooLarge),
            Ok(chunk) => bytes.extend_from_slice(&chunk),
            Err(StreamError::Closed) => return Ok(bytes),
            Err(StreamError::LastOperationFailed(error)) => return Err(ReadError::Broken(http_error_code(&error))),
        }
    }
}

/// Returns the error for a failure of HTTP. `under_way`: the host has the request, so that it may have arrived unless the failure
/// itself shows that it did not.
///
/// <https://github.com/WebAssembly/wasi-http/blob/v0.2.2/wit/types.wit>, `error-code`
fn to_transport_error(code: &ErrorCode, under_way: bool) -> TransportError {
    use ErrorCode as E;
    // `arrived`: a connection may have carried the request. `is_transient`: the same request can succeed later.
    let (kind, arrived, is_transient, meaning) = match code {
        E::DnsTimeout => (ErrorKind::ConnectionFailed, false, true, "the name server did not respond in time"),
        E::DnsError(_) | E::DestinationNotFound => {
            (ErrorKind::ConnectionFailed, false, false, "the host name of Microsoft Graph was not found (GRAPH_ENDPOINT)")
        }
        E::DestinationUnavailable | E::DestinationIpUnroutable | E::ConnectionRefused | E::ConnectionTimeout => (
            ErrorKind::ConnectionFailed,
            false,
            true,
            "Microsoft Graph or the host's token service could not be reached (GRAPH_ENDPOINT, and the host's network)",
        ),
        E::DestinationIpProhibited => (
            ErrorKind::ConnectionFailed,
            false,
            false,
            "the host's outbound policy refuses this request: the name leads to an address that it does not connect to",
        ),
        E::HttpRequestDenied => (
            ErrorKind::ConnectionFailed,
            false,
            false,
            "the host's outbound policy refuses this request: compare GRAPH_ENDPOINT with the endpoint that the host allows",
        ),
        E::ConnectionLimitReached => (ErrorKind::ConnectionFailed, false, true, "the host allows no more requests at the moment"),
        E::TlsProtocolError | E::TlsCertificateError | E::TlsAlertReceived(_) => {
            (ErrorKind::ConnectionFailed, false, false, "no trusted TLS connection to Microsoft Graph could be made")
        }
        E::ConnectionTerminated | E::ConnectionReadTimeout | E::ConnectionWriteTimeout => {
            (ErrorKind::ConnectionFailed, true, true, "the connection to Microsoft Graph broke")
        }
        E::HttpResponseTimeout => (ErrorKind::Timeout, true, false, "Microsoft Graph did not respond in time"),
        E::HttpRequestLengthRequired
        | E::HttpRequestBodySize(_)
        | E::HttpRequestMethodInvalid
        | E::HttpRequestUriInvalid
        | E::HttpRequestUriTooLong
        | E::HttpRequestHeaderSectionSize(_)
        | E::HttpRequestHeaderSize(_)
        | E::HttpRequestTrailerSectionSize(_)
        | E::HttpRequestTrailerSize(_) => {
            (ErrorKind::InvalidAttributeValue, false, false, "the host does not send such a request")
        }
        E::HttpResponseBodySize(_) | E::HttpResponseHeaderSectionSize(_) | E::HttpResponseHeaderSize(_) => {
            (ErrorKind::Unavailable, true, false, "the response is longer than the host allows")
        }
        E::HttpResponseIncomplete
        | E::HttpResponseTrailerSectionSize(_)
        | E::HttpResponseTrailerSize(_)
        | E::HttpResponseTransferCoding(_)
        | E::HttpResponseContentCoding(_)
        | E::HttpUpgradeFailed
        | E::HttpProtocolError => (ErrorKind::Unavailable, true, true, "the response is incomplete, or not HTTP"),
        E::LoopDetected | E::ConfigurationError => (
            ErrorKind::Configuration,
            false,
            false,
            "the host's network or its credential for Microsoft Graph is misconfigured (see the host's log)",
        ),
        E::InternalError(_) => (ErrorKind::ConnectionFailed, true, true, "the host's HTTP failed"),
    };
    let is_response_too_long = matches!(code, E::HttpResponseBodySize(_));
    let error = TransportError::new(kind, under_way && arrived, format!("{meaning} ({code:?})"));
    TransportError { is_response_too_long, is_transient, ..error }
}

/// Characters that a URI does not allow and some callers send: the commands of the OpenICF page have quotes in the query.
const INVALID_IN_URI: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'\\').add(b'^').add(b'|').add(b'{').add(b'}');

/// Serves an HTTP request: `respond` writes the response to the [`ResponseWriter`]. `timeout` applies to reading the request, and
/// again to writing the response.
///
/// A caller that disconnects ends the exchange, and nothing else.
pub fn serve<R>(request: IncomingRequest, out: ResponseOutparam, timeout: Duration, respond: R)
where
    R: FnOnce(&Parts, &dyn Fn() -> Result<Vec<u8>, BodyError>, &mut dyn ResponseWriter),
{
    let within = || Timer::at(Duration::from_nanos(monotonic_clock::now()).saturating_add(timeout));
    let mut writer =
        WasiResponseWriter { out: Some(out), head: None, stream: None, body: None, buffered: Vec::new(), timeout, timer: None };
    match parse_head(&request) {
        Some(parts) => respond(&parts, &|| read_request_body(&request, &parts.headers, &within()), &mut writer),
        None => {
            let mut response = http::Response::new(b"The request line is not HTTP".to_vec());
            *response.status_mut() = http::StatusCode::BAD_REQUEST;
            writer.write_whole(response);
        }
    }
}

fn parse_head(request: &IncomingRequest) -> Option<Parts> {
    let method = match request.method() {
        Method::Get => "GET".to_owned(),
        Method::Head => "HEAD".to_owned(),
        Method::Post => "POST".to_owned(),
        Method::Put => "PUT".to_owned(),
        Method::Delete => "DELETE".to_owned(),
        Method::Connect => "CONNECT".to_owned(),
        Method::Options => "OPTIONS".to_owned(),
        Method::Trace => "TRACE".to_owned(),
        Method::Patch => "PATCH".to_owned(),
        Method::Other(name) => name,
    };
    let target = request.path_with_query().unwrap_or_else(|| "/".to_owned());
    let target = utf8_percent_encode(&target, INVALID_IN_URI).to_string();
    let (mut parts, ()) = http::Request::builder().method(method.as_str()).uri(target).body(()).ok()?.into_parts();
    parts.headers = to_header_map(&request.headers());
    // Hosts withhold the `Host` header and give its value as the authority.
    if let Some(Ok(authority)) = request.authority().map(HeaderValue::try_from) {
        parts.headers.entry(header::HOST).or_insert(authority);
    }
    Some(parts)
}

fn read_request_body(request: &IncomingRequest, headers: &HeaderMap, timer: &Timer) -> Result<Vec<u8>, BodyError> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > MAX_REQUEST_BODY) {
        return Err(BodyError::TooLarge(MAX_REQUEST_BODY));
    }
    let body = request.consume().map_err(|()| BodyError::Incomplete)?;
    read_all(&body, MAX_REQUEST_BODY, timer).map_err(|error| match error {
        ReadError::TooLarge => BodyError::TooLarge(MAX_REQUEST_BODY),
        ReadError::Timeout | ReadError::Broken(_) => BodyError::Incomplete,
    })
}

/// The writer of a response to the caller of the component.
struct WasiResponseWriter {
    /// The host's place for the head, until the head is sent.
    out: Option<ResponseOutparam>,
    /// The head, until it is sent with the first chunk: a body of one chunk gets a `content-length`.
    head: Option<http::response::Parts>,
    /// The body's stream, which is dropped before the body.
    stream: Option<OutputStream>,
    body: Option<OutgoingBody>,
    /// Written and not yet sent: many small writes become few large ones.
    buffered: Vec<u8>,
    timeout: Duration,
    timer: Option<Timer>,
}

impl WasiResponseWriter {
    fn send_head(&mut self, length: Option<usize>) -> Result<(), Disconnected> {
        let Some(head) = self.head.take() else { return Ok(()) };
        let out = self.out.take().ok_or(Disconnected)?;
        let fields = Fields::new();
        for (name, value) in &head.headers {
            append(&fields, name.as_str(), value.as_bytes());
        }
        if let Some(length) = length {
            append(&fields, "content-length", length.to_string().as_bytes());
        }
        let outgoing = OutgoingResponse::new(fields);
        let set = outgoing.set_status_code(head.status.as_u16());
        let body = outgoing.body();
        ResponseOutparam::set(out, Ok(outgoing));
        let body = set.and(body).map_err(|()| Disconnected)?;
        self.stream = Some(body.write().map_err(|()| Disconnected)?);
        self.body = Some(body);
        self.timer = Some(Timer::at(Duration::from_nanos(monotonic_clock::now()).saturating_add(self.timeout)));
        Ok(())
    }

    fn send(&mut self, length: Option<usize>) -> Result<(), Disconnected> {
        self.send_head(length)?;
        let (Some(stream), Some(timer)) = (&self.stream, &self.timer) else { return Err(Disconnected) };
        let bytes = std::mem::take(&mut self.buffered);
        write_all(stream, &bytes, timer).map_err(|_| Disconnected)
    }
}

impl ResponseWriter for WasiResponseWriter {
    fn write_whole(&mut self, response: HttpResponse) {
        let (head, bytes) = response.into_parts();
        (self.head, self.buffered) = (Some(head), bytes);
        self.end();
    }

    fn begin(&mut self, head: http::Response<()>) -> Result<(), Disconnected> {
        self.head = Some(head.into_parts().0);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Disconnected> {
        self.buffered.extend_from_slice(bytes);
        if self.buffered.len() < WRITE_CHUNK { Ok(()) } else { self.send(None) }
    }

    fn discard(&mut self) -> bool {
        let can = self.out.is_some();
        if can {
            self.head = None;
            self.buffered.clear();
        }
        can
    }

    fn end(&mut self) {
        if self.send(Some(self.buffered.len())).is_ok()
            && let Some(body) = self.body.take()
        {
            self.stream = None;
            drop(OutgoingBody::finish(body, None));
        }
    }
}

impl Drop for WasiResponseWriter {
    /// Sends the head of a response that was aborted before its first chunk: the caller sees an incomplete body.
    fn drop(&mut self) {
        let _ = self.send_head(None);
        self.stream = None;
    }
}
