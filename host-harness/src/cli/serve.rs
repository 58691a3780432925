//! `graph-contacts serve`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use graph_contacts::settings::is_directory_name;
use graph_contacts_host::config::Config;
use graph_contacts_host::gateway::{self, Admin, Gateway};
use graph_contacts_host::{Credential, GatewayLogin, Limits, Secret, Settings};
use graph_emulator::Emulator;
use uuid::Uuid;

use super::backend::{self, Behaviour};
use super::emulated_cloud::EmulatedCloud;
use super::signals::Stops;
use super::{Options, guidance, hosting};

/// How long requests may run on after the word to stop.
const DRAIN: Duration = Duration::from_secs(10);
/// The name and the password of the OpenICF page's commands, for the emulator alone.
pub(super) const TRIAL_LOGIN: &str = "openidm-admin";

#[derive(Args)]
pub(super) struct Serve {
    /// The address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    listen: IpAddr,
    /// The port to listen on; 0 takes a free one.
    #[arg(long, env = "PORT", default_value_t = 8080)]
    port: u16,
    /// The name of the system in the paths: /openidm/system/NAME/user.
    #[arg(long, value_name = "NAME", env = "GATEWAY_SYSTEM", default_value = "azuread")]
    system: String,
    /// The id and the domains of the directory, with commas, as programs for the Azure AD Graph API name it in their paths. Without
    /// it those paths are not served; the emulator has contoso.example.
    #[arg(long, value_name = "NAMES", env = "GATEWAY_DIRECTORY", value_parser = directory)]
    directory: Option<Directory>,
    /// Use a Microsoft Graph of this machine's own, with one user and contacts in memory, in place of the real one.
    #[arg(long)]
    emulator: bool,
    /// A plan of what goes wrong at the emulator, in JSON: docs/emulator.md describes it.
    #[arg(long, value_name = "FILE", requires = "emulator")]
    faults: Option<PathBuf>,
    /// Serve the tenants of this file, whose callers and credentials are in it, in place of one tenant of the environment.
    /// It is read again when it or a file that it names changes, and at SIGHUP.
    #[arg(long, value_name = "FILE", conflicts_with = "emulator")]
    config: Option<PathBuf>,
    /// With --config: note every call in this file, a line of JSON each; - is standard output.
    #[arg(long, value_name = "FILE", requires = "config")]
    audit_log: Option<PathBuf>,
    /// With --config: answer /, /metrics, /healthz and /readyz here, as 127.0.0.1:9090.
    #[arg(long, value_name = "ADDRESS:PORT", requires = "config")]
    admin_listen: Option<SocketAddr>,
    /// How long requests may run on when told to stop, in seconds; told again, they end at once. [default: drain-seconds of
    /// --config, else 10]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(..=3600))]
    drain: Option<u64>,
}

impl Serve {
    pub(super) async fn run(self, options: &Options) -> anyhow::Result<ExitCode> {
        let listener = gateway::bind(SocketAddr::new(self.listen, self.port)).await?;
        let drain = self.drain.map(Duration::from_secs);
        if let Some(file) = &self.config {
            // Compiling the component takes longer than finding a mistake.
            Config::read(file)?;
            let admin = match self.admin_listen {
                Some(address) => Some(Admin::start(gateway::bind(address).await?)?),
                None => None,
            };
            let audit = self.audit_log.as_deref().map(hosting::audit_log).transpose()?;
            let connector = options.connector(Limits::default())?;
            hosting::run(listener, file, connector, hosting::Beside { audit, admin, drain }).await?;
            return Ok(ExitCode::SUCCESS);
        }
        let (system, directory) = (Some(self.system.clone()), self.directory.clone().unwrap_or_default().0);
        let mut settings = Settings { system, directory, gateway: login()?, ..options.settings()? };
        let behaviour = Behaviour { faults: self.faults.as_deref(), cloud: settings.cloud.map(EmulatedCloud::from) };
        let emulator = if self.emulator { Some(emulate(&mut settings, behaviour).await?) } else { None };
        let connector = options.connector(Limits::default())?;
        let mut stops = Stops::listen()?;
        let gateway = Gateway::start(listener, connector, settings.clone())?;

        println!("Listening on http://{}", gateway.address());
        match &emulator {
            Some(emulator) => print!("{}", guidance::trial(gateway.address(), &self.system, &settings, &emulator.endpoint())),
            None => warn_of_what_is_missing(&settings),
        }
        stops.next().await?;
        stop(gateway, drain, stops).await?;
        if let Some(emulator) = emulator {
            emulator.stop().await;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The names of a directory.
#[derive(Clone, Default)]
struct Directory(Vec<String>);

fn directory(text: &str) -> Result<Directory, String> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    match names.iter().find(|name| !is_directory_name(name)) {
        None => Ok(Directory(names)),
        Some(name) => Err(format!("{name} is neither the id of a directory nor one of its domains")),
    }
}

/// Starts an emulator, and points the settings there. The token is one of its own: a real one has no business with it.
async fn emulate(settings: &mut Settings, behaviour: Behaviour<'_>) -> anyhow::Result<Emulator> {
    let token = Uuid::new_v4().to_string();
    let emulator = backend::start((Ipv4Addr::LOCALHOST, 0).into(), Some(token.clone()), behaviour).await?;
    settings.endpoint = Some(emulator.endpoint().parse()?);
    settings.credential = Credential::bearer(&token)?;
    if settings.directory.is_empty() {
        settings.directory.push(backend::DIRECTORY.to_owned());
    }
    settings.gateway.get_or_insert_with(|| GatewayLogin { username: TRIAL_LOGIN.to_owned(), password: Secret::new(TRIAL_LOGIN) });
    Ok(emulator)
}

fn login() -> anyhow::Result<Option<GatewayLogin>> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    match (variable("GATEWAY_USERNAME"), variable("GATEWAY_PASSWORD")) {
        (Some(username), Some(password)) => Ok(Some(GatewayLogin { username, password: password.into() })),
        (None, None) => Ok(None),
        (Some(_), None) => anyhow::bail!("GATEWAY_USERNAME is set and GATEWAY_PASSWORD is not: set both"),
        (None, Some(_)) => anyhow::bail!("GATEWAY_PASSWORD is set and GATEWAY_USERNAME is not: set both"),
    }
}

fn warn_of_what_is_missing(settings: &Settings) {
    if settings.gateway.is_none() {
        eprintln!("Nobody may use the gateway: set GATEWAY_USERNAME and GATEWAY_PASSWORD, or try it with --emulator.");
    }
    if settings.credential.is_none() {
        eprintln!("Requests to Microsoft Graph go without an access token: set GRAPH_ACCESS_TOKEN or --access-token-file.");
    }
}

/// Lets requests end for some time, or until told to stop again.
pub(super) async fn stop(gateway: Gateway, drain: Option<Duration>, mut stops: Stops) -> anyhow::Result<()> {
    tokio::select! {
        () = gateway.drain(drain.unwrap_or(DRAIN)) => Ok(()),
        told = stops.next() => told,
    }
}
