//! `graph-contacts config`: helps with the configuration of `serve --config`.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use graph_contacts_host::config::{self, Config};
use graph_contacts_host::{generate_token, hash_password};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Report every error in a configuration, each with its line.
    ///
    /// Reads the files and variables that the configuration names: run it where the gateway runs.
    Check {
        /// Configuration file.
        file: PathBuf,
    },
    /// Print the JSON schema of the configuration.
    Schema,
    /// Read a password from standard input and print its hash for `password-hash`.
    HashPassword,
    /// Print a new bearer token and its hash for `token-hash`.
    NewToken,
}

impl Command {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Check { file } => {
                let config = Config::read(&file)?;
                let tenants: Vec<&str> = config.tenant_names().collect();
                println!("{}: no errors; tenants: {}", file.display(), tenants.join(", "));
            }
            Self::Schema => print!("{}", config::schema()),
            Self::HashPassword => {
                let mut password = String::new();
                std::io::stdin().read_to_string(&mut password).context("cannot read the password from standard input")?;
                // `echo` in a shell adds a line break.
                let password = password.strip_suffix('\n').map_or(password.as_str(), |line| line.trim_end_matches('\r'));
                println!("{}", hash_password(password)?);
            }
            Self::NewToken => {
                let (token, hash) = generate_token()?;
                println!("token: {token}\ntoken-hash = \"{hash}\"");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
