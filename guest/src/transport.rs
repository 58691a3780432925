//! HTTP over `wasi:http`, both ways: the requests that the connector sends, and those that it answers.
//!
//! The one file that knows waki. It uses waki's bindings, and not its `Client` and `handler`: those know no deadline for an
//! exchange and no limit for a body, and trap when a peer goes away.
//!
//! Dropping order matters here: a stream goes before its body, a pollable before what it is of. Hence the small scopes.

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

use connector::error::Kind;
use connector::http_message::{HttpRequest, HttpResponse};
use connector::operations::send::network::{Network, TransportError};
use connector::response_writer::{BodyError, Disconnected, ResponseWriter};

/// The longest answer that is read, in bytes: a page of contacts with long notes.
const ANSWER_LIMIT: usize = 8 << 20;

/// The longest body of a request to the HTTP frontend that is read, in bytes: a thousand contacts.
const BODY_LIMIT: usize = 4 << 20;

/// Bytes that are read at once.
const CHUNK: u64 = 64 << 10;

/// Bytes of an answer that are sent at once, where it is written piece by piece.
const PIECE: usize = 64 << 10;

/// The host's network.
pub struct Wasi;

impl Network for Wasi {
    fn send(&self, request: HttpRequest, deadline: Duration) -> Result<HttpResponse, TransportError> {
        let timer = Timer::at(deadline);
        let answer = start(request, &timer)?;
        read(answer, &timer)
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

    /// Nanoseconds until the deadline, at least one.
    fn left(&self) -> u64 {
        self.deadline.saturating_sub(monotonic_clock::now()).max(1)
    }

    /// Waits until `pollable` is ready. Gives whether it is; otherwise the deadline has passed.
    fn wait(&self, pollable: &Pollable) -> bool {
        pollable.ready() || poll(&[pollable, &self.pollable]).contains(&0)
    }
}

fn timeout(may_have_arrived: bool) -> TransportError {
    TransportError { kind: Kind::Timeout, may_have_arrived, message: "the deadline passed".to_owned() }
}

fn internal(what: &str) -> TransportError {
    TransportError { kind: Kind::Internal, may_have_arrived: false, message: format!("the host's HTTP does not take {what}") }
}

/// Sends a request. Gives the answer to wait for.
fn start(request: HttpRequest, timer: &Timer) -> Result<FutureIncomingResponse, TransportError> {
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
    outgoing.set_method(&method(&head.method)).map_err(|()| internal("the method"))?;
    outgoing.set_scheme(Some(&scheme)).map_err(|()| internal("the scheme"))?;
    outgoing.set_authority(head.uri.authority().map(|a| a.as_str())).map_err(|()| internal("the host's name"))?;
    outgoing.set_path_with_query(head.uri.path_and_query().map(|p| p.as_str())).map_err(|()| internal("the path"))?;
    let options = RequestOptions::new();
    // A host may know fewer timeouts; the deadline holds without them.
    let _ = options.set_connect_timeout(Some(timer.left()));
    let _ = options.set_first_byte_timeout(Some(timer.left()));
    let _ = options.set_between_bytes_timeout(Some(timer.left()));
    // Opening the body of a request that has none would make it a chunked one.
    let out = if body.is_empty() { None } else { Some(outgoing.body().map_err(|()| internal("a body"))?) };
    let answer = outgoing_handler::handle(outgoing, Some(options)).map_err(|code| fault(&code, false))?;
    if let Some(out) = out {
        let sent = out.write().map_err(|()| WriteFault::Closed).and_then(|stream| write(&stream, &body, timer));
        match sent {
            // A service may answer before it has read everything: then the answer tells more than the failure to send.
            Ok(()) | Err(WriteFault::Closed) => drop(OutgoingBody::finish(out, None)),
            Err(WriteFault::Timeout) => return Err(timeout(true)),
        }
    }
    Ok(answer)
}

/// Adds a header, unless the host forbids it: as some do with `content-length`, and those with `authorization` that add their own.
fn append(fields: &Fields, name: &str, value: &[u8]) {
    let _ = fields.append(&name.to_owned(), &value.to_vec());
}

fn method(method: &http::Method) -> Method {
    match method.as_str() {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        "DELETE" => Method::Delete,
        other => Method::Other(other.to_owned()),
    }
}

enum WriteFault {
    Closed,
    Timeout,
}

/// Writes all of `bytes` to a body's stream, which there is once for each body.
fn write(stream: &OutputStream, bytes: &[u8], timer: &Timer) -> Result<(), WriteFault> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let room = room(stream, timer)?.min(rest.len());
        let (now, later) = rest.split_at(room);
        stream.write(now).map_err(|_| WriteFault::Closed)?;
        rest = later;
    }
    stream.flush().map_err(|_| WriteFault::Closed)?;
    room(stream, timer).map(|_| ())
}

/// Waits until the stream takes bytes, and gives how many.
fn room(stream: &OutputStream, timer: &Timer) -> Result<usize, WriteFault> {
    let ready = stream.subscribe();
    loop {
        match stream.check_write() {
            Ok(0) if !timer.wait(&ready) => return Err(WriteFault::Timeout),
            Ok(0) => {}
            Ok(room) => return Ok(usize::try_from(room).unwrap_or(usize::MAX)),
            Err(_) => return Err(WriteFault::Closed),
        }
    }
}

/// Waits for the answer and reads it.
fn read(answer: FutureIncomingResponse, timer: &Timer) -> Result<HttpResponse, TransportError> {
    {
        let ready = answer.subscribe();
        if !timer.wait(&ready) {
            return Err(timeout(true));
        }
    }
    let incoming = match answer.get() {
        Some(Ok(Ok(incoming))) => incoming,
        Some(Ok(Err(code))) => return Err(fault(&code, true)),
        Some(Err(())) | None => return Err(TransportError { may_have_arrived: true, ..internal("that its answer is read") }),
    };
    let status = incoming.status();
    let headers = headers(&incoming.headers());
    let body = body(&incoming, timer)?;
    let mut response = http::Response::new(body);
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::BAD_GATEWAY);
    *response.headers_mut() = headers;
    Ok(response)
}

/// The headers, without those whose name or value HTTP does not allow.
fn headers(fields: &Fields) -> HeaderMap {
    let read = |(name, value): (String, Vec<u8>)| {
        Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_bytes(&value).ok()?))
    };
    fields.entries().into_iter().filter_map(read).collect()
}

fn body(incoming: &IncomingResponse, timer: &Timer) -> Result<Vec<u8>, TransportError> {
    let body = incoming.consume().map_err(|()| internal("that an answer is read"))?;
    read_all(&body, ANSWER_LIMIT, timer).map_err(|fault| match fault {
        ReadFault::Timeout => timeout(true),
        ReadFault::TooLarge => TransportError {
            kind: Kind::Unavailable,
            may_have_arrived: true,
            message: format!("the answer is longer than {ANSWER_LIMIT} bytes and was not read"),
        },
        ReadFault::Broken(Some(code)) => self::fault(&code, true),
        ReadFault::Broken(None) => self::fault(&ErrorCode::HttpResponseIncomplete, true),
    })
}

enum ReadFault {
    Timeout,
    TooLarge,
    Broken(Option<ErrorCode>),
}

/// Reads a body to its end.
fn read_all(body: &IncomingBody, limit: usize, timer: &Timer) -> Result<Vec<u8>, ReadFault> {
    let stream = body.stream().map_err(|()| ReadFault::Broken(None))?;
    let ready = stream.subscribe();
    let mut bytes = Vec::new();
    loop {
        match stream.read(CHUNK) {
            Ok(chunk) if chunk.is_empty() => {
                if !timer.wait(&ready) {
                    return Err(ReadFault::Timeout);
                }
            }
            Ok(chunk) if bytes.len() + chunk.len() > limit => return Err(ReadFault::TooLarge),
            Ok(chunk) => bytes.extend_from_slice(&chunk),
            Err(StreamError::Closed) => return Ok(bytes),
            Err(StreamError::LastOperationFailed(error)) => return Err(ReadFault::Broken(http_error_code(&error))),
        }
    }
}

/// What a failure of HTTP means. `under_way` says that the request had been handed over, so that it may have arrived unless
/// the failure itself shows that it has not.
///
/// <https://github.com/WebAssembly/wasi-http/blob/v0.2.2/wit/types.wit>, `error-code`
fn fault(code: &ErrorCode, under_way: bool) -> TransportError {
    use ErrorCode as E;
    // Whether there can have been a connection over which the request went.
    let (kind, arrived, meaning) = match code {
        E::DnsTimeout | E::DnsError(_) | E::DestinationNotFound => {
            (Kind::ConnectionFailed, false, "the name of Microsoft Graph's host was not found (GRAPH_ENDPOINT)")
        }
        E::DestinationUnavailable | E::DestinationIpUnroutable | E::ConnectionRefused | E::ConnectionTimeout => (
            Kind::ConnectionFailed,
            false,
            "Microsoft Graph could not be reached (GRAPH_ENDPOINT, and the host's network), or the host's token service",
        ),
        E::DestinationIpProhibited | E::HttpRequestDenied => {
            (Kind::ConnectionFailed, false, "the host's outbound policy does not allow the request: allow it there")
        }
        E::ConnectionLimitReached => (Kind::ConnectionFailed, false, "the host allows no more requests for now"),
        E::TlsProtocolError | E::TlsCertificateError | E::TlsAlertReceived(_) => {
            (Kind::ConnectionFailed, false, "no trusted TLS connection to Microsoft Graph came about")
        }
        E::ConnectionTerminated | E::ConnectionReadTimeout | E::ConnectionWriteTimeout => {
            (Kind::ConnectionFailed, true, "the connection to Microsoft Graph broke")
        }
        E::HttpResponseTimeout => (Kind::Timeout, true, "Microsoft Graph did not answer in time"),
        E::HttpRequestLengthRequired
        | E::HttpRequestBodySize(_)
        | E::HttpRequestMethodInvalid
        | E::HttpRequestUriInvalid
        | E::HttpRequestUriTooLong
        | E::HttpRequestHeaderSectionSize(_)
        | E::HttpRequestHeaderSize(_)
        | E::HttpRequestTrailerSectionSize(_)
        | E::HttpRequestTrailerSize(_) => (Kind::InvalidAttributeValue, false, "the host does not send a request like this"),
        E::HttpResponseIncomplete
        | E::HttpResponseHeaderSectionSize(_)
        | E::HttpResponseHeaderSize(_)
        | E::HttpResponseBodySize(_)
        | E::HttpResponseTrailerSectionSize(_)
        | E::HttpResponseTrailerSize(_)
        | E::HttpResponseTransferCoding(_)
        | E::HttpResponseContentCoding(_)
        | E::HttpUpgradeFailed
        | E::HttpProtocolError => (Kind::Unavailable, true, "the answer did not arrive whole, or is not HTTP"),
        E::LoopDetected | E::ConfigurationError => (
            Kind::Configuration,
            false,
            "the host's network or its credential for Microsoft Graph is not set up rightly (its log says more)",
        ),
        E::InternalError(_) => (Kind::ConnectionFailed, true, "the host's HTTP failed"),
    };
    TransportError { kind, may_have_arrived: under_way && arrived, message: format!("{meaning} ({code:?})") }
}

/// What may not stand in an address, though some callers send it: the OpenICF page's own commands have quotes in the query.
const REPAIRED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'\\').add(b'^').add(b'|').add(b'{').add(b'}');

/// Answers an HTTP request: `answer` gives the answer to the [`ResponseWriter`]. `timeout` is for reading the request, and again for writing
/// the answer.
///
/// A caller that goes away ends the exchange, and nothing else.
pub fn serve<A>(request: IncomingRequest, out: ResponseOutparam, timeout: Duration, answer: A)
where
    A: FnOnce(&Parts, &dyn Fn() -> Result<Vec<u8>, BodyError>, &mut dyn ResponseWriter),
{
    let within = || Timer::at(Duration::from_nanos(monotonic_clock::now()).saturating_add(timeout));
    let mut caller = Caller { out: Some(out), head: None, stream: None, body: None, waiting: Vec::new(), timeout, timer: None };
    match parts(&request) {
        Some(parts) => answer(&parts, &|| request_body(&request, &parts.headers, &within()), &mut caller),
        None => {
            let mut response = http::Response::new(b"The request line is not HTTP".to_vec());
            *response.status_mut() = http::StatusCode::BAD_REQUEST;
            caller.write_whole(response);
        }
    }
}

fn parts(request: &IncomingRequest) -> Option<Parts> {
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
    let target = utf8_percent_encode(&target, REPAIRED).to_string();
    let (mut parts, ()) = http::Request::builder().method(method.as_str()).uri(target).body(()).ok()?.into_parts();
    parts.headers = headers(&request.headers());
    // Hosts keep `Host` back, and say the same in a way of their own.
    if let Some(Ok(authority)) = request.authority().map(HeaderValue::try_from) {
        parts.headers.entry(header::HOST).or_insert(authority);
    }
    Some(parts)
}

fn request_body(request: &IncomingRequest, headers: &HeaderMap, timer: &Timer) -> Result<Vec<u8>, BodyError> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > BODY_LIMIT) {
        return Err(BodyError::TooLarge(BODY_LIMIT));
    }
    let body = request.consume().map_err(|()| BodyError::Incomplete)?;
    read_all(&body, BODY_LIMIT, timer).map_err(|fault| match fault {
        ReadFault::TooLarge => BodyError::TooLarge(BODY_LIMIT),
        ReadFault::Timeout | ReadFault::Broken(_) => BodyError::Incomplete,
    })
}

/// Who asked.
struct Caller {
    /// Where the head of the answer goes, until it is gone there.
    out: Option<ResponseOutparam>,
    /// The head, until it is sent: with the first piece of the body, so that a body of one piece has its length said.
    head: Option<http::response::Parts>,
    /// The body's stream, which has to go before the body.
    stream: Option<OutputStream>,
    body: Option<OutgoingBody>,
    /// What was written and has not been sent yet, so that many small pieces are few large ones.
    waiting: Vec<u8>,
    timeout: Duration,
    timer: Option<Timer>,
}

impl Caller {
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
        let bytes = std::mem::take(&mut self.waiting);
        write(stream, &bytes, timer).map_err(|_| Disconnected)
    }
}

impl ResponseWriter for Caller {
    fn write_whole(&mut self, answer: HttpResponse) {
        let (head, bytes) = answer.into_parts();
        (self.head, self.waiting) = (Some(head), bytes);
        self.end();
    }

    fn begin(&mut self, head: http::Response<()>) -> Result<(), Disconnected> {
        self.head = Some(head.into_parts().0);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Disconnected> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() < PIECE { Ok(()) } else { self.send(None) }
    }

    fn discard(&mut self) -> bool {
        let can = self.out.is_some();
        if can {
            self.head = None;
            self.waiting.clear();
        }
        can
    }

    fn end(&mut self) {
        if self.send(Some(self.waiting.len())).is_ok()
            && let Some(body) = self.body.take()
        {
            self.stream = None;
            drop(OutgoingBody::finish(body, None));
        }
    }
}

impl Drop for Caller {
    /// An answer that broke off before its first piece was sent: its head goes, and its body breaks off.
    fn drop(&mut self) {
        let _ = self.send_head(None);
        self.stream = None;
    }
}
