//! HTTP requests and responses with whole bodies.

/// An HTTP request with its whole body.
pub type HttpRequest = http::Request<Vec<u8>>;

/// An HTTP response with its whole body.
pub type HttpResponse = http::Response<Vec<u8>>;
