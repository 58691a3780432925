//! Searches: the requests to Graph, and the results of the responses.

use connector::error::ErrorKind;
use connector::operations::icf::filter::Filter;
use connector::operations::icf::object_class::ObjectClass::{self, Contact, User};
use connector::operations::icf::search::Search;
use serde_json::{Value, json};

use crate::script::{Script, connector, service};

/// A user by id: no request finds the id.
const USER: &str = "671fa173-ad81-41c3-89bf-af939426eee7";

fn parse_search(filter: &str) -> Search {
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

/// Runs a search. Returns the objects, and the address of the first request.
fn run_search(script: &Script, class: ObjectClass, search: &Search) -> (Vec<Value>, String) {
    let mut objects = Vec::new();
    let sink = &mut |object| {
        objects.push(Value::Object(object));
        Ok(())
    };
    connector(&service(), script).search_objects(class, search, sink).unwrap();
    (objects, script.lines()[0].replace("%20", " ").replace("%22", "\""))
}

/// The documented filters of a user (<https://learn.microsoft.com/en-us/graph/api/resources/user#properties>): eq and startsWith
/// of all, endsWith only of addresses, with the headers of an advanced query. Negations and comparisons of an order run in the
/// connector, because Graph ignores case: it would omit matches.
#[test]
fn user_filter_is_pushed_down() {
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
        let (_, address) = run_search(&script, User, &parse_search(filter));
        let (_, query) = address.split_once('?').unwrap();
        let sent = query.split('&').find_map(|option| option.strip_prefix("$filter="));
        assert_eq!(sent, pushed, "{filter}");
        let advanced = filter.contains(" ew ");
        assert_eq!(query.contains("$count=true"), advanced, "{filter}");
        if advanced {
            assert_eq!(script.header(0, "consistencylevel"), "eventual");
        }
    }
}

/// Graph's comparisons ignore case. The connector's do not.
#[test]
fn results_are_filtered_again_with_case() {
    let users = json!({"value": [{"id": "1", "surname": "Ada"}, {"id": "2", "surname": "ada"}, {"id": "3", "surname": null}]});
    let (objects, _) = run_search(&Script::new().then(200, users), User, &parse_search("surname eq \"Ada\""));
    assert_eq!(objects, [json!({"_id": "1", "surname": "Ada"})]);
}

/// Every page of an advanced query requires the header (<https://learn.microsoft.com/en-us/graph/aad-advanced-queries>).
#[test]
fn every_page_of_advanced_query_has_header() {
    let link = "https://graph.microsoft.com/v1.0/users?$skiptoken=x";
    let script = Script::new()
        .then(200, json!({"value": [], "@odata.nextLink": link}))
        .then(200, json!({"value": [{"id": "1", "mail": "a@contoso.com"}]}));
    let (objects, _) = run_search(&script, User, &parse_search("mail ew \"@contoso.com\""));
    assert_eq!(objects.len(), 1);
    assert_eq!(script.header(1, "consistencylevel"), "eventual");
}

/// Only the attributes to return, compare and sort by are selected.
#[test]
fn search_selects_only_needed_attributes() {
    let search = Search {
        attributes: vec!["givenName".to_owned(), "nope".to_owned()],
        sort: vec![("title".to_owned(), false)],
        ..parse_search("mailbox eq \"671fa173-ad81-41c3-89bf-af939426eee7\" and surname sw \"L\" and jobTitle pr")
    };
    let script = Script::new().then(200, json!({"value": []})).then(200, json!({"value": []}));
    let (_, address) = run_search(&script, Contact, &search);
    let (_, query) = address.split_once("$select=").unwrap();
    let mut names: Vec<&str> = query.split(',').collect();
    names.sort_unstable();
    assert_eq!(names, ["changeKey", "givenName", "jobTitle", "surname", "title"]);
    assert_eq!(script.lines()[1], "GET /v1.0/users/671fa173-ad81-41c3-89bf-af939426eee7/contactFolders", "the folders follow");
}

/// After an error of the sink, no further object is passed and no further page is requested.
#[test]
fn error_of_sink_ends_search() {
    let link = "https://graph.microsoft.com/v1.0/users/671fa173-ad81-41c3-89bf-af939426eee7/contacts?$skip=1";
    let script = Script::new().then(200, json!({"value": [{"id": "1"}, {"id": "2"}], "@odata.nextLink": link}));
    let mut seen = 0;
    let sink = &mut |_| {
        seen += 1;
        Err(connector::error::Error::new(ErrorKind::ConnectionFailed, "gone"))
    };
    let error = connector(&service(), &script)
        .search_objects(Contact, &parse_search("mailbox eq \"671fa173-ad81-41c3-89bf-af939426eee7\""), sink)
        .unwrap_err();
    assert_eq!((error.kind, seen), (ErrorKind::ConnectionFailed, 1));
    assert_eq!(script.lines().len(), 1);
}

/// A service that returns a folder as its own descendant does not cause an endless loop.
#[test]
fn folder_inside_itself_is_listed_once() {
    let folder = json!({"value": [{"id": "f", "displayName": "F"}]});
    let script = Script::new().then(200, folder.clone()).then(200, folder);
    let (objects, _) =
        run_search(&script, ObjectClass::ContactFolder, &parse_search("mailbox eq \"671fa173-ad81-41c3-89bf-af939426eee7\""));
    assert_eq!(objects.len(), 1);
    assert_eq!(
        script.lines(),
        [
            "GET /v1.0/users/671fa173-ad81-41c3-89bf-af939426eee7/contactFolders",
            "GET /v1.0/users/671fa173-ad81-41c3-89bf-af939426eee7/contactFolders/f/childFolders"
        ]
    );
}

/// A condition that all results meet can be in parentheses.
#[test]
fn mailbox_condition_is_found_in_parentheses() {
    let filter =
        "((mailbox eq \"671fa173-ad81-41c3-89bf-af939426eee7\" and surname eq \"L\") and displayName sw \"A\") and title pr";
    let script = Script::new().then(200, json!({"value": []})).then(200, json!({"value": []}));
    let (_, address) = run_search(&script, Contact, &parse_search(filter));
    assert!(
        address.ends_with("/v1.0/users/671fa173-ad81-41c3-89bf-af939426eee7/contacts?$filter=startswith(displayName,'A')"),
        "{address}"
    );
    let error = connector(&service(), &Script::new())
        .search_objects(
            Contact,
            &parse_search("(mailbox eq \"671fa173-ad81-41c3-89bf-af939426eee7\" or surname pr) and title pr"),
            &mut |_| Ok(()),
        )
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::InvalidAttributeValue, "the condition does not hold for all results");
}

/// `00:30+01:00` is before `00:00Z`.
#[test]
fn objects_are_sorted_by_points_in_time() {
    let times = ["2026-01-01T00:00:00Z", "2026-01-01T00:30:00+01:00", "2025-12-31T23:00:00.5Z", "2025-12-31T23:00:00Z"];
    let rows: Vec<Value> = times.iter().map(|time| json!({"id": time, "lastModifiedDateTime": time})).collect();
    let search =
        Search { sort: vec![("lastModifiedDateTime".to_owned(), false)], ..parse_search(&format!("mailbox eq \"{USER}\"")) };
    let script = Script::new().then(200, json!({"value": rows})).then(200, json!({"value": []}));
    let (objects, _) = run_search(&script, Contact, &search);
    let sorted: Vec<&str> = objects.iter().map(|object| object["lastModifiedDateTime"].as_str().unwrap()).collect();
    assert_eq!(sorted, [times[3], times[2], times[1], times[0]]);
}

#[test]
fn comparison_of_time_with_other_text_is_refused() {
    for (filter, field) in [("createdDateTime gt \"yesterday\"", "createdDateTime"), ("!(birthday eq \"1.1.1980\")", "birthday")]
    {
        let search = parse_search(&format!("mailbox eq \"{USER}\" and {filter}"));
        let error = connector(&service(), &Script::new()).search_objects(Contact, &search, &mut |_| Ok(())).unwrap_err();
        assert_eq!((error.kind, error.attributes), (ErrorKind::InvalidAttributeValue, vec![field.to_owned()]));
    }
}
