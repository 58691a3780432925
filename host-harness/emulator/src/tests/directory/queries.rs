//! Query options on lists of the directory. The expectations are from "Advanced query capabilities on directory objects" and from
//! the pages of the types.

use super::*;

/// The example of the page "List users".
#[tokio::test]
async fn identity_filter_finds_users() {
    let graph = start_company().await;
    let identity = json!([{"signInType": "emailAddress", "issuer": "My B2C tenant", "issuerAssignedId": "j.smith@yahoo.com"}]);
    graph.emulator.change_object(DIEGO, &json!({"identities": identity})).unwrap();
    let find = async |name: &str, issuer: &str| {
        let filter = format!("identities/any(c:c/issuerAssignedId eq '{name}' and c/issuer eq '{issuer}')");
        let target = format!("/v1.0/users?$select=displayName,id&$filter={filter}").replace(' ', "%20");
        list_values(&graph.get(&target).await, "id")
    };
    assert_eq!(find("j.smith@yahoo.com", "My B2C tenant").await, [DIEGO]);
    assert_eq!(find("j.smith@yahoo.com", "contoso.com").await, [""; 0]);
}

#[tokio::test]
async fn org_contact_filters_follow_table() {
    let graph = start_company().await;
    let supported = "displayName eq 'eric s'|department eq 'Marketing'|startsWith(mail,'eric')|jobTitle in ('Accountant','X')\
        |onPremisesSyncEnabled eq true|onPremisesLastSyncDateTime ge 2026-10-01|onPremisesLastSyncDateTime le 2026-11-01T10:00:00Z\
        |proxyAddresses/any(p:p eq 'smtp:ERIC@contoso.com')|proxyAddresses/any(p:startsWith(p,'smtp:erics'))\
        |onPremisesProvisioningErrors/any(o:o/category eq 'PropertyConflict')\
        |onPremisesProvisioningErrors/any(o: o/propertyCausingError eq 'ProxyAddresses')|surname eq 'Solomon' and givenName eq 'Eric'";
    for filter in supported.split('|') {
        let found = graph.get(&format!("/v1.0/contacts?$filter={filter}")).await;
        assert_eq!(list_values(&found, "displayName"), ["Eric S"], "{filter}");
    }
    let unsupported = |name: &str| {
        format!("Unsupported or invalid query filter clause specified for property '{name}' of resource 'OrgContact'.")
    };
    for (filter, name, found) in [
        ("companyName eq 'Contoso'", "companyName", "Eric S"),
        ("startsWith(companyName,'Con')", "companyName", "Eric S"),
        ("givenName eq null", "givenName", "Nicole Wagner"),
        ("onPremisesSyncEnabled eq null", "onPremisesSyncEnabled", "Nicole Wagner"),
        ("proxyAddresses/$count eq 0", "proxyAddresses", "Nicole Wagner"),
        ("proxyAddresses/$count ne 0", "proxyAddresses", "Eric S"),
    ] {
        let target = format!("/v1.0/contacts?$filter={filter}&$count=true");
        let response = get_advanced(&graph, &target).await;
        assert_eq!(
            (list_values(&response, "displayName"), &response.body["@odata.count"]),
            (vec![found.to_owned()], &json!(1)),
            "{filter}"
        );
        let refused = graph.get(&target.replace(' ', "%20")).await;
        assert_eq!(
            (refused.get_error(), refused.message()),
            ((400, "Request_UnsupportedQuery"), unsupported(name).as_str()),
            "{filter}"
        );
    }
    for filter in [
        "phones/any(p:p/number eq '1')",
        "addresses/any(a:a/city eq 'x')",
        "deletedDateTime eq null",
        "endsWith(displayName,'S')",
    ] {
        let refused = get_advanced(&graph, &format!("/v1.0/contacts?$filter={filter}&$count=true")).await;
        assert_eq!(refused.get_error(), (400, "Request_UnsupportedQuery"), "{filter}");
    }
    let found = graph.get(&format!("/v1.0/contacts?$filter=manager/id eq '{DIEGO}'")).await;
    assert_eq!(list_values(&found, "displayName"), ["Eric S"]);
}

/// The article's own example of a property without filters.
#[tokio::test]
async fn group_filter_by_creation_is_refused() {
    let graph = start_company().await;
    let refused = get_advanced(&graph, "/beta/groups?$filter=createdDateTime ge 2021-11-01&$count=true").await;
    assert_eq!(refused.get_error(), (400, "Request_UnsupportedQuery"));
    assert_eq!(
        refused.message(),
        "Unsupported or invalid query filter clause specified for property 'createdDateTime' of resource 'Group'."
    );
    assert_eq!(
        list_values(&graph.get("/v1.0/groups?$filter=securityEnabled eq true&$select=displayName").await, "displayName"),
        ["Sales"]
    );
    assert_eq!(graph.get(&format!("/v1.0/groups/{SALES}")).await.body["displayName"], "Sales");
    assert_eq!(graph.post("/v1.0/groups", json!({})).await.get_error(), (501, "NotImplemented"));
}

#[tokio::test]
async fn user_filters_follow_table() {
    let graph = start_company().await;
    let other = json!({
        "faxNumber": "+1 5", "onPremisesSyncEnabled": true, "onPremisesSecurityIdentifier": "S-1-5", "otherMails": ["a@b.example"],
        "createdDateTime": "2026-01-02T03:04:05Z"
    });
    graph.emulator.change_object(DIEGO, &other).unwrap();
    for filter in ["onPremisesSyncEnabled eq true", "otherMails/any(m:m eq 'a@b.example')"] {
        assert_eq!(
            list_values(&graph.get(&format!("/v1.0/users?$filter={filter}")).await, "displayName"),
            ["Diego Siciliani"],
            "{filter}"
        );
    }
    for filter in ["startsWith(faxNumber,'%2B1')", "onPremisesSecurityIdentifier ne null", "createdDateTime ge 2026-01-02"] {
        let response = get_advanced(&graph, &format!("/v1.0/users?$filter={filter}&$count=true")).await;
        assert_eq!(list_values(&response, "displayName"), ["Diego Siciliani"], "{filter}");
        assert_eq!(
            graph.get(&format!("/v1.0/users?$filter={filter}&$count=true")).await.get_error(),
            (400, "Request_UnsupportedQuery")
        );
    }
    let read = graph.get(&format!("/v1.0/users/{DIEGO}?$select=faxNumber,passwordProfile,imAddresses")).await.body;
    assert_eq!((&read["faxNumber"], &read["passwordProfile"], &read["imAddresses"]), (&json!("+1 5"), &json!(null), &json!([])));
}

/// Example 4 of the page "List orgContacts" finds "Nicole Wagner" by such a search.
#[tokio::test]
async fn search_matches_words() {
    let graph = start_company().await;
    let search = async |kind: &str, text: &str| {
        list_values(&get_advanced(&graph, &format!("/v1.0/{kind}?$search={text}&$count=true")).await, "displayName").join(",")
    };
    assert_eq!(search("contacts", "\"displayName:wa\"").await, "Nicole Wagner");
    assert_eq!(search("contacts", "\"displayName:agner\"").await, "", "no \"contains\" logic");
    assert_eq!(search("contacts", "\"displayName:wagner nicole\"").await, "Nicole Wagner", "in any order");
    assert_eq!(search("contacts", "\"displayName:wagner\" OR \"mail:eric\"").await, "Eric S,Nicole Wagner");
    assert_eq!(search("contacts", "\"displayName:wagner\" AND \"mail:eric\"").await, "");
    assert_eq!(search("contacts", "\"mail:contoso\"").await, "", "other properties match by prefix");
    graph.emulator.add_group(&json!({"displayName": "OneVideo", "mailEnabled": true})).unwrap();
    assert_eq!(search("groups", "\"displayName:Video\"").await, "OneVideo");
    graph.emulator.add_group(&json!({"displayName": "hello-world"})).unwrap();
    assert_eq!(search("groups", "\"displayName:helloworld\"").await, "hello-world");
    let both = get_advanced(&graph, "/v1.0/groups?$filter=mailEnabled eq true&$search=\"displayName:One\"").await;
    assert_eq!(list_values(&both, "displayName"), ["OneVideo"], "without $count");

    let refused = graph.get("/v1.0/contacts?$search=\"displayName:wa\"").await;
    assert_eq!(refused.get_error(), (400, "Request_UnsupportedQuery"));
    assert_eq!(
        refused.message(),
        "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'"
    );
    for text in ["wa", "\"wa\"", "\"displayName:wa", "\"displayName:a\" \"displayName:b\"", "\"nothing:a\""] {
        assert_eq!(
            get_advanced(&graph, &format!("/v1.0/contacts?$search={text}")).await.get_error(),
            (400, "BadRequest"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn count_and_orderby_need_advanced_query() {
    let graph = start_company().await;
    for (kind, number) in [("users", 3), ("contacts", 2), ("groups", 2)] {
        assert_eq!(get_advanced(&graph, &format!("/v1.0/{kind}/$count")).await.body, number, "{kind}");
        let refused = graph.get(&format!("/v1.0/{kind}/$count")).await;
        assert_eq!((refused.get_error(), refused.message()), ((400, "Request_BadRequest"), "$count is not currently supported."));
    }
    assert_eq!(get_advanced(&graph, "/v1.0/contacts/$count?$filter=startsWith(displayName,'N')").await.body, 1);

    let order = "/v1.0/contacts?$orderby=displayName desc&$count=true";
    assert_eq!(list_values(&get_advanced(&graph, order).await, "displayName"), ["Nicole Wagner", "Eric S"]);
    assert_eq!(graph.get(&order.replace(' ', "%20")).await.get_error(), (400, "Request_UnsupportedQuery"));
    let example = "/v1.0/contacts?$filter=startswith(displayName,'N')&$count=true&$top=1&$orderby=displayName";
    assert_eq!(get_advanced(&graph, example).await.body["@odata.count"], 1);
    assert_eq!(list_values(&graph.get("/v1.0/groups?$orderby=displayName").await, "displayName"), ["Everyone", "Sales"]);

    let first = graph.get("/v1.0/contacts?$top=1&$select=displayName").await.body;
    assert_eq!(first["value"], json!([{"displayName": "Eric S"}]));
    let second = graph.get(first["@odata.nextLink"].as_str().unwrap()).await.body;
    assert_eq!((&second["value"], second.get("@odata.nextLink")), (&json!([{"displayName": "Nicole Wagner"}]), None));
    assert_eq!(graph.get("/v1.0/contacts?$skip=1").await.get_error(), (400, "BadRequest"));
    assert_eq!(graph.get("/v1.0/contacts?$top=1000").await.get_error(), (400, "Request_UnsupportedQuery"));
}

/// The costs of "Identity and access service limits".
#[tokio::test]
async fn response_names_resource_units() {
    let graph = start_company().await;
    let everyone = format!("/v1.0/groups/{EVERYONE}");
    for (target, units) in [
        ("/v1.0/users".to_owned(), "2"),
        ("/v1.0/users?$select=id".to_owned(), "1"),
        ("/v1.0/users?$expand=manager".to_owned(), "3"),
        ("/v1.0/me".to_owned(), "1"),
        ("/v1.0/contacts?$select=id&$top=1".to_owned(), "1"),
        ("/v1.0/me/memberOf".to_owned(), "2"),
        ("/v1.0/me/memberOf?$top=1".to_owned(), "1"),
        (format!("{everyone}/members"), "3"),
        (format!("{everyone}/transitiveMembers?$top=19"), "4"),
        (format!("{everyone}/transitiveMembers?$top=20"), "5"),
        ("/v1.0/users?$filter=nonsense".to_owned(), "2"),
    ] {
        assert_eq!(graph.get(&target).await.header("x-ms-resource-unit"), units, "{target}");
    }
    let asked = graph.post("/v1.0/me/checkMemberGroups", json!({"groupIds": []})).await;
    assert_eq!(asked.header("x-ms-resource-unit"), "4");
    assert_eq!(graph.get("/v1.0/me/contacts").await.header("x-ms-resource-unit"), "", "not a request to the directory");
}

#[tokio::test]
async fn expand_returns_related_objects() {
    let graph = start_company().await;
    let nicole = graph.get(&format!("/v1.0/contacts/{NICOLE}?$expand=manager($select=id,displayName)&$select=mail")).await.body;
    assert_eq!(
        (&nicole["mail"], &nicole["manager"]),
        (
            &json!("nicolewa@contoso.com"),
            &json!({"@odata.type": "#microsoft.graph.orgContact", "id": ERIC, "displayName": "Eric S"})
        )
    );
    let users = graph.get("/v1.0/users?$expand=manager($levels=1;$select=id)&$select=id").await.body;
    assert_eq!(users["value"][0]["manager"]["id"], DIEGO);
    assert_eq!(users["value"][1].get("manager"), None, "Alex has no manager");
    let refused = graph.get("/v1.0/users?$expand=manager($levels=max)").await;
    assert_eq!(
        (refused.get_error().1, refused.message()),
        (
            "Request_UnsupportedQuery",
            "Transitive manager's list is only supported on a single user, send the $expand request on /users/{id} endpoint"
        )
    );
    let refused = graph.get("/v1.0/users?$expand=manager,memberOf").await;
    assert_eq!(
        (refused.get_error(), refused.message()),
        ((400, "BadRequest"), "The result of parsing $expand contained at least 2 items, but the maximum allowed is 1.")
    );
    assert_eq!(graph.get("/v1.0/contacts?$expand=members").await.get_error(), (400, "BadRequest"));
    let with_count = get_advanced(&graph, "/v1.0/contacts?$expand=manager&$count=true").await;
    assert_eq!(with_count.get_error(), (400, "Request_UnsupportedQuery"), "not in advanced queries");
    assert_eq!(graph.get("/v1.0/contacts?$expand=transitiveMemberOf").await.get_error(), (501, "NotImplemented"));
    let reports = graph.get(&format!("/v1.0/users/{DIEGO}?$expand=directReports($select=id)")).await.body;
    assert_eq!(reports["directReports"][1], json!({"@odata.type": "#microsoft.graph.orgContact", "id": ERIC}));
    assert_eq!(graph.get("/v1.0/contacts?$expand=transitiveReports").await.get_error(), (400, "BadRequest"), "only beta has it");

    for number in 0..25 {
        let id = graph.emulator.add_org_contact(&json!({"displayName": format!("C{number}")})).unwrap();
        graph.emulator.add_member(EVERYONE, &id).unwrap();
    }
    let everyone = graph.get(&format!("/v1.0/groups/{EVERYONE}?$expand=members")).await.body;
    assert_eq!(everyone["members"].as_array().unwrap().len(), 20, "\"a maximum of 20 items\"");
    assert_eq!(graph.get(&format!("/v1.0/groups/{EVERYONE}/members")).await.body["value"].as_array().unwrap().len(), 27);
}

/// microsoft-graph-docs#21098: sixteen values of `in` are refused, and an advanced query may have more.
#[tokio::test]
async fn filter_has_at_most_fifteen_alternatives() {
    let graph = start_company().await;
    let terms = |count: usize| (0..count).map(|number| format!("'{number}'")).collect::<Vec<_>>();
    let chain =
        |count: usize| terms(count).iter().map(|value| format!("displayName eq {value}")).collect::<Vec<_>>().join(" or ");
    let refusal = "Too many child clauses specified in search filter expression containing 'OR' operators: 16. Max allowed: 15";
    for filter in [
        format!("displayName in ({})", terms(16).join(",")),
        chain(16),
        format!("({}) or (displayName eq 'x' or displayName eq 'y')", chain(14)),
        format!("startsWith(displayName,'E') and ({})", chain(16)),
    ] {
        let target = format!("/v1.0/contacts?$filter={filter}&$count=true").replace(' ', "%20");
        let refused = graph.get(&target).await;
        assert_eq!((refused.get_error(), refused.message()), ((400, "Request_UnsupportedQuery"), refusal), "{filter}");
        assert_eq!(get_advanced(&graph, &target).await.status, 200, "{filter}");
    }
    for filter in [format!("displayName in ({})", terms(15).join(",")), chain(15)] {
        let target = format!("/v1.0/contacts?$filter={filter}").replace(' ', "%20");
        assert_eq!(graph.get(&target).await.status, 200, "{filter}");
    }
}

/// microsoft-graph-docs#3641: a comparison within `and`, within `or`, within `and` is refused, and its disjunctive form is not.
#[tokio::test]
async fn filter_has_at_most_three_levels() {
    let graph = start_company().await;
    let get = async |filter: &str| graph.get(&format!("/v1.0/groups?$filter={filter}").replace(' ', "%20")).await;
    let (unified, secure) = ("groupTypes/any(c:c eq 'Unified')", "mailEnabled eq false and securityEnabled eq true");
    let named = "startswith(displayName,'marketing')";
    let refused = get(&format!("({unified} or ({secure})) and {named}")).await;
    assert_eq!(refused.get_error(), (400, "Request_UnsupportedQuery"));
    assert_eq!(refused.message(), "search filter expression has excessive height: 4. Max allowed: 3");
    let accepted = get(&format!("({unified} and {named}) or ({secure} and {named})")).await;
    assert_eq!(accepted.status, 200, "{}", accepted.body);
    let flat = get("((mailEnabled eq false and (securityEnabled eq true and (mailEnabled eq false))))").await;
    assert_eq!(flat.status, 200, "conjunctions of conjunctions are one level: {}", flat.body);
}

/// microsoft-graph-explorer-v4#2103.
#[tokio::test]
async fn prefix_of_filter_has_at_most_120_characters() {
    let graph = start_company().await;
    let get =
        async |length: usize| graph.get(&format!("/v1.0/users?$filter=startsWith(displayName,'{}')", "a".repeat(length))).await;
    assert_eq!(get(120).await.status, 200);
    let refused = get(121).await;
    assert_eq!(refused.get_error(), (400, "Request_UnsupportedQuery"));
    assert_eq!(
        refused.message(),
        "Unsupported or invalid query filter clause specified for property 'displayName' of resource 'User'."
    );
}
