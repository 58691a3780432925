//! The command line: `graph-contacts`.

mod backend;
mod changes;
mod config;
mod emulated_cloud;
mod emulator;
mod guidance;
mod hosting;
mod serve;
mod signals;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use graph_contacts_host::{Artifacts, Cloud, Connector, Credential, Endpoint, Limits, RateLimit, Settings, WayOut};

/// A Microsoft 365 contacts connector in a sandbox.
///
/// The access token for Microsoft Graph is read from GRAPH_ACCESS_TOKEN, or from a file with --access-token-file. It stays
/// with this program: the component that runs in the sandbox never sees it.
#[derive(Parser)]
#[command(name = "graph-contacts", version, subcommand_help_heading = "Commands", disable_help_subcommand = true)]
#[command(after_help = "Everything else is the component's own command line: try `graph-contacts contacts --help`.")]
pub(crate) struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

/// What all commands have.
#[derive(Args)]
struct Options {
    /// How the log on standard error is written: text, or json for a line of JSON each. RUST_LOG says how much of it.
    #[arg(long, value_name = "FORMAT", env = "LOG_FORMAT", default_value = "text")]
    log_format: LogFormat,
    /// The component. [default: graph_contacts.wasm beside this program, else where `make build` puts it]
    #[arg(long, value_name = "FILE", env = "GRAPH_CONTACTS_COMPONENT")]
    component: Option<PathBuf>,
    /// Where the compiled component is kept, so that it is compiled once: a directory that only you can write to. [default:
    /// graph-contacts among the user's caches]
    #[arg(long, value_name = "DIRECTORY", env = "GRAPH_CONTACTS_ARTIFACTS")]
    artifacts: Option<PathBuf>,
    /// The cloud of Microsoft's that the tenant is in: global, us-gov-l4, us-gov-l5, china, bleu, delos or govsg. [default: global]
    #[arg(long, value_name = "NAME", env = "GRAPH_CLOUD")]
    cloud: Option<Cloud>,
    /// Where Microsoft Graph is, without the version. [default: the cloud's, https://graph.microsoft.com]
    #[arg(long, value_name = "URL", env = "GRAPH_ENDPOINT")]
    endpoint: Option<Endpoint>,
    /// Microsoft Graph's version: v1.0 or beta. [default: v1.0]
    #[arg(long, value_name = "VERSION", env = "GRAPH_API_VERSION")]
    api_version: Option<String>,
    /// A file with the access token.
    #[arg(long, value_name = "FILE")]
    access_token_file: Option<PathBuf>,
    /// How long an operation may take, in seconds.
    #[arg(long, value_name = "SECONDS", env = "GRAPH_TIMEOUT_SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// How often a request is repeated at most, after failures that may pass. [default: 3]
    #[arg(long, value_name = "TIMES", env = "GRAPH_MAX_RETRIES")]
    max_retries: Option<u32>,
    /// The wait before the first repetition, in seconds, where Microsoft Graph names none. [default: 3]
    #[arg(long, value_name = "SECONDS", env = "GRAPH_RETRY_DELAY_SECONDS", value_parser = seconds)]
    retry_delay: Option<Duration>,
    /// Whether a new contact carries a key, by which it is found again when an answer got lost. [default: on]
    #[arg(long, value_name = "ON|OFF", env = "GRAPH_EXACTLY_ONCE", value_parser = on_or_off)]
    exactly_once: Option<bool>,
    /// How many requests that read may leave in a time, such as 30/sec; the others wait. Units are sec, min and hour. [default:
    /// no limit]
    #[arg(long, value_name = "RATE", env = "GRAPH_READ_RATE_LIMIT")]
    read_rate_limit: Option<RateLimit>,
    /// How many requests that write may leave in a time, such as 100/min. [default: no limit]
    #[arg(long, value_name = "RATE", env = "GRAPH_WRITE_RATE_LIMIT")]
    write_rate_limit: Option<RateLimit>,
    /// The proxy through which requests to Microsoft leave, as http://proxy.example:3128. A password for it belongs into
    /// HTTPS_PROXY, as others can read a command line. [default: https_proxy or HTTPS_PROXY]
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// The hosts to which requests leave without it: names, addresses and networks, with commas. Those to this machine do so
    /// in any case. [default: no_proxy or NO_PROXY]
    #[arg(long, value_name = "HOSTS")]
    no_proxy: Option<String>,
    /// A file of certificates, in PEM, that are trusted besides the system's: of a proxy that opens TLS, above all.
    #[arg(long, value_name = "FILE", env = "GRAPH_CA_FILE")]
    ca_file: Option<PathBuf>,
}

/// How the log is written.
#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or_else(|| "this is not a number of seconds".to_owned())
}

fn on_or_off(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("on or off is wanted".to_owned()),
    }
}

#[derive(Subcommand)]
enum Command {
    /// Serves OpenIDM's REST paths.
    ///
    /// Callers prove themselves with GATEWAY_USERNAME and GATEWAY_PASSWORD of this program's environment; with --config there
    /// may be many tenants, and callers of each.
    Serve(serve::Serve),
    /// Runs a Microsoft Graph of this machine's own, with contacts in memory, to try things with.
    Emulator(emulator::Run),
    /// Checks the configuration of `serve --config`, and makes hashes for it.
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
            Command::Serve(serve) => serve.run(&self.options).await,
            Command::Emulator(emulator) => emulator.run().await,
            Command::Config(command) => command.run(),
            Command::Component(arguments) => {
                let settings = self.options.settings()?;
                // Whoever runs it waits for it, and stops it.
                let limits = Limits { concurrency: 1, requests: usize::MAX, ..Limits::default() };
                let connector = self.options.connector(limits)?;
                Ok(connector.run_command(&arguments, &settings).await?)
            }
        }
    }
}

impl Options {
    fn settings(&self) -> anyhow::Result<Settings> {
        Ok(Settings {
            cloud: self.cloud,
            endpoint: self.endpoint.clone(),
            api_version: self.api_version.clone(),
            credential: self.credential()?,
            deadline: Duration::from_secs(self.timeout),
            max_retries: self.max_retries,
            retry_delay: self.retry_delay,
            exactly_once: self.exactly_once,
            read_rate_limit: self.read_rate_limit.clone(),
            write_rate_limit: self.write_rate_limit.clone(),
            ..Settings::default()
        })
    }

    /// The token never comes by the command line, which every user of the machine can read.
    fn credential(&self) -> anyhow::Result<Credential> {
        if let Some(file) = &self.access_token_file {
            let token =
                std::fs::read_to_string(file).with_context(|| format!("cannot read the access token from {}", file.display()))?;
            return Credential::bearer(&token).with_context(|| format!("in {}", file.display()));
        }
        match std::env::var("GRAPH_ACCESS_TOKEN") {
            Ok(token) if !token.is_empty() => Credential::bearer(&token).context("in GRAPH_ACCESS_TOKEN"),
            Ok(_) | Err(std::env::VarError::NotPresent) => Ok(Credential::none()),
            Err(std::env::VarError::NotUnicode(_)) => anyhow::bail!("GRAPH_ACCESS_TOKEN is no text"),
        }
    }

    fn connector(&self, limits: Limits) -> anyhow::Result<Connector> {
        let load = |file: &Path| match self.artifacts.clone().or_else(default_artifacts) {
            Some(directory) => Connector::from_file_or_artifact(file, limits.clone(), &Artifacts::in_directory(directory)),
            None => Connector::from_file(file, limits.clone()),
        };
        let connector = match &self.component {
            Some(file) => load(file),
            None => {
                load(&default_component()).context("no usable component (--component or GRAPH_CONTACTS_COMPONENT names another)")
            }
        };
        connector?.via(&self.way_out()?)
    }

    fn way_out(&self) -> anyhow::Result<WayOut> {
        let mut way = WayOut::default();
        let variable =
            |names: [&str; 2]| names.into_iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
        let except = self.no_proxy.clone().or_else(|| variable(["no_proxy", "NO_PROXY"]));
        if let Some(address) = self.proxy.clone().or_else(|| variable(["https_proxy", "HTTPS_PROXY"])) {
            way = way.with_proxy(&address, except.as_deref()).context("in --proxy or HTTPS_PROXY")?;
        }
        if let Some(file) = &self.ca_file {
            let pem = std::fs::read(file).with_context(|| format!("cannot read --ca-file {}", file.display()))?;
            way = way.with_authorities(&pem).with_context(|| format!("in --ca-file {}", file.display()))?;
        }
        Ok(way)
    }
}

/// The user's own directory for what can be made again (XDG Base Directory Specification); none where it is not known.
fn default_artifacts() -> Option<PathBuf> {
    let directory = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = directory("XDG_CACHE_HOME").or_else(|| Some(directory("HOME")?.join(".cache")))?;
    Some(caches.join("graph-contacts"))
}

/// Beside the program where it is installed, else where cargo puts it.
fn default_component() -> PathBuf {
    const FILE: &str = "graph_contacts.wasm";
    let beside = std::env::current_exe().ok().map(|program| program.with_file_name(FILE));
    beside.filter(|file| file.is_file()).unwrap_or_else(|| PathBuf::from("target/wasm32-wasip2/release").join(FILE))
}
