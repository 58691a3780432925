//! W3C Trace Context: relates the gateway's records of a call to the caller's trace.
//! <https://www.w3.org/TR/trace-context/#traceparent-header>

use std::fmt;

use http::HeaderMap;
use uuid::Uuid;

const TRACEPARENT: &str = "traceparent";

/// The id of a trace: 32 hexadecimal digits, not all of them 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TraceId([u8; 32]);

impl TraceId {
    /// Returns the caller's trace id if the request has exactly one valid `traceparent`, else a new one.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Self {
        let mut all = headers.get_all(TRACEPARENT).iter();
        let given = match (all.next(), all.next()) {
            (Some(one), None) => one.to_str().ok().and_then(Self::parse),
            _ => None,
        };
        given.unwrap_or_else(Self::generate)
    }

    fn generate() -> Self {
        let mut digits = [0; 32];
        Uuid::new_v4().simple().encode_lower(&mut digits);
        Self(digits)
    }

    /// Parses `00-{trace}-{parent}-{flags}`. A later version may append fields, which are ignored.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut next = |length: usize| {
            let hexadecimal = |part: &&str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            parts.next().filter(|part| part.len() == length).filter(hexadecimal)
        };
        let (version, trace, parent, _flags) = (next(2)?, next(32)?, next(16)?, next(2)?);
        let zero = |part: &str| part.bytes().all(|byte| byte == b'0');
        if version == "ff" || zero(trace) || zero(parent) || (version == "00" && parts.next().is_some()) {
            return None;
        }
        Some(Self(trace.as_bytes().try_into().ok()?))
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(&self.0).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn trace_id(values: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(TRACEPARENT, value.parse().unwrap());
        }
        TraceId::from_headers(&headers).to_string()
    }

    #[test]
    fn valid_traceparent_is_adopted() {
        for flags in ["00", "01", "ff"] {
            assert_eq!(trace_id(&[&format!("00-{TRACE}-00f067aa0ba902b7-{flags}")]), TRACE);
        }
        assert_eq!(trace_id(&[&format!("cc-{TRACE}-00f067aa0ba902b7-01-what-comes-later")]), TRACE, "a later version");
    }

    #[test]
    fn invalid_traceparent_is_replaced() {
        let one = format!("00-{TRACE}-00f067aa0ba902b7-01");
        let zeros = "0".repeat(32);
        for invalid in [
            String::new(),
            TRACE.to_owned(),
            format!("ff-{TRACE}-00f067aa0ba902b7-01"),
            format!("00-{zeros}-00f067aa0ba902b7-01"),
            format!("00-{TRACE}-0000000000000000-01"),
            format!("00-{}-00f067aa0ba902b7-01", TRACE.to_uppercase()),
            format!("00-{TRACE}-00f067aa0ba902b7"),
            format!("{one}-more"),
            format!("00-{TRACE}0-00f067aa0ba902b7-01"),
            format!("00-{}é-00f067aa0ba902b7-01", &TRACE[..30]),
        ] {
            let made = trace_id(&[&invalid]);
            assert!(made != TRACE && TraceId::parse(&format!("00-{made}-00f067aa0ba902b7-01")).is_some(), "{invalid}: {made}");
        }
        assert_ne!(trace_id(&[&one, &one]), TRACE, "only one is valid");
        assert_ne!(trace_id(&[]), trace_id(&[]));
    }
}
