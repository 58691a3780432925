//! The links of Microsoft Graph to pages, in other spellings than those of the requests.

use connector::error::ErrorKind;
use connector::graph::address::{Container, Mailbox};
use connector::graph::selection::Selection;
use connector::graph::{contacts, delta};
use connector::operations::connector::Connector;
use graph_contacts::invoke::table::invoke;
use proptest::prelude::{prop_assert, proptest};
use protocol::graph_link::GraphLink;
use serde_json::{Value, json};

use crate::script::{Script, connector, service};

const HOST: &str = "https://graph.microsoft.com";
const ID: &str = "671fa173-ad81-41c3-89bf-af939426eee7";

fn folder(mailbox: &str, id: &str) -> Container {
    Container { mailbox: Mailbox::from_name(mailbox), folders: vec![id.to_owned()] }
}

fn list(connector: &Connector<'_>, operation: &str, arguments: Value) -> Result<Value, connector::error::Error> {
    invoke(connector, operation, &arguments.to_string())
}

/// The spellings of links that were seen (contact-delta page; msgraph-sdk-dotnet#3070): keys in parentheses, small letters, `@`
/// and `%40`, the user's id; and others that RFC 3986 and OData's URL conventions make equal.
#[test]
fn token_is_accepted_in_every_spelling() {
    let paths = [
        "/v1.0/users/ada%40contoso.com/contactFolders/Aa%3D/contacts/delta".to_owned(),
        "/v1.0/users/ada@contoso.com/contactfolders('Aa=')/contacts/delta".to_owned(),
        "/v1.0/users('Ada@Contoso.com')/contactfolders('Aa%3D')/contacts/delta()".to_owned(),
        "/v1.0/users(%27ada%40contoso.com%27)/contactFolders/Aa=/contacts/microsoft.graph.delta()".to_owned(),
        format!("/v1.0/users('{ID}')/contactFolders('Aa=')/contacts/microsoft.graph.delta"),
        format!("/V1.0/Users/{ID}/ContactFolders/Aa=/Contacts/Delta"),
        "/v1.0/me/contactFolders/Aa=/contacts/delta".to_owned(),
    ];
    let first = delta::get_contacts_delta(&service(), &folder("ada@contoso.com", "Aa=")).unwrap();
    for path in &paths {
        for host in [HOST, "https://Graph.Microsoft.COM", "https://graph.microsoft.com:443"] {
            for query in ["$deltatoken=a_b", "%24deltatoken=a_b", "$skiptoken=a+b%20c"] {
                let resumed = delta::resume(&first, &format!("{host}{path}?{query}")).unwrap();
                // The mailbox is the one that the caller may read, whatever the link says.
                let own = format!("{HOST}/v1.0/users/ada%40contoso.com/contactFolders/Aa%3D/contacts/delta?{query}");
                assert_eq!(resumed.uri().to_string(), own);
            }
        }
    }
    let by_id = delta::get_contacts_delta(&service(), &folder(ID, "Aa=")).unwrap();
    assert!(
        delta::resume(&by_id, &format!("{HOST}/v1.0/users('ada@contoso.com')/contactFolders('Aa=')/contacts/delta?x")).is_ok()
    );
    let name = delta::get_contacts_delta(&service(), &folder("o'b@contoso.com", "Aa=")).unwrap();
    assert!(
        delta::resume(&name, &format!("{HOST}/v1.0/users('o''b@contoso.com')/contactFolders('Aa=')/contacts/delta?x")).is_ok()
    );
}

#[test]
fn token_of_something_else_is_refused() {
    let first = delta::get_contacts_delta(&service(), &folder("ada@contoso.com", "Aa=")).unwrap();
    for link in [
        "https://evil.example/v1.0/users/ada@contoso.com/contactFolders/Aa=/contacts/delta?x",
        "http://graph.microsoft.com/v1.0/users/ada@contoso.com/contactFolders/Aa=/contacts/delta?x",
        "https://graph.microsoft.com:8443/v1.0/users/ada@contoso.com/contactFolders/Aa=/contacts/delta?x",
        "https://graph.microsoft.com@evil.example/v1.0/users/ada@contoso.com/contactFolders/Aa=/contacts/delta?x",
        "https://a:b@graph.microsoft.com/v1.0/users/ada@contoso.com/contactFolders/Aa=/contacts/delta?x",
        "https://graph.microsoft.com/beta/users/ada@contoso.com/contactFolders/Aa=/contacts/delta?x",
        "https://graph.microsoft.com/v1.0/users/bob@contoso.com/contactFolders/Aa=/contacts/delta?x",
        "https://graph.microsoft.com/v1.0/users/ada@contoso.com/contactFolders/aa=/contacts/delta?x",
        "https://graph.microsoft.com/v1.0/users/ada@contoso.com/contactFolders/Aa=/childFolders/B/contacts/delta?x",
        "https://graph.microsoft.com/v1.0/users/ada@contoso.com/contactFolders/Aa=/contacts?x",
        "https://graph.microsoft.com/v1.0/users/ada@contoso.com/contactFolders/Aa=/contacts('delta')?x",
        "https://graph.microsoft.com/v1.0/users/ada@contoso.com/contactFolders/Aa=/childFolders/delta?x",
        "https://graph.microsoft.com/v1.0/users/ada@contoso.com/mailFolders/Aa=/messages/delta?x",
        "https://graph.microsoft.com/v1.0/contacts/delta?x",
        "https://graph.microsoft.com/v1.0/users/ada@contoso.com/contactFolders/B/../Aa=/contacts/delta?x",
        "https://graph.microsoft.com/v1.0/users/ada@contoso.com/contactFolders/B/%2e%2e/Aa=/contacts/delta?x",
        "https://graph.microsoft.com/v1.0/users/ada@contoso.com/contactFolders/Aa=%2Fcontacts/delta?x",
        "https://graph.microsoft.com/v1.0/users/ada@contoso.com%5C/contactFolders/Aa=/contacts/delta?x",
        "https://graph.microsoft.com/v1.0//users/ada@contoso.com/contactFolders/Aa=/contacts/delta?x",
        "https://graph.microsoft.com/v1.0/users/ada@contoso.com/contactFolders/Aa=/contacts/delta?x#y",
        "/v1.0/users/ada@contoso.com/contactFolders/Aa=/contacts/delta?x",
        "",
    ] {
        assert_eq!(
            delta::resume(&first, link).map_err(|error| error.kind).err(),
            Some(ErrorKind::InvalidAttributeValue),
            "{link}"
        );
    }
}

/// The service spells its link in its own way. The token that a caller gets leads on.
#[test]
fn sync_goes_on_at_link_in_other_spelling() {
    let link = format!("{HOST}:443/v1.0/users('{ID}')/contactfolders('Aa%3D')/contacts/delta()?%24deltatoken=x");
    let script = Script::new()
        .then(200, json!({"value": [], "@odata.deltaLink": link}))
        .then(200, json!({"value": [{"id": "1"}], "@odata.deltaLink": link}));
    let service = service();
    let connector = connector(&service, &script);
    let arguments = json!({"mailbox": "ada@contoso.com", "folders": ["Aa="]});
    let page = list(&connector, "contacts.delta", arguments.clone()).unwrap();
    let mut next = arguments;
    next["token"] = page["token"].clone();
    let page = list(&connector, "contacts.delta", next).unwrap();
    assert_eq!(page["changes"].as_array().map(Vec::len), Some(1), "{page}");
    let path = "GET /v1.0/users/ada%40contoso.com/contactFolders/Aa%3D/contacts/delta";
    assert_eq!(script.lines(), [path.to_owned(), format!("{path}?%24deltatoken=x")]);
}

/// A list follows the service's link as it is, in any spelling, and no link to elsewhere.
#[test]
fn list_follows_links_of_same_list_only() {
    for (path, is_followed) in [
        ("/v1.0/users('ada@contoso.com')/contacts?$skip=10", true),
        ("/v1.0/users/671fa173-ad81-41c3-89bf-af939426eee7/contacts?%24skip=10", true),
        ("/v1.0/users('Ada%40contoso.com')/contactFolders('D')/contacts?$skiptoken=10", true),
        ("/v1.0/users/bob@contoso.com/contacts?$skip=10", false),
        ("/v1.0/users/ada@contoso.com/contactFolders?$skip=10", false),
        ("/v1.0/users/ada@contoso.com/messages?$skip=10", false),
        ("/v1.0/users?$skiptoken=10", false),
        ("/beta/users/ada@contoso.com/contacts?$skip=10", false),
    ] {
        let link = format!("{HOST}{path}");
        let mut script = Script::new().then(200, json!({"value": [{"id": "1"}], "@odata.nextLink": link}));
        if is_followed {
            script = script.then(200, json!({"value": [{"id": "2"}]}));
        }
        let service = service();
        let result = list(&connector(&service, &script), "contacts.list", json!({"mailbox": "ada@contoso.com"}));
        assert_eq!(
            result.map(|all| all.as_array().map(Vec::len)).map_err(|error| error.kind),
            if is_followed { Ok(Some(2)) } else { Err(ErrorKind::Unavailable) },
            "{path}"
        );
        assert_eq!(script.lines().len(), 1 + usize::from(is_followed), "{path}");
        if is_followed {
            assert_eq!(script.lines()[1], format!("GET {path}"), "as it is");
        }
    }
}

/// A user name that begins with `$` needs parentheses (msgraph-sdk-dotnet#2635).
#[test]
fn id_that_would_be_an_option_stands_in_parentheses() {
    for (id, path) in [
        ("$x'y@contoso.com", "/v1.0/users('%24x%27%27y%40contoso.com')/contacts"),
        ("a(b)", "/v1.0/users('a%28b%29')/contacts"),
        ("a$", "/v1.0/users/a%24/contacts"),
    ] {
        let request =
            contacts::list(&service(), &Container::from_mailbox(Mailbox::from_name(id)), &Selection::default()).unwrap();
        assert_eq!(request.uri().path(), path);
    }
    for id in ["a/b", "a\\b", "delta", "$count", "..", "", "a\nb"] {
        let container = Container::from_mailbox(Mailbox::from_name("me"));
        let error = contacts::get(&service(), &container, id, &Selection::default()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::UnknownUid, "{id:?}");
    }
}

proptest! {
    /// The address of every id leads back to the request, as the host and the component parse it.
    #[test]
    fn own_address_is_always_understood(mailbox in "\\PC{1,12}", folder_id in "\\PC{1,12}") {
        if let Ok(first) = delta::get_contacts_delta(&service(), &folder(&mailbox, &folder_id)) {
            let address = first.uri().to_string();
            prop_assert!(GraphLink::parse(&address).is_some(), "{}", address);
            prop_assert!(delta::resume(&first, &format!("{address}?$deltatoken=x")).is_ok(), "{}", address);
            prop_assert!(protocol::allowed_requests::is_allowed("GET", first.uri().path(), false), "{}", address);
        }
    }
}
