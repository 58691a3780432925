//! `graph-contacts emulator`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::backend::{self, Behaviour, USER_ID, USER_PRINCIPAL_NAME};
use super::emulated_cloud::EmulatedCloud;
use super::signals::Stops;

#[derive(Args)]
pub(super) struct Run {
    /// The address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    listen: IpAddr,
    /// The port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The only access token that is accepted; without it, any is.
    #[arg(long, env = "EMULATOR_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// A plan of what goes wrong, in JSON: docs/emulator.md describes it.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Which of Microsoft's clouds it is: global, us-government or china. [default: global]
    #[arg(long, value_name = "CLOUD")]
    cloud: Option<EmulatedCloud>,
}

impl Run {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let token = if self.token.is_some() { "$EMULATOR_TOKEN" } else { "any" };
        let behaviour = Behaviour { faults: self.faults.as_deref(), cloud: self.cloud };
        let emulator = backend::start(SocketAddr::new(self.listen, self.port), self.token, behaviour).await?;
        let endpoint = emulator.endpoint();
        println!("Microsoft Graph is emulated at {endpoint}, with the user {USER_ID} ({USER_PRINCIPAL_NAME}).");
        println!("Try: curl --header \"Authorization: Bearer {token}\" {endpoint}/v1.0/users/{USER_ID}/contacts");
        Stops::listen()?.next().await?;
        emulator.stop().await;
        Ok(ExitCode::SUCCESS)
    }
}
