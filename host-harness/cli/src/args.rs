//! The command line.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use graph_contacts_host::Limits;

use crate::options::{LogFormat, Options};
use crate::{config, emulator, serve};

/// Manage Microsoft 365 contacts through a sandboxed connector.
///
/// The access token for Microsoft Graph comes from GRAPH_ACCESS_TOKEN, or from a file with --access-token-file. It stays with
/// this program: the component in the sandbox never sees it.
#[derive(Parser)]
#[command(name = "graph-contacts", version, subcommand_help_heading = "Commands", disable_help_subcommand = true)]
#[command(after_help = "Any other command is the component's own: try `graph-contacts contacts --help`.")]
pub(crate) struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the OpenIDM and Azure AD Graph APIs.
    ///
    /// Callers log in with GATEWAY_USERNAME and GATEWAY_PASSWORD of this program's environment. With --config, the gateway
    /// serves many tenants, each with its own callers.
    Serve(serve::Args),
    /// Run an in-memory Microsoft Graph on this machine.
    Emulator(emulator::Args),
    /// Check the configuration of `serve --config`, and create hashes.
    #[command(subcommand)]
    Config(config::Command),
    #[command(external_subcommand)]
    Component(Vec<String>),
}

impl Cli {
    pub(crate) fn log_format(&self) -> LogFormat {
        self.options.log_format
    }

    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Serve(args) => args.run(&self.options).await,
            Command::Emulator(args) => args.run().await,
            Command::Config(command) => command.run(),
            Command::Component(arguments) => {
                let settings = self.options.settings()?;
                // The user waits for this one call and can interrupt it; a long list takes long.
                let cpu_time = Duration::from_secs(60 * 60);
                let limits = Limits { concurrency: 1, requests: usize::MAX, cpu_time, ..Limits::default() };
                let host = self.options.component_host(limits)?;
                Ok(host.run_command(&arguments, &settings).await?)
            }
        }
    }
}
