//! Searches: what Graph is asked for, and what the connector makes of the answers.

use connector::error::ErrorKind;
use connector::operations::icf::filter::Filter;
use connector::operations::icf::object_class::ObjectClass::{self, Contact, User};
use connector::operations::icf::search::Search;
use serde_json::{Value, json};

use crate::script::{Script, connector, service};

fn search(filter: &str) -> Search {
    Search {
        filter: Filter::parse(filter).unwrap(),
        attributes: Vec::new(),
        page_size: None,
        cookie: None,
        offset: 0,
        sort: Vec::new(),
        words: None,
        count: false,
    }
}

/// The objects that are found, and the first address that was asked.
fn found(script: &Script, class: ObjectClass, search: &Search) -> (Vec<Value>, String) {
    let mut objects = Vec::new();
    let each = &mut |object| {
        objects.push(Value::Object(object));
        Ok(())
    };
    connector(&service(), script).search_objects(class, search, each).unwrap();
    (objects, script.lines()[0].replace("%20", " ").replace("%22", "\""))
}

/// The documented filters of a user (<https://learn.microsoft.com/en-us/graph/api/resources/user#properties>): eq and startsWith of
/// these, endsWith of addresses, and then with the headers of an advanced query. What is negated or compares an order is compared
/// here, because Graph ignores case: it would leave out what is searched for.
#[test]
fn what_graph_filters_of_users_it_is_asked_to() {
    for (filter, pushed) in [
        ("true", None),
        ("displayName eq \"a\"", Some("displayName eq 'a'")),
        ("surname sw \"O'\"", Some("startswith(surname,'O%27%27')")),
        ("surname sw \"x\" and givenName eq \"y\"", Some("(startswith(surname,'x') and givenName eq 'y')")),
        ("surname eq \"x\" or givenName eq \"y\"", Some("(surname eq 'x' or givenName eq 'y')")),
        ("surname eq \"x\" or givenName co \"y\"", None),
        ("surname eq \"x\" and givenName co \"y\"", Some("surname eq 'x'")),
        ("!(surname eq \"x\")", None),
        ("surname ge \"x\"", None),
        ("mail ew \"@contoso.com\"", Some("endswith(mail,'%40contoso.com')")),
        ("businessPhones eq \"1\"", None),
        ("jobTitle pr", None),
    ] {
        let script = Script::new().then(200, json!({"value": []}));
        let (_, asked) = found(&script, User, &search(filter));
        let (_, query) = asked.split_once('?').unwrap();
        let sent = query.split('&').find_map(|option| option.strip_prefix("$filter="));
        assert_eq!(sent, pushed, "{filter}");
        let advanced = filter.contains(" ew ");
        assert_eq!(query.contains("$count=true"), advanced, "{filter}");
        if advanced {
            assert_eq!(script.header(0, "consistencylevel"), "eventual");
        }
    }
}

/// Graph's comparisons ignore case, and the connector's do not.
#[test]
fn what_graph_finds_is_compared_again() {
    let users = json!({"value": [{"id": "1", "surname": "Ada"}, {"id": "2", "surname": "ada"}, {"id": "3", "surname": null}]});
    let (objects, _) = found(&Script::new().then(200, users), User, &search("surname eq \"Ada\""));
    assert_eq!(objects, [json!({"_id": "1", "surname": "Ada"})]);
}

/// An advanced query is one on every page (<https://learn.microsoft.com/en-us/graph/aad-advanced-queries>).
#[test]
fn the_header_goes_with_every_page() {
    let link = "https://graph.microsoft.com/v1.0/users?$skiptoken=x";
    let script = Script::new()
        .then(200, json!({"value": [], "@odata.nextLink": link}))
        .then(200, json!({"value": [{"id": "1", "mail": "a@contoso.com"}]}));
    let (objects, _) = found(&script, User, &search("mail ew \"@contoso.com\""));
    assert_eq!(objects.len(), 1);
    assert_eq!(script.header(1, "consistencylevel"), "eventual");
}

/// Attributes that are asked for, compared and sorted by are selected, and no others.
#[test]
fn what_is_read_is_what_is_allowed() {
    let search = Search {
        attributes: vec!["givenName".to_owned(), "nope".to_owned()],
        sort: vec![("title".to_owned(), false)],
        ..search("mailbox eq \"u\" and surname sw \"L\" and jobTitle pr")
    };
    let script = Script::new().then(200, json!({"value": []})).then(200, json!({"value": []}));
    let (_, asked) = found(&script, Contact, &search);
    let (_, query) = asked.split_once("$select=").unwrap();
    let mut names: Vec<&str> = query.split(',').collect();
    names.sort_unstable();
    assert_eq!(names, ["changeKey", "givenName", "jobTitle", "surname", "title"]);
    assert_eq!(script.lines()[1], "GET /v1.0/users/u/contactFolders", "the folders follow");
}

/// A caller that does not want more is not given more, and no more is asked for.
#[test]
fn a_search_ends_where_its_caller_does() {
    let link = "https://graph.microsoft.com/v1.0/users/u/contacts?$skip=1";
    let script = Script::new().then(200, json!({"value": [{"id": "1"}, {"id": "2"}], "@odata.nextLink": link}));
    let mut seen = 0;
    let each = &mut |_| {
        seen += 1;
        Err(connector::error::Error::new(ErrorKind::ConnectionFailed, "gone"))
    };
    let error = connector(&service(), &script).search_objects(Contact, &search("mailbox eq \"u\""), each).unwrap_err();
    assert_eq!((error.kind, seen), (ErrorKind::ConnectionFailed, 1));
    assert_eq!(script.lines().len(), 1);
}

/// A service that answers a folder as its own descendant has no endless tree.
#[test]
fn a_folder_inside_itself_ends() {
    let folder = json!({"value": [{"id": "f", "displayName": "F"}]});
    let script = Script::new().then(200, folder.clone()).then(200, folder);
    let (objects, _) = found(&script, ObjectClass::ContactFolder, &search("mailbox eq \"u\""));
    assert_eq!(objects.len(), 1);
    assert_eq!(script.lines(), ["GET /v1.0/users/u/contactFolders", "GET /v1.0/users/u/contactFolders/f/childFolders"]);
}

/// Parentheses do not hide what all has to hold.
#[test]
fn whose_contacts_may_stand_in_parentheses() {
    let filter = "((mailbox eq \"u\" and surname eq \"L\") and displayName sw \"A\") and title pr";
    let script = Script::new().then(200, json!({"value": []})).then(200, json!({"value": []}));
    let (_, asked) = found(&script, Contact, &search(filter));
    assert!(asked.ends_with("/v1.0/users/u/contacts?$filter=startswith(displayName,'A')"), "{asked}");
    let error = connector(&service(), &Script::new())
        .search_objects(Contact, &search("(mailbox eq \"u\" or surname pr) and title pr"), &mut |_| Ok(()))
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::InvalidAttributeValue, "it may be someone else's");
}
