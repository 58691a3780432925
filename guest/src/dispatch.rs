//! Routes HTTP requests to the REST frontends.

use connector::error::Result;
use connector::operations::send::network::Network;
use connector::response_writer::{BodyError, ResponseWriter};
use connector::settings::Settings;
use http::request::Parts;
use protocol::api::Api;

/// Handles a request. `body` reads the request body; it is called after authentication, and only if the body is needed.
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
