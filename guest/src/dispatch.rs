//! HTTP requests, each to the REST frontend whose it is.

use connector::error::Result;
use connector::operations::send::network::Network;
use connector::response_writer::{BodyError, ResponseWriter};
use connector::settings::Settings;
use http::request::Parts;
use protocol::api::Api;

/// Carries out a request. `body` reads its body, and is called after the caller is known and only where a body is needed.
pub fn handle(
    request: &Parts,
    body: impl FnOnce() -> std::result::Result<Vec<u8>, BodyError>,
    settings: &Result<Settings>,
    network: &dyn Network,
    writer: &mut dyn ResponseWriter,
) {
    let serves_directory = settings.as_ref().is_ok_and(|settings| !settings.gateway.directory.is_empty());
    match Api::of(request.into(), serves_directory) {
        Api::AzureAdGraph => azure_ad_graph::handle(request, body, settings, network, writer),
        Api::OpenIdm => openidm::handle(request, body, settings, network, writer),
    }
}
