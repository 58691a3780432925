//! The operations on organizational contacts: the requests and the result of each. Paths, bodies and responses come from
//! Microsoft's pages on orgContact and its methods, on directoryObject's getMemberGroups, checkMemberGroups and getByIds, on
//! `$search` and on advanced queries.

use std::time::Duration;

use connector::contact::Version;
use connector::error::ErrorKind;
use connector::graph::service::Service;
use connector::operations::connector::{Connector, OperationSettings};
use connector::operations::send::network::Offline;
use connector::operations::send::retry_policy::RetryPolicy;
use graph_contacts::invoke::table::{build_requests, invoke};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::script::{PLAIN, Script, connector, service};
use crate::scripted_requests::{Row, run};

const DIEGO: &str = "24fcbca3-c3e2-48bf-9ffc-c7f81b81483d";

/// Eric, of the page "List orgContacts", as the directory returns him.
fn eric() -> Value {
    json!({
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#contacts/$entity",
        "id": "e", "companyName": "Contoso", "displayName": "Eric S", "mail": "erics@contoso.com", "jobTitle": null,
        "addresses": [{"city": "MyCity", "street": "Contoso Way", "officeLocation": null}],
        "phones": [{"number": "111-1111", "type": "businessFax", "region": null}],
        "proxyAddresses": ["SMTP:erics@contoso.com"], "onPremisesSyncEnabled": null,
    })
}

/// Eric as callers see him.
fn shown() -> Value {
    let mut shown = eric();
    for name in ["@odata.context", "jobTitle", "onPremisesSyncEnabled"] {
        shown.as_object_mut().unwrap().remove(name);
    }
    shown
}

fn sales(next: Option<&str>) -> Value {
    let mut page = json!({"value": [{"@odata.type": "#microsoft.graph.group", "id": "s", "displayName": "Sales"}]});
    if let Some(next) = next {
        page["@odata.nextLink"] = json!(format!("https://graph.microsoft.com/v1.0/contacts/{next}"));
    }
    page
}

#[test]
fn each_operation_sends_its_requests() {
    let (groups, sales_shown) = (json!(["fee2c45b", "4fe90ae7"]), json!({"id": "s", "type": "group", "displayName": "Sales"}));
    let diego = json!({"@odata.type": "#microsoft.graph.user", "id": DIEGO, "displayName": "Diego Siciliani"});
    let delta = "https://graph.microsoft.com/v1.0/contacts/delta?$deltatoken=x";
    let rows: Vec<Row> = vec![
        ("orgContacts.get", json!({"id": "e"}), vec![(200, eric())], vec!["GET /v1.0/contacts/e"], Value::Null, shown()),
        (
            "orgContacts.update",
            json!({"id": "e", "contact": {"jobTitle": "Accountant", "companyName": null, "phones": null, "mail": "erics@contoso.com"}}),
            vec![(200, eric()), (204, Value::Null), (200, eric())],
            vec!["GET /v1.0/contacts/e", "PATCH /v1.0/contacts/e", "GET /v1.0/contacts/e"],
            Value::Null,
            shown(),
        ),
        (
            "orgContacts.delete",
            json!({"id": "e"}),
            vec![(200, json!({"id": "e", "onPremisesSyncEnabled": null})), (204, Value::Null)],
            vec!["GET /v1.0/contacts/e?$select=id,onPremisesSyncEnabled", "DELETE /v1.0/contacts/e"],
            Value::Null,
            json!({}),
        ),
        (
            "orgContacts.getManager",
            json!({"id": "e"}),
            vec![(200, diego)],
            vec!["GET /v1.0/contacts/e/manager?$select=id,displayName"],
            Value::Null,
            json!({"id": DIEGO, "type": "user", "displayName": "Diego Siciliani"}),
        ),
        (
            "orgContacts.getManager",
            json!({"id": "e"}),
            vec![(404, json!({"error": {"code": "Request_ResourceNotFound"}})), (200, json!({"id": "e"}))],
            vec!["GET /v1.0/contacts/e/manager?$select=id,displayName", "GET /v1.0/contacts/e?$select=id"],
            Value::Null,
            Value::Null,
        ),
        (
            "orgContacts.listDirectReports",
            json!({"id": "e"}),
            vec![(200, json!({"value": []}))],
            vec!["GET /v1.0/contacts/e/directReports?$select=id,displayName"],
            Value::Null,
            json!([]),
        ),
        (
            "orgContacts.listMemberOf",
            json!({"id": "e"}),
            // Graph can repeat a row on a later page.
            vec![(200, sales(Some("e/memberOf?$skiptoken=x"))), (200, sales(None))],
            vec!["GET /v1.0/contacts/e/memberOf?$select=id,displayName", "GET /v1.0/contacts/e/memberOf?$skiptoken=x"],
            Value::Null,
            json!([sales_shown]),
        ),
        (
            "orgContacts.listTransitiveMemberOf",
            json!({"id": "a?b"}),
            vec![(200, sales(None))],
            vec!["GET /v1.0/contacts/a%3Fb/transitiveMemberOf?$select=id,displayName"],
            Value::Null,
            json!([sales_shown]),
        ),
        (
            "orgContacts.getMemberGroups",
            json!({"id": "e"}),
            vec![(200, json!({"value": groups}))],
            vec!["POST /v1.0/contacts/e/getMemberGroups"],
            json!({"securityEnabledOnly": false}),
            groups.clone(),
        ),
        (
            "orgContacts.checkMemberGroups",
            json!({"id": "e", "groupIds": ["fee2c45b", "x"]}),
            vec![(200, json!({"value": ["fee2c45b"]}))],
            vec!["POST /v1.0/contacts/e/checkMemberGroups"],
            json!({"groupIds": ["fee2c45b", "x"]}),
            json!(["fee2c45b"]),
        ),
        (
            "orgContacts.getByIds",
            json!({"ids": ["e", "x"]}),
            vec![(200, json!({"value": [eric()]}))],
            vec!["POST /v1.0/directoryObjects/getByIds"],
            json!({"ids": ["e", "x"], "types": ["orgContact"]}),
            json!([shown()]),
        ),
        (
            "orgContacts.delta",
            json!({}),
            vec![(200, json!({"value": [eric(), {"id": "g", "@removed": {"reason": "deleted"}}], "@odata.deltaLink": delta}))],
            vec!["GET /v1.0/contacts/delta"],
            Value::Null,
            json!({
                "changes": [{"id": "e", "contact": shown()}, {"id": "g", "removed": true}],
                "token": "aHR0cHM6Ly9ncmFwaC5taWNyb3NvZnQuY29tL3YxLjAvY29udGFjdHMvZGVsdGE_JGRlbHRhdG9rZW49eA", "more": false,
            }),
        ),
    ];
    for (operation, arguments, responses, lines, body, result) in rows {
        assert_eq!(
            run(operation, &arguments, &responses),
            (Ok(result), lines.into_iter().map(str::to_owned).collect(), body),
            "{operation} {arguments}"
        );
    }
}

/// An update sends properties that differ; for a list its new value, which is empty if it is cleared.
#[test]
fn update_sends_only_changes() {
    for (contact, sent) in [
        (json!({"jobTitle": "Accountant", "companyName": null}), Some(json!({"jobTitle": "Accountant", "companyName": null}))),
        (json!({"phones": null}), Some(json!({"phones": []}))),
        (json!({"phones": [{"type": "businessFax", "number": "111-1111"}]}), None),
        (json!({"addresses": [{"street": "Contoso Way", "city": "MyCity"}], "jobTitle": null}), None),
        (shown(), None),
    ] {
        let mut script = Script::new().then(200, eric());
        if sent.is_some() {
            script = script.then_bytes(204, &[], b"").then(200, eric());
        }
        invoke(&connector(&service(), &script), "orgContacts.update", &json!({"id": "e", "contact": contact}).to_string())
            .unwrap();
        assert_eq!(sent, (script.lines().len() > 1).then(|| script.body(1)), "{contact}");
        assert!(script.is_done());
    }
}

/// Returns the decoded query of a list's first page, and whether it has a `ConsistencyLevel` header.
fn list_query(arguments: Value) -> (String, bool) {
    let script = Script::new().then(200, json!({"value": []}));
    invoke(&connector(&service(), &script), "orgContacts.list", &arguments.to_string()).unwrap();
    let lines = script.lines();
    let line = percent_decode_str(lines[0].strip_prefix("GET /v1.0/contacts?$top=999").unwrap()).decode_utf8().unwrap();
    let advanced = script.has_header(0, "consistencylevel");
    if advanced {
        assert_eq!(script.header(0, "consistencylevel"), "eventual");
    }
    (line.into_owned(), advanced)
}

/// Filtering by company name is an advanced query, and so are searching, counting and sorting. Negation, ordering and `co` are
/// not pushed down. <https://learn.microsoft.com/en-us/graph/aad-advanced-queries#organizational-contact-properties>
#[test]
fn list_pushes_down_what_directory_supports() {
    for (arguments, query, advanced) in [
        (json!({}), "", false),
        (json!({"filter": "true"}), "", false),
        (json!({"filter": "displayName eq \"O'Hara\""}), "&$filter=displayName eq 'O''Hara'", false),
        (
            json!({"filter": "mail sw \"a\" and (jobTitle eq \"x\" or department eq \"y\")"}),
            "&$filter=(startswith(mail,'a') and (jobTitle eq 'x' or department eq 'y'))",
            false,
        ),
        (json!({"filter": "companyName eq \"Contoso\""}), "&$filter=companyName eq 'Contoso'&$count=true", true),
        (json!({"filter": "onPremisesSyncEnabled eq true"}), "&$filter=onPremisesSyncEnabled eq true", false),
        (json!({"filter": "onPremisesSyncEnabled eq \"true\""}), "", false),
        (json!({"filter": "proxyAddresses eq \"smtp:a@b\""}), "&$filter=proxyAddresses/any(v:v eq 'smtp:a@b')", false),
        (json!({"filter": "proxyAddresses sw \"smtp:a\""}), "&$filter=proxyAddresses/any(v:startswith(v,'smtp:a'))", false),
        (json!({"filter": "!(surname eq \"x\") and givenName co \"y\" and surname ge \"x\" and jobTitle pr"}), "", false),
        (json!({"search": "wa"}), "&$search=\"displayName:wa\"&$count=true", true),
        (json!({"search": "R&D \"x\" \\ +1"}), "&$search=\"displayName:R&D \\\"x\\\" \\\\ +1\"&$count=true", true),
        (json!({"orderBy": ["displayName"]}), "&$orderby=displayName&$count=true", true),
        (json!({"orderBy": ["-displayName"]}), "&$orderby=displayName desc&$count=true", true),
        (json!({"orderBy": ["surname", "displayName"]}), "", false),
        (json!({"count": true}), "&$count=true", true),
        (
            json!({"filter": "surname eq \"x\"", "search": "wa", "orderBy": ["displayName"], "count": true}),
            "&$filter=surname eq 'x'&$search=\"displayName:wa\"&$orderby=displayName&$count=true",
            true,
        ),
    ] {
        assert_eq!(list_query(arguments.clone()), (query.to_owned(), advanced), "{arguments}");
    }
}

/// An ampersand is encoded once, which v1.0 supports only with a header. The headers go with every page.
/// <https://developer.microsoft.com/en-us/graph/known-issues/?search=18185>
#[test]
fn search_is_encoded_and_every_page_has_its_headers() {
    let link = "https://graph.microsoft.com/v1.0/contacts?$skiptoken=x";
    let script = Script::new()
        .then(200, json!({"@odata.count": 3, "value": [{"id": "a"}, {"id": "b"}], "@odata.nextLink": link}))
        .then(200, json!({"value": [{"id": "c"}]}));
    let list = |script: &Script, more: Value| {
        let mut arguments = json!({"search": "R&D", "count": true});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        invoke(&connector(&service(), script), "orgContacts.list", &arguments.to_string()).unwrap()
    };
    let all = list(&script, json!({}));
    assert_eq!(all, json!({"contacts": [{"id": "a"}, {"id": "b"}, {"id": "c"}], "cookie": null, "count": 3}));
    assert!(script.lines()[0].ends_with("&$search=%22displayName%3AR%26D%22&$count=true"), "{:?}", script.lines());
    for page in [0, 1] {
        assert_eq!(script.header(page, "consistencylevel"), "eventual");
        assert_eq!(script.header(page, "prefer"), "legacySearch=false");
    }

    // The cookie of a page leads to the next one, with the same headers. The page before is read again: rows may be gone.
    let page = json!({"@odata.count": 3, "value": [{"id": "a"}, {"id": "b"}], "@odata.nextLink": link});
    let script = Script::new().then(200, page.clone());
    let first = list(&script, json!({"pageSize": 2}));
    assert_eq!((&first["count"], first["contacts"].as_array().unwrap().len()), (&json!(3), 2));
    let script = Script::new().then(200, page).then(200, json!({"value": [{"id": "c"}]}));
    let second = list(&script, json!({"pageSize": 2, "cookie": first["cookie"]}));
    assert_eq!(second, json!({"contacts": [{"id": "c"}], "cookie": null, "count": 3}));
    assert_eq!(
        (script.lines()[1].as_str(), script.header(1, "prefer")),
        ("GET /v1.0/contacts?$skiptoken=x", "legacySearch=false".to_owned())
    );
}

/// The directory compares regardless of case, and sorts only by display name.
#[test]
fn unsupported_sort_and_comparison_run_in_client() {
    let rows = json!({"value": [
        {"id": "1", "displayName": "Bo", "surname": "Berg"}, {"id": "2", "displayName": "Al", "surname": "Berg"},
        {"id": "3", "displayName": "Cy", "surname": "berg"}, {"id": "4", "displayName": "Di", "surname": "Adam"},
    ]});
    for (arguments, ids) in [
        (json!({"filter": "surname eq \"Berg\""}), ["1", "2"].as_slice()),
        (json!({"orderBy": ["surname", "-displayName"]}), &["4", "3", "1", "2"]),
        (json!({"filter": "_id eq \"4\" or _id eq \"1\""}), &["1", "4"]),
        (json!({"filter": "_id eq \"3\"", "search": "cy"}), &["3"]),
        // The directory's order is kept.
        (json!({"orderBy": ["displayName"]}), &["1", "2", "3", "4"]),
    ] {
        let script = Script::new().then(200, rows.clone());
        let listed = invoke(&connector(&service(), &script), "orgContacts.list", &arguments.to_string()).unwrap();
        let found: Vec<&str> = listed["contacts"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
        assert_eq!(found, ids, "{arguments}");
    }
    // A contact that the filter names is read by id.
    for (response, filter, found) in [
        ((200, eric()), "_id eq \"e\"", json!([shown()])),
        ((200, eric()), "_id eq \"e\" and jobTitle pr", json!([])),
        ((404, json!({"error": {"code": "Request_ResourceNotFound"}})), "_id eq \"e\"", json!([])),
    ] {
        let count = found.as_array().unwrap().len();
        let arguments = json!({"filter": filter, "count": true});
        let (listed, lines, _) = run("orgContacts.list", &arguments, &[response]);
        assert_eq!(listed.unwrap(), json!({"contacts": found, "cookie": null, "count": count}), "{filter}");
        assert_eq!(lines, ["GET /v1.0/contacts/e"]);
    }
}

#[test]
fn invalid_call_is_refused_before_any_write() {
    let many = |count: usize| vec!["x"; count];
    for (operation, arguments, kind, named) in [
        ("orgContacts.create", json!({"contact": {}}), "unsupported", "Exchange"),
        ("orgContacts.fly", json!({}), "unsupported", "orgContacts.fly"),
        ("orgContacts.get", json!({}), "invalid-attribute-value", "id"),
        ("orgContacts.get", json!({"id": ""}), "unknown-uid", "organizational contact"),
        ("orgContacts.checkMemberGroups", json!({"id": "e", "groupIds": many(21)}), "invalid-attribute-value", "at most 20"),
        ("orgContacts.getByIds", json!({"ids": many(1001)}), "invalid-attribute-value", "at most 1000"),
        ("orgContacts.list", json!({"search": " "}), "invalid-attribute-value", "search"),
        ("orgContacts.list", json!({"filter": "nope eq 1"}), "invalid-attribute-value", "nope"),
        ("orgContacts.list", json!({"orderBy": ["nope"]}), "invalid-attribute-value", "nope"),
        ("orgContacts.list", json!({"pageSize": 0}), "invalid-attribute-value", "page"),
    ] {
        let (result, lines, _) = run(operation, &arguments, &[]);
        let error = result.unwrap_err();
        assert_eq!((error["kind"].as_str(), lines.len()), (Some(kind), 0), "{operation} {error}");
        assert!(error["message"].as_str().unwrap().contains(named), "{operation} {error}");
    }
    let (result, _, _) =
        run("orgContacts.checkMemberGroups", &json!({"id": "e", "groupIds": many(20)}), &[(200, json!({"value": []}))]);
    assert_eq!(result, Ok(json!([])));

    let mut synchronised = eric();
    synchronised["onPremisesSyncEnabled"] = json!(true);
    for (operation, arguments) in
        [("orgContacts.update", json!({"id": "e", "contact": {"jobTitle": "x"}})), ("orgContacts.delete", json!({"id": "e"}))]
    {
        // <https://learn.microsoft.com/en-us/graph/api/resources/onpremisessyncbehavior>
        let on_premises = (200, json!({"id": "e", "isCloudManaged": false}));
        let (result, lines, _) = run(operation, &arguments, &[(200, synchronised.clone()), on_premises]);
        assert_eq!((result.unwrap_err()["kind"].as_str(), lines.len()), (Some("permission-denied"), 2), "{operation}");
        assert_eq!(lines[1], "GET /v1.0/contacts/e/onPremisesSyncBehavior?$select=id,isCloudManaged");
    }
    let missing = [
        (404, json!({"error": {"code": "Request_ResourceNotFound"}})),
        (404, json!({"error": {"code": "Request_ResourceNotFound"}})),
    ];
    let (result, _, _) = run("orgContacts.getManager", &json!({"id": "e"}), &missing);
    assert_eq!(result.unwrap_err()["kind"], "unknown-uid", "there is no such contact");
}

/// A `POST` that only reads is safe to retry, and its failure never counts as possibly done.
#[test]
fn idempotent_post_is_retried() {
    let terms =
        OperationSettings { retry: RetryPolicy { max_retries: 1, initial_backoff: Duration::from_secs(1) }, ..PLAIN.clone() };
    let service = service();
    let ask =
        |script: &Script| invoke(&Connector::new(&service, script, &terms), "orgContacts.getMemberGroups", "{\"id\": \"e\"}");
    let lost = || Script::new().then_fault(ErrorKind::ConnectionFailed, true);
    assert_eq!(ask(&lost().then(200, json!({"value": ["g"]}))).unwrap(), json!(["g"]));
    assert_eq!(ask(&Script::new().then_error(504, "x").then(200, json!({"value": []}))).unwrap(), json!([]));
    let error = ask(&lost().then_error(504, "UnknownError")).unwrap_err();
    assert_eq!((error.kind, error.may_have_taken_effect), (ErrorKind::Unavailable, false));
}

#[test]
fn dry_run_returns_requests_without_sending() {
    for version in [Version::V1, Version::Beta] {
        let service = Service::new(Service::GLOBAL_ENDPOINT, version).unwrap();
        let connector = Connector::new(&service, &Offline, &PLAIN);
        for (operation, arguments, lines) in [
            ("list", json!({"search": "wa"}), ["GET contacts?$top=999&$search=%22displayName%3Awa%22&$count=true"].as_slice()),
            ("get", json!({"id": "e"}), &["GET contacts/e"]),
            ("delete", json!({"id": "e"}), &["GET contacts/e?$select=id,onPremisesSyncEnabled", "DELETE contacts/e"]),
            ("delta", json!({}), &["GET contacts/delta"]),
            ("getManager", json!({"id": "e"}), &["GET contacts/e/manager?$select=id,displayName"]),
            ("listMemberOf", json!({"id": "e"}), &["GET contacts/e/memberOf?$select=id,displayName"]),
            ("getMemberGroups", json!({"id": "e"}), &["POST contacts/e/getMemberGroups"]),
            ("checkMemberGroups", json!({"id": "e", "groupIds": []}), &["POST contacts/e/checkMemberGroups"]),
            ("getByIds", json!({"ids": []}), &["POST directoryObjects/getByIds"]),
        ] {
            let requests = build_requests(&connector, &format!("orgContacts.{operation}"), &arguments.to_string()).unwrap();
            let shown: Vec<String> = requests.iter().map(|r| format!("{} {}", r.method(), r.uri())).collect();
            let prefix = format!("https://graph.microsoft.com/{}/", version.name());
            let shown: Vec<String> = shown.into_iter().map(|line| line.replace(&prefix, "")).collect();
            assert_eq!(shown, lines, "{operation}");
        }
    }
    // The stored contact decides what would be written, so it is read.
    let script = Script::new().then(200, eric());
    let arguments = json!({"id": "e", "contact": {"surname": "S"}});
    let requests = build_requests(&connector(&service(), &script), "orgContacts.update", &arguments.to_string()).unwrap();
    assert_eq!(requests.iter().map(|request| request.method().as_str()).collect::<Vec<_>>(), ["GET", "PATCH"]);
}

/// The typed interface has no field for region and language, and writing back what was read changes nothing.
#[test]
fn update_keeps_region_of_phone() {
    let stored =
        json!({"id": "o", "phones": [{"type": "mobile", "number": "+1", "region": "NO", "language": "nb"}], "department": null});
    let script = Script::new().then(200, stored.clone()).then_bytes(204, &[], b"").then(200, stored.clone());
    let wanted = json!({"phones": [{"type": "mobile", "number": "+1"}], "department": "Sales"});
    connector(&service(), &script).update_org_contact("o", wanted.as_object().unwrap()).unwrap();
    assert_eq!(script.body(1), json!({"department": "Sales"}));
    let script = Script::new().then(200, stored.clone()).then_bytes(204, &[], b"").then(200, stored);
    let wanted = json!({"phones": [{"type": "mobile", "number": "+2"}, {"type": "business", "number": "+3"}]});
    connector(&service(), &script).update_org_contact("o", wanted.as_object().unwrap()).unwrap();
    let expected = json!({"phones": [{"type": "mobile", "number": "+2", "language": "nb", "region": "NO"}, {"type": "business", "number": "+3"}]});
    assert_eq!(script.body(1), expected);
}
