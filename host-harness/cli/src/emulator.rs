//! `graph-contacts emulator`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use graph_contacts_host::Cloud;
use graph_emulator::Variation;

use crate::demo::{self, EmulatorConfig, USER_ID, USER_PRINCIPAL_NAME};
use crate::signals::StopSignals;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    listen: IpAddr,
    /// Port to listen on; 0 selects a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The only access token to accept. [default: any]
    #[arg(long, env = "EMULATOR_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Fault plan in JSON (docs/emulator.md).
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Cloud to emulate, by its name in `--cloud` of the gateway. [default: global]
    #[arg(long, value_name = "CLOUD")]
    cloud: Option<Cloud>,
    /// Vary the responses by this seed (docs/emulator.md).
    #[arg(long, value_name = "SEED")]
    vary: Option<Variation>,
}

impl Args {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let token = if self.token.is_some() { "$EMULATOR_TOKEN" } else { "any" };
        let config = EmulatorConfig { faults: self.faults.as_deref(), cloud: self.cloud, variation: self.vary };
        let emulator = demo::start_emulator(SocketAddr::new(self.listen, self.port), self.token, config).await?;
        let endpoint = emulator.endpoint();
        println!("Emulating Microsoft Graph at {endpoint}, with the user {USER_ID} ({USER_PRINCIPAL_NAME}).");
        println!("Try: curl --header \"Authorization: Bearer {token}\" {endpoint}/v1.0/users/{USER_ID}/contacts");
        StopSignals::listen()?.wait().await?;
        emulator.stop().await;
        Ok(ExitCode::SUCCESS)
    }
}
