//! Which requests may leave: those to the endpoint with a method and path on the allow-list.

use http::{Method, Uri};
use protocol::allowed_requests::{is_allowed, is_allowed_path};
use protocol::graph_path::GraphPath;
use reqwest::Url;
use wasmtime_wasi_http::Error;

use crate::http_client::endpoint::Endpoint;
use crate::settings::Settings;

/// Which requests of one sandbox may leave.
#[derive(Debug, Clone)]
pub(super) struct EgressPolicy {
    /// `None` allows nothing.
    pub(super) endpoint: Option<Endpoint>,
    /// Whether the requests that only the Azure AD Graph frontend sends may leave.
    pub(super) serves_directory: bool,
}

impl EgressPolicy {
    /// Creates the policy for the endpoint of `settings`; without endpoint and cloud, for Microsoft Graph's global service.
    pub(super) fn new(settings: &Settings) -> Self {
        let global = || settings.cloud.is_none().then(|| Endpoint::GLOBAL.parse().ok()).flatten();
        let endpoint = settings.graph_endpoint().or_else(global);
        Self { endpoint, serves_directory: !settings.directory.is_empty() }
    }

    /// Returns the URL of a request that may leave.
    ///
    /// The check is on the URL that the client will connect to, as its own parser reads it. Two parsers that disagree about a
    /// host could be used to bypass the policy.
    ///
    /// # Errors
    ///
    /// If the request may not leave.
    pub(super) fn authorize(&self, method: &Method, uri: &Uri) -> Result<Url, Error> {
        let url = Url::parse(&uri.to_string()).map_err(|_| Error::HttpRequestUriInvalid)?;
        if !self.endpoint.as_ref().is_some_and(|endpoint| endpoint.covers(&url)) {
            let allowed = self.endpoint.as_ref().map_or("nothing", Endpoint::as_str);
            tracing::warn!(
                refused = %url.origin().ascii_serialization(),
                %method,
                "refused a request of the component: only {allowed} is allowed; set another with --endpoint or GRAPH_ENDPOINT"
            );
            return Err(Error::HttpRequestDenied);
        }
        // The parser removes `.` and `..`, so that a contact with the id `..` would become its parent.
        if url.path().split('/').count() != uri.path().split('/').count() {
            tracing::warn!(%method, "refused a request of the component: its path has a segment `.` or `..`");
            return Err(Error::HttpRequestUriInvalid);
        }
        if !is_allowed(method.as_str(), url.path(), self.serves_directory) {
            tracing::warn!(%method, "refused a request of the component: its method and path are not on the allow-list");
            return Err(Error::HttpRequestDenied);
        }
        Ok(url)
    }

    /// Returns whether a request of a batch may leave, by its method and its path after the version.
    pub(super) fn is_allowed_in_batch(&self, method: &Method, path: &GraphPath) -> bool {
        is_allowed_path(method.as_str(), path, self.serves_directory)
    }
}
