//! A program of one's own that loads the component, here with an emulated Microsoft Graph:
//! `cargo run --package graph-contacts-host --example embed`

use std::path::Path;

use anyhow::anyhow;
use graph_contacts_host::bindings::exports::graph_contacts::connector::types::Container;
use graph_contacts_host::{ComponentHost, Credential, Limits, Settings};
use graph_emulator::{Emulator, Options, User};
use serde_json::json;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let emulator =
        Emulator::start("127.0.0.1:0".parse()?, Options { token: Some("demo".to_owned()), ..Options::default() }).await?;
    emulator.add_user(User::new("671fa173-ad81-41c3-89bf-af939426eee7", "test.user@contoso.example"));

    let component = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/wasm32-wasip2/release/graph_contacts.wasm"));
    let host = ComponentHost::from_file(component, Limits::default())?;
    let settings =
        Settings { endpoint: Some(emulator.endpoint().parse()?), credential: Credential::bearer("demo")?, ..Settings::default() };

    // JSON in and out, for a host that knows only strings ...
    let arguments = json!({"mailbox": "test.user@contoso.example", "contact": {"givenName": "Ada", "mobilePhone": "+44 1"}});
    let created = host
        .call(&settings, async |component, store| {
            component.graph_contacts_connector_json().call_invoke(store, "contacts.create", &arguments.to_string()).await
        })
        .await?;
    println!("created: {}", created.map_err(|error| anyhow!(error))?);

    // ... and typed records.
    let mailbox = Container { mailbox: "test.user@contoso.example".to_owned(), folders: Vec::new() };
    let listed = host
        .call(&settings, async |component, store| {
            component.graph_contacts_connector_contacts().call_list_contacts(store, &mailbox, None).await
        })
        .await?;
    for contact in listed.map_err(|error| anyhow!(error.message))? {
        println!("listed: {} {:?}", contact.display_name.unwrap_or_default(), contact.phones);
    }
    Ok(())
}
