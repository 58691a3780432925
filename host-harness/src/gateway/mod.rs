//! The gateway: an HTTP/1.1 server in front of the component's `wasi:http/incoming-handler`.
//!
//! Each request has a sandbox of its own. Whatever happens in one, the server keeps serving.

mod admin_server;
mod audited_body;
mod component_body;
mod connection;
mod connection_table;
mod exchange;
mod host_header;
mod inbound_hooks;
mod listener;
mod multi_tenant;
mod refusal;
mod request_body;
mod request_target;
mod response_body;
mod server;
mod single_party;
mod stalled_writes;
mod status_page;

pub use self::admin_server::AdminServer;
pub use self::listener::bind;
pub use self::server::Gateway;
