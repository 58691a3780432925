//! Pages of changes, and the tokens between them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{Error, Result};
use crate::graph::delta::{self, DeltaChange, DeltaResponse};
use crate::graph::page;
use crate::graph::request::GraphRequest;
use crate::operations::connector::Connector;
use crate::operations::send::page_progress::PageProgress;

/// A page of changes.
#[derive(Debug, PartialEq)]
pub struct DeltaPage<C> {
    /// The changes, in order. A change can occur again on a later page.
    pub changes: Vec<C>,
    /// The token of the next changes. A caller keeps it once it has processed these changes.
    pub token: String,
    /// Whether there are more changes now.
    pub more: bool,
}

impl Connector<'_> {
    /// Returns a page of changes. `change` converts each.
    ///
    /// The token has the path of the request, whose mailbox a caller may read, and the query of the service's link.
    pub(in crate::operations) fn fetch_delta_page<C>(
        &self,
        request: &GraphRequest,
        change: impl Fn(DeltaChange) -> C,
    ) -> Result<DeltaPage<C>> {
        let page = self.send_for_page(&mut request.clone(), &mut None)?;
        let page = DeltaResponse::parse(self.service(), page)?;
        let link = page::respell(request, &page.link)?;
        if page.more {
            PageProgress::from_request(request).follow(&link)?;
        }
        let changes = page.changes.into_iter().map(change).collect();
        Ok(DeltaPage { changes, token: URL_SAFE_NO_PAD.encode(link), more: page.more })
    }
}

/// Returns the request that continues at a token. Without a token, it is `first`.
pub(in crate::operations) fn resume(first: GraphRequest, token: Option<&str>) -> Result<GraphRequest> {
    match token {
        None => Ok(first),
        Some(token) => delta::resume(&first, &decode_link(token)?),
    }
}

fn decode_link(token: &str) -> Result<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| Error::invalid_attribute("token", "expected a token of this connector"))
}
