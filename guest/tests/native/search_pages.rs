//! Pages of a search while objects are deleted and changed: nobody is skipped. And pages that are too long to be read.

use std::cell::{Cell, RefCell};
use std::time::{Duration, SystemTime};

use connector::error::{Error, ErrorKind};
use connector::graph::address::{Container, Mailbox};
use connector::graph::selection::Selection;
use connector::http_message::{HttpRequest, HttpResponse};
use connector::operations::connector::Connector;
use connector::operations::icf::filter::Filter;
use connector::operations::icf::object_class::ObjectClass::{self, Contact, ContactFolder, OrgContact, User};
use connector::operations::icf::search::{Search, parse_sort_keys};
use connector::operations::send::network::{Network, TransportError};
use serde_json::{Value, json};

use crate::script::{PLAIN, Script, connector, service};

/// The rows of a page. The service's limit is 100 (`Prefer: odata.maxpagesize=100`).
const PAGE: usize = 100;

/// The default folder of a mailbox and the organizational contacts, whose links count rows: Graph's links for contacts have `$skip`
/// (reference/graph.md, "Not verified"; the links of directories are opaque).
struct Rows {
    /// The rows: contacts, or the folders of the mailbox.
    rows: RefCell<Vec<Value>>,
    are_folders: bool,
    /// The bytes of rows that fit into a response.
    limit: usize,
    requests: Cell<usize>,
}

impl Rows {
    fn new(rows: Vec<Value>) -> Rows {
        Rows { rows: RefCell::new(rows), are_folders: false, limit: usize::MAX, requests: Cell::new(0) }
    }

    fn numbered(count: usize) -> Rows {
        Rows::new((0..count).map(|number| json!({"id": format!("c{number}"), "displayName": format!("n{number:04}")})).collect())
    }

    fn delete(&self, is_deleted: impl Fn(&str) -> bool) {
        self.rows.borrow_mut().retain(|row| !is_deleted(row["id"].as_str().unwrap()));
    }
}

impl Network for Rows {
    fn send(&self, request: HttpRequest, _: Duration) -> Result<HttpResponse, TransportError> {
        self.requests.set(self.requests.get() + 1);
        let (uri, path) = (request.uri(), request.uri().path());
        let respond = |body: Value| Ok(HttpResponse::new(body.to_string().into_bytes()));
        if path.ends_with("$batch") {
            // The folders inside of folders: none.
            let items = 0..20;
            let item = |id: usize| json!({"id": id.to_string(), "status": 200, "body": {"value": []}});
            return respond(json!({"responses": items.map(item).collect::<Vec<_>>()}));
        }
        if path.contains("contactFolders") && (!self.are_folders || path.ends_with("childFolders")) {
            return respond(json!({"value": []}));
        }
        let preferred = request.headers().get("prefer").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let preferred = preferred.split(',').find_map(|part| part.strip_prefix("odata.maxpagesize=")?.parse().ok());
        let option = |name: &str| {
            let mut options = uri.query().unwrap_or_default().split('&').filter_map(|option| option.split_once('='));
            options.find(|(given, _)| *given == name).and_then(|(_, value)| value.parse::<usize>().ok())
        };
        let rows = self.rows.borrow();
        let skip = option("$skip").unwrap_or(0).min(rows.len());
        let size = preferred.or_else(|| option("$top")).unwrap_or(10).min(PAGE);
        let page: Vec<Value> = rows[skip..].iter().take(size).cloned().collect();
        if json!(page).to_string().len() > self.limit {
            let error = TransportError::new(ErrorKind::Unavailable, true, "too long");
            return Err(TransportError { is_response_too_long: true, ..error });
        }
        let mut body = json!({"value": page});
        if skip + size < rows.len() {
            let top = option("$top").map(|top| format!("&$top={top}")).unwrap_or_default();
            body["@odata.nextLink"] = json!(format!("https://graph.microsoft.com{path}?$skip={}{top}", skip + size));
        }
        respond(body)
    }

    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn date(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn wait_until(&self, _: Duration) {}

    fn random(&self) -> u128 {
        7
    }
}

fn search(filter: &str, sort: &str, size: usize, cookie: Option<String>) -> Search {
    Search {
        filter: Filter::parse(filter).unwrap(),
        attributes: Vec::new(),
        page_size: Some(size),
        cookie,
        offset: 0,
        sort: parse_sort_keys(sort),
        words: None,
        count: false,
    }
}

/// Returns the `id`s of a page, and the cookie of the next one.
fn read_page(network: &dyn Network, class: ObjectClass, search: &Search) -> Result<(Vec<String>, Option<String>), Error> {
    let (service, mut ids) = (service(), Vec::new());
    let found = Connector::new(&service, network, &PLAIN).search_objects(class, search, &mut |object| {
        let id = if class == OrgContact || class == User { "_id" } else { "id" };
        ids.push(object[id].as_str().unwrap().to_owned());
        Ok(())
    })?;
    Ok((ids, found.cookie))
}

/// Reads all pages; `between` runs after each with its ids. Returns the ids.
fn read_pages(rows: &Rows, class: ObjectClass, sort: &str, size: usize, mut between: impl FnMut(&[String])) -> Vec<String> {
    let filter = if class == OrgContact { "true" } else { "mailbox eq \"671fa173-ad81-41c3-89bf-af939426eee7\"" };
    let (mut all, mut cookie) = (Vec::new(), None);
    loop {
        let (ids, next) = read_page(rows, class, &search(filter, sort, size, cookie)).unwrap();
        between(&ids);
        all.extend(ids);
        let Some(next) = next else { return all };
        cookie = Some(next);
        assert!(all.len() < 3000, "endless");
    }
}

fn ids(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| format!("c{number}")).collect()
}

/// The client deletes what it has received, all of it or a part, before it asks for the next page. In the service's order, and
/// sorted. Links that count rows lead past rows that move up.
#[test]
fn deleting_between_pages_skips_and_repeats_nobody() {
    for class in [Contact, OrgContact, ContactFolder] {
        for sort in ["", "-displayName"] {
            for size in [7, 50, 100, 150] {
                let count = if sort.is_empty() { 420 } else { 220 };
                for (what, part) in [("all", 1), ("every second", 2), ("every third", 3), ("none", 1000)] {
                    let rows = Rows::numbered(count);
                    let rows = Rows { are_folders: class == ContactFolder, ..rows };
                    let mut found = read_pages(&rows, class, sort, size, |page| {
                        rows.delete(|id| page.iter().position(|one| one == id).is_some_and(|at| at % part == part.min(2) - 1));
                    });
                    let expected = ids(0..count);
                    if sort.is_empty() && class != ContactFolder {
                        assert_eq!(found, expected, "{class:?} {size} {what}");
                    }
                    found.sort_by_key(|id| id[1..].parse::<usize>().unwrap());
                    assert_eq!(found, expected, "{class:?} {sort} {size} {what}");
                }
            }
        }
    }
}

/// Page by page, one is kept and one deleted whole. Or everything before is deleted at once, or somebody adds and deletes others.
#[test]
fn deleting_whole_pages_and_strangers_skips_nobody() {
    let rows = Rows::numbered(420);
    let mut number = 0;
    let found = read_pages(&rows, Contact, "", 100, |page| {
        number += 1;
        if number % 2 == 0 {
            rows.delete(|id| page.iter().any(|one| one == id));
        }
    });
    assert_eq!(found, ids(0..420));

    let rows = Rows::numbered(420);
    let (mut seen, mut number) = (Vec::new(), 0);
    let found = read_pages(&rows, Contact, "", 50, |page| {
        seen.extend_from_slice(page);
        number += 1;
        if number == 5 {
            rows.delete(|id| seen.iter().any(|one| one == id));
        }
    });
    assert_eq!(found, ids(0..420));

    // A stranger deletes rows that nobody has received yet, and adds some at the beginning and at the end.
    let rows = Rows::numbered(420);
    let mut number = 0;
    let found = read_pages(&rows, Contact, "", 50, |_| {
        number += 1;
        rows.delete(|id| id == format!("c{}", number * 50 + 20));
        rows.rows.borrow_mut().insert(0, json!({"id": format!("first{number}")}));
        rows.rows.borrow_mut().push(json!({"id": format!("last{number}")}));
    });
    let deleted: Vec<String> = (1..9).map(|number| format!("c{}", number * 50 + 20)).collect();
    let kept: Vec<String> = ids(0..420).into_iter().filter(|id| !deleted.contains(id)).collect();
    let old: Vec<String> = found.iter().filter(|id| id.starts_with('c')).cloned().collect();
    assert_eq!(old, kept, "nobody is skipped or repeated");
    assert!(found.iter().filter(|id| id.starts_with("last")).count() >= 7, "what is added at the end is found: {found:?}");
}

/// An object whose sort key changes is found at least if it moves towards the end. The others are found once.
#[test]
fn changing_sort_key_of_received_object_skips_nobody() {
    let rows = Rows::numbered(60);
    let found = read_pages(&rows, Contact, "displayName", 10, |page| {
        let mut rows = rows.rows.borrow_mut();
        let row = rows.iter_mut().find(|row| row["id"] == page[0].as_str()).unwrap();
        if !row["displayName"].as_str().unwrap().starts_with('z') {
            row["displayName"] = json!(format!("z{}", page[0]));
        }
    });
    let once: std::collections::BTreeSet<&String> = found.iter().collect();
    assert_eq!(once.len(), 60);
    assert_eq!(found.len(), 60 + 6, "the first one of each page of ten, again at its new place");
}

/// A cookie belongs to its search: class, mailbox, filter, fields and sort keys. The page size can change.
#[test]
fn cookie_of_another_search_is_refused() {
    let rows = Rows::numbered(30);
    let first = search("mailbox eq \"671fa173-ad81-41c3-89bf-af939426eee7\" and displayName pr", "displayName", 10, None);
    let cookie = read_page(&rows, Contact, &first).unwrap().1;
    let again = Search { cookie, ..first.clone() };
    let change = |class: ObjectClass, change: &dyn Fn(&mut Search)| {
        let mut search = again.clone();
        change(&mut search);
        read_page(&rows, class, &search)
    };
    let parse = |filter: &str| Filter::parse(filter).unwrap();
    assert_eq!(change(Contact, &|_| ()).unwrap().0, ids(10..20));
    assert_eq!(change(Contact, &|search| search.page_size = Some(3)).unwrap().0, ids(10..13), "the page size can change");
    assert_eq!(change(Contact, &|search| search.page_size = None).unwrap().0, ids(10..30));
    let parenthesized = parse("(mailbox eq '671fa173-ad81-41c3-89bf-af939426eee7')   and (displayName pr)");
    assert!(change(Contact, &|search| search.filter = parenthesized.clone()).is_ok(), "the same filter, written otherwise");
    for (what, refused) in [
        (
            "filter",
            change(Contact, &|search| {
                search.filter = parse("mailbox eq \"671fa173-ad81-41c3-89bf-af939426eee7\" and displayName sw \"n\"")
            }),
        ),
        (
            "mailbox",
            change(Contact, &|search| {
                search.filter = parse("mailbox eq \"00000000-ad81-41c3-89bf-af939426eee7\" and displayName pr")
            }),
        ),
        ("id", change(Contact, &|search| search.filter = parse("_id eq \"x\""))),
        ("fields", change(Contact, &|search| search.attributes = vec!["displayName".to_owned()])),
        ("sort", change(Contact, &|search| search.sort = parse_sort_keys("-displayName"))),
        ("more sort keys", change(Contact, &|search| search.sort = parse_sort_keys("displayName,surname"))),
        ("no sort", change(Contact, &|search| search.sort.clear())),
        ("class", change(ContactFolder, &|_| ())),
    ] {
        let error = refused.unwrap_err();
        assert_eq!(
            (error.kind, &error.attributes[..]),
            (ErrorKind::InvalidAttributeValue, &["_pagedResultsCookie".to_owned()][..])
        );
        assert!(error.message.contains("another search"), "{what}: {}", error.message);
    }
    let unsorted = search("mailbox eq \"671fa173-ad81-41c3-89bf-af939426eee7\" and displayName pr", "", 10, None);
    let cookie = read_page(&rows, Contact, &unsorted).unwrap().1;
    assert!(read_page(&rows, Contact, &Search { cookie, ..first }).is_err(), "an unsorted one's for a sorted one");
    let (folders, rows) =
        (search("mailbox eq \"671fa173-ad81-41c3-89bf-af939426eee7\"", "", 10, None), Rows { are_folders: true, ..rows });
    let cookie = read_page(&rows, ContactFolder, &folders).unwrap().1;
    assert!(read_page(&rows, Contact, &Search { cookie, ..folders }).is_err(), "folders' for contacts");
    for text in ["x", "!", "e30", ""] {
        let error = read_page(&rows, Contact, &Search { cookie: Some(text.to_owned()), ..unsorted.clone() }).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidAttributeValue, "{text}");
    }
}

/// Fields in another order, or named twice, are the same fields.
#[test]
fn order_of_fields_does_not_matter() {
    let rows = Rows::numbered(30);
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let first = Search {
        attributes: names(&["id", "displayName"]),
        ..search("mailbox eq \"671fa173-ad81-41c3-89bf-af939426eee7\"", "", 10, None)
    };
    let (_, cookie) = read_page(&rows, Contact, &first).unwrap();
    let second = Search { attributes: names(&["displayName", "id", "displayName"]), cookie, ..first };
    assert_eq!(read_page(&rows, Contact, &second).unwrap().0, ids(10..20));
}

/// A page that is too long to be read is requested with half as many rows, and so are the following ones: of a list and of a search,
/// in a mailbox and in the directory.
#[test]
fn too_long_page_is_requested_with_fewer_rows() {
    // 300 rows of about a kilobyte; 16 fit.
    let rows = || {
        let note = "x".repeat(1000);
        let row = |number: usize| json!({"id": format!("c{number}"), "displayName": "n", "personalNotes": note});
        Rows { limit: 17_000, ..Rows::new((0..300).map(row).collect()) }
    };
    for class in [Contact, OrgContact] {
        let rows = rows();
        assert_eq!(read_pages(&rows, class, "", 1000, |_| ()), ids(0..300), "{class:?}");
        assert!(rows.requests.get() < 40, "{} requests", rows.requests.get());
        assert_eq!(read_pages(&rows, class, "", 40, |_| ()), ids(0..300), "{class:?}");
    }
    let (rows, service, mut found) = (rows(), service(), Vec::new());
    let container = Container::from_mailbox(Mailbox::from_name("u"));
    let list = Connector::new(&service, &rows, &PLAIN).list_contacts(&container, &Selection::default(), |contact| {
        found.push(contact.id.value().cloned().unwrap());
        Ok(())
    });
    assert!(list.is_ok());
    assert_eq!(found, ids(0..300));
    // A single row that is too long is an error.
    let rows = Rows { limit: 500, requests: Cell::new(0), ..rows };
    let error =
        read_page(&rows, Contact, &search("mailbox eq \"671fa173-ad81-41c3-89bf-af939426eee7\"", "", 10, None)).unwrap_err();
    assert_eq!((error.kind, rows.requests.get()), (ErrorKind::Unavailable, 7), "100, 50, 25, 12, 6, 3 and 1 rows");
}

/// The same for a page of changes, whose token leads on, and for a batch of reads.
#[test]
fn too_long_page_of_changes_is_requested_with_fewer_rows() {
    let link = "https://graph.microsoft.com/v1.0/users/u/contacts/delta?$skiptoken=x";
    let script = Script::new().then_too_long().then_too_long().then(200, json!({"value": [], "@odata.nextLink": link}));
    let container = Container::from_mailbox(Mailbox::from_name("u"));
    assert!(connector(&service(), &script).get_contact_delta(&container, None).unwrap().more);
    assert_eq!(script.lines(), ["GET /v1.0/users/u/contacts/delta"; 3]);
    for (position, rows) in [(0, 100), (1, 50), (2, 25)] {
        assert!(script.header(position, "prefer").contains(&format!("odata.maxpagesize={rows}")));
        assert!(script.header(position, "prefer").contains("IdType=\"ImmutableId\""));
    }
    // The directory's pages of changes name no number of rows at first.
    let link = "https://graph.microsoft.com/v1.0/contacts/delta?$skiptoken=x";
    let script = Script::new().then_too_long().then(200, json!({"value": [], "@odata.nextLink": link}));
    assert!(connector(&service(), &script).get_org_contact_delta(None).unwrap().more);
    assert!(script.header(1, "prefer").contains("odata.maxpagesize=50"));
}

/// A list that does not fit into memory is refused, and says how to go on. Its pages are not.
#[test]
fn list_that_does_not_fit_into_memory_is_refused() {
    const UID: &str = "671fa173-ad81-41c3-89bf-af939426eee7";
    const FILTER: &str = "mailbox eq \"671fa173-ad81-41c3-89bf-af939426eee7\"";
    let note = "x".repeat(20_000);
    let rows = Rows::new((0..700).map(|number| json!({"id": format!("c{number}"), "personalNotes": note})).collect());
    let service = service();
    let run = |operation: &str, arguments: Value| {
        graph_contacts::invoke::table::invoke(&Connector::new(&service, &rows, &PLAIN), operation, &arguments.to_string())
    };
    for (operation, arguments, advice) in [
        ("contacts.list", json!({"mailbox": "u"}), "contacts.listPage"),
        ("contacts.listPage", json!({"mailbox": "u"}), "smaller pageSize"),
        ("search", json!({"objectClass": "contact", "filter": FILTER}), "pageSize"),
        ("search", json!({"objectClass": "contact", "filter": FILTER, "sortKeys": ["displayName"]}), "page size"),
        ("reconcile", json!({"objectClass": "contact", "mailbox": UID, "known": {}}), "search in pages"),
        (
            "get",
            json!({"objectClass": "user", "uid": "671fa173-ad81-41c3-89bf-af939426eee7", "attributesToGet": ["contacts"]}),
            "pages",
        ),
    ] {
        let error = run(operation, arguments).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidAttributeValue, "{operation}");
        assert!(error.message.contains("12 MiB") && error.message.contains(advice), "{operation}: {}", error.message);
    }
    let (mut found, mut cookie) = (Vec::new(), json!(null));
    loop {
        let page = run("contacts.listPage", json!({"mailbox": "u", "pageSize": 90, "cookie": cookie})).unwrap();
        found.extend(page["contacts"].as_array().unwrap().iter().map(|contact| contact["id"].as_str().unwrap().to_owned()));
        cookie = page["cookie"].clone();
        if cookie.is_null() {
            break;
        }
    }
    assert_eq!(found, ids(0..700));
    let page = run("contacts.listPage", json!({"mailbox": "u", "pageSize": 0}));
    assert_eq!(page.unwrap_err().kind, ErrorKind::InvalidAttributeValue);
    let first = run("contacts.listPage", json!({"mailbox": "u", "pageSize": 90})).unwrap();
    for other in
        [json!({"mailbox": "v"}), json!({"mailbox": "u", "select": ["givenName"]}), json!({"mailbox": "u", "folders": ["f"]})]
    {
        let mut arguments = other;
        arguments["cookie"] = first["cookie"].clone();
        assert!(run("contacts.listPage", arguments.clone()).unwrap_err().message.contains("another search"), "{arguments}");
    }
}
