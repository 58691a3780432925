//! Pages of changes, and the tokens between them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{Error, Result};
use crate::graph::delta::{self, DeltaChange, DeltaResponse};
use crate::graph::request::GraphRequest;
use crate::operations::connector::Connector;

/// A page of changes.
#[derive(Debug, PartialEq)]
pub struct DeltaPage<C> {
    /// The changes, in their order. The same may come again.
    pub changes: Vec<C>,
    /// The token to go on with. It is good to be kept as soon as these changes are dealt with.
    pub token: String,
    /// Whether there is more to be had at once.
    pub more: bool,
}

impl Connector<'_> {
    /// A page of changes, whose rows `change` reads.
    pub(in crate::operations) fn delta_page<C>(
        &self,
        request: &GraphRequest,
        change: impl Fn(DeltaChange) -> C,
    ) -> Result<DeltaPage<C>> {
        let page = DeltaResponse::read(self.service(), self.send(request)?)?;
        let changes = page.rows.into_iter().map(change).collect();
        Ok(DeltaPage { changes, token: URL_SAFE_NO_PAD.encode(page.link), more: page.more })
    }
}

/// The request at which a token goes on, of those that `first` begins; without a token the first.
pub(in crate::operations) fn resume(first: GraphRequest, token: Option<&str>) -> Result<GraphRequest> {
    match token {
        None => Ok(first),
        Some(token) => delta::resume(&first, &link(token)?),
    }
}

fn link(token: &str) -> Result<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| Error::invalid_attribute("token", "it is none of this connector's"))
}
