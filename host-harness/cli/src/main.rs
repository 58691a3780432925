//! The command `graph-contacts`.

mod args;
mod config;
mod default_paths;
mod demo;
mod emulator;
mod file_watcher;
mod log;
mod options;
mod quickstart;
mod serve;
mod serve_tenants;
mod shutdown;
mod signals;

use std::process::ExitCode;

use clap::Parser as _;

use self::args::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    log::start(cli.log_format());
    let status = cli.run().await.unwrap_or_else(|error| {
        log::print(&format!("graph-contacts: {error:#}"));
        ExitCode::FAILURE
    });
    log::flush().await;
    status
}
