//! The quickstart: commands to try with a gateway that has just started.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use graph_contacts_host::Settings;

use crate::demo::{DEMO_PASSWORD, USER_ID, USER_PRINCIPAL_NAME};

/// Returns commands to paste, those of the OpenICF page "Contacts (MS Graph API)". A password of the operator is not shown.
pub(crate) fn render_quickstart(gateway: SocketAddr, system: &str, settings: &Settings, emulator: &str) -> String {
    let reachable = SocketAddr::new(to_reachable(gateway.ip()), gateway.port());
    let url = format!("http://{reachable}/openidm/system/{system}/user/{USER_ID}");
    let (username, password) = match std::env::var_os("GATEWAY_PASSWORD").filter(|password| !password.is_empty()) {
        Some(_) => ("$GATEWAY_USERNAME", "$GATEWAY_PASSWORD"),
        None => (settings.gateway.as_ref().map_or("", |login| &login.username), DEMO_PASSWORD),
    };
    let directory = settings.directory.first().map_or("myorganization", String::as_str);
    let headers = format!(
        "--header \"X-OpenIDM-Username: {username}\" \\\n\
         --header \"X-OpenIDM-Password: {password}\" \\\n\
         --header \"Accept-API-Version: resource=1.0\""
    );
    format!(
        "Emulating Microsoft Graph at {emulator}, with the user {USER_ID} ({USER_PRINCIPAL_NAME}).

Add a contact to the user:

curl \\
{headers} \\
--header \"Content-Type: application/json\" \\
--header \"If-Match: *\" \\
--request PUT \\
--data '{{
  \"_id\": \"{USER_ID}\",
  \"__addContacts__\": {{
    \"givenName\": \"Test-Contact\",
    \"businessAddress\": {{
      \"city\": \"exampleCity\",
      \"state\": \"exampleState\",
      \"postalCode\": \"99999\",
      \"street\": \"example st\",
      \"countryOrRegion\": \"United States\"
    }}
  }}
}}' \\
\"{url}\"

Read the user's contacts:

curl \\
{headers} \\
--request GET \\
'{url}?_fields=\"_id,contacts\"'

Remove a contact by the id from the previous response:

curl \\
{headers} \\
--header \"Content-Type: application/json\" \\
--header \"If-Match: *\" \\
--request PUT \\
--data '{{ \"_id\": \"{USER_ID}\", \"__removeContacts__\": [\"CONTACT-ID\"] }}' \\
\"{url}\"

Read organizational contacts through the Azure AD Graph API:

curl --oauth2-bearer {password} 'http://{reachable}/{directory}/contacts?api-version=1.6'

Press Ctrl-C to stop.
"
    )
}

/// Returns an address to connect to: the loopback address in place of an unspecified one.
fn to_reachable(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        other => other,
    }
}
