//! Create, read, update and delete, as in the integration tests of openstandia's connector-keycloak: none, one and two objects,
//! by uid and by name, in pages, with values added and removed. `icf_contract.rs`, `contact_class.rs` and `user_search.rs` have the
//! other tests.

use http::Method;
use serde_json::{Value, json};

use crate::calls::{Response, create, query, send, send_json};
use crate::fixture::{Fixture, UID, run};

/// An object class, and the attributes of an object with a name.
struct Class {
    name: &'static str,
    attributes: fn(&str) -> Value,
}

const CLASSES: [Class; 2] = [
    Class { name: "contact", attributes: |name| json!({"mailbox": UID, "displayName": name}) },
    Class { name: "contactFolder", attributes: |name| json!({"mailbox": UID, "displayName": name}) },
];

impl Class {
    async fn create(&self, fixture: &Fixture, name: &str) -> Response {
        let created =
            send_json(fixture, Method::POST, &format!("/{}?_action=create", self.name), &[], &(self.attributes)(name)).await;
        assert_eq!(created.status, 201, "{}: {created:?}", self.name);
        created
    }

    async fn search(&self, fixture: &Fixture, filter: &str, more: &[(&str, &str)]) -> Response {
        let filter = format!("mailbox eq \"{UID}\"{filter}");
        let found = query(fixture, self.name, &[&[("_queryFilter", filter.as_str())], more].concat()).await;
        assert_eq!(found.status, 200, "{} {filter}: {found:?}", self.name);
        found
    }
}

fn names(found: &Response) -> Vec<&str> {
    found.body["result"].as_array().unwrap().iter().map(|object| object["displayName"].as_str().unwrap()).collect()
}

/// getUsersZero, getUsers, getUsersTwo, getUserByUid, getUserByName, userLifecycle.
#[test]
fn object_is_created_found_updated_and_deleted() {
    run(async {
        let fixture = Fixture::start().await;
        for class in &CLASSES {
            assert_eq!(class.search(&fixture, "", &[]).await.body["resultCount"], 0, "{}", class.name);
            let one = class.create(&fixture, "foo").await;
            assert_eq!(class.search(&fixture, "", &[]).await.body["resultCount"], 1, "{}", class.name);
            let two = class.create(&fixture, "bar O'Hara").await;
            assert_eq!(class.search(&fixture, "", &[]).await.body["resultCount"], 2, "{}", class.name);
            for (name, created) in [("foo", &one), ("bar O'Hara", &two)] {
                let path = format!("/{}/{}", class.name, created.id());
                assert_eq!(send(&fixture, Method::GET, &path, &[], "").await.body, created.body);
                let found = class.search(&fixture, &format!(" and displayName eq \"{name}\""), &[]).await;
                assert_eq!(found.body["result"], json!([created.body]), "{}", class.name);
                assert_eq!(names(&class.search(&fixture, &format!(" and displayName sw \"{}\"", &name[..2]), &[]).await), [name]);
            }
            let path = format!("/{}/{}", class.name, one.id());
            let changed = send_json(&fixture, Method::PUT, &path, &[("if-match", "*")], &json!({"displayName": "baz"})).await;
            assert_eq!((changed.status, &changed.body["displayName"]), (200, &json!("baz")), "{}", class.name);
            assert_eq!(send(&fixture, Method::DELETE, &path, &[], "").await.status, 200);
            assert_eq!(send(&fixture, Method::GET, &path, &[], "").await.status, 404);
            assert_eq!(names(&class.search(&fixture, " and displayName pr", &[]).await).len(), 1);
        }
    });
}

/// updateUserButNotFound, and the same for every other operation on an object.
#[test]
fn operation_on_missing_object_returns_404() {
    run(async {
        let fixture = Fixture::start().await;
        for class in &CLASSES {
            let path = format!("/{}/nonexistent-id", class.name);
            let patch = json!([{"operation": "replace", "field": "displayName", "value": "x"}]);
            for response in [
                send_json(&fixture, Method::PUT, &path, &[("if-match", "*")], &json!({"displayName": "x"})).await,
                send_json(&fixture, Method::PATCH, &path, &[], &patch).await,
                send(&fixture, Method::DELETE, &path, &[], "").await,
                send(&fixture, Method::GET, &path, &[], "").await,
            ] {
                assert_eq!(
                    (response.status, &response.body["reason"]),
                    (404, &json!("Not Found")),
                    "{}: {response:?}",
                    class.name
                );
            }
        }
        fixture.assert_nothing_written();
    });
}

/// PaginationIT: pages of three hold 3, 3 and 1 of seven objects, in any order.
#[test]
fn paging_returns_each_object_once() {
    run(async {
        let fixture = Fixture::start().await;
        for class in &CLASSES {
            let mut all = Vec::new();
            for number in 1..=7 {
                let name = format!("object {number}");
                class.create(&fixture, &name).await;
                all.push(name);
            }
            for sort in [None, Some(("_sortKeys", "displayName")), Some(("_sortKeys", "-displayName"))] {
                let (mut seen, mut sizes, mut cookie) = (Vec::new(), Vec::new(), String::new());
                loop {
                    let mut more = vec![("_pageSize", "3")];
                    more.extend(sort);
                    if !cookie.is_empty() {
                        more.push(("_pagedResultsCookie", &cookie));
                    }
                    let page = class.search(&fixture, " and displayName sw \"object\"", &more).await;
                    sizes.push(names(&page).len());
                    seen.extend(names(&page).into_iter().map(str::to_owned));
                    match page.body["pagedResultsCookie"].as_str() {
                        Some(next) => cookie = next.to_owned(),
                        None => break,
                    }
                }
                assert_eq!(sizes.iter().sum::<usize>(), 7, "{} {sort:?}: {sizes:?}", class.name);
                assert!(sizes.iter().all(|size| *size <= 3), "{} {sort:?}: {sizes:?}", class.name);
                if sort.is_some() {
                    assert_eq!(sizes, [3, 3, 1], "{} {sort:?}", class.name);
                }
                if sort == Some(("_sortKeys", "-displayName")) {
                    seen.reverse();
                }
                if sort.is_none() {
                    seen.sort();
                }
                assert_eq!(seen, all, "{} {sort:?}", class.name);
            }
        }
    });
}

/// getUsersHandlerStopsEarly: a caller that takes one page causes the requests of one page.
#[test]
fn first_page_reads_no_further_page() {
    run(async {
        let fixture = Fixture::start().await;
        for number in 0..350 {
            fixture.add(json!({"displayName": format!("{number}"), "surname": "x"}));
        }
        fixture.emulator.clear_requests();
        let page = CLASSES[0].search(&fixture, "", &[("_pageSize", "3")]).await;
        assert_eq!(names(&page).len(), 3);
        assert_eq!(fixture.sent().len(), 1, "{:?}", fixture.sent());
    });
}

/// `UpdateAttributeValuesOp`: added values are appended, existing ones too. The removal of a value that does not exist "should
/// always succeed".
#[test]
fn patch_adds_and_removes_values() {
    run(async {
        let fixture = Fixture::start().await;
        for (operation, value, expected) in [
            ("add", json!("Green"), json!(["Red", "Blue", "Green"])),
            ("add", json!(["Green", "White"]), json!(["Red", "Blue", "Green", "White"])),
            ("add", json!([]), json!(["Red", "Blue"])),
            ("remove", json!("Red"), json!(["Blue"])),
            ("remove", json!(["Red", "Blue"]), json!([])),
            ("remove", json!("Green"), json!(["Red", "Blue"])),
            ("remove", json!(["Green", "Blue"]), json!(["Red"])),
            ("replace", json!([]), json!([])),
            ("replace", json!(["Blue", "Red"]), json!(["Blue", "Red"])),
        ] {
            let created = create(&fixture, json!({"givenName": "Ada", "categories": ["Red", "Blue"]})).await;
            let operations = json!([{"operation": operation, "field": "/categories", "value": value}]);
            let patched = send_json(&fixture, Method::PATCH, &format!("/contact/{}", created.id()), &[], &operations).await;
            assert_eq!((patched.status, &patched.body["categories"]), (200, &expected), "{operations}: {patched:?}");
        }
    });
}
