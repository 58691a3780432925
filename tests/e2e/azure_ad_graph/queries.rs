//! Query options, as the API's page "Supported queries, filters, and paging options" defines them.

use http::Method;
use serde_json::{Value, json};

use super::{Directory, code, ids, message};
use crate::fixture::{UID, run};

/// Returns an id that ends with the number.
fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

async fn with_users(count: usize) -> Directory {
    add_users(Directory::open().await, count)
}

fn add_users(directory: Directory, count: usize) -> Directory {
    for number in 0..count {
        let properties = json!({"displayName": format!("User {number:02}"), "accountEnabled": number % 2 == 0,
            "department": "O'Neill & Sons", "proxyAddresses": [format!("smtp:user{number}@x.com")]});
        directory.add_user(&id(number), &format!("user{number}@contoso.com"), &properties);
    }
    directory
}

async fn query_ids(directory: &Directory, set: &str, filter: &str) -> Vec<String> {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("$filter", filter).finish();
    let (status, body) = directory.get(&format!("/contoso.com/{set}?api-version=1.6&{query}")).await;
    assert_eq!(status, 200, "{filter}: {body}");
    ids(&body).into_iter().map(str::to_owned).collect()
}

#[test]
fn user_filters_are_pushed_down() {
    run(async {
        let directory = with_users(4).await;
        let found = async |filter: &str| query_ids(&directory, "users", filter).await;
        assert_eq!(found("displayName eq 'User 02'").await, [id(2)]);
        assert_eq!(found("userPrincipalName eq 'user1@contoso.com' or displayName eq 'User 03'").await, [id(1), id(3)]);
        assert_eq!(found("startswith(displayName,'User') and accountEnabled eq false").await, [id(1), id(3)]);
        assert_eq!(found("(startswith(displayName, 'User 0')) and (accountEnabled eq true)").await, [id(0), id(2)]);
        assert_eq!(found("proxyAddresses/any(c:c eq 'smtp:user3@x.com')").await, [id(3)]);
        assert_eq!(found("proxyAddresses/any(x:startswith(x,'smtp:user2'))").await, [id(2)]);
        assert_eq!(found(&format!("objectId eq '{}'", id(1))).await, [id(1)]);
        assert_eq!(found("displayName ge 'User 02' and displayName le 'User 02'").await, [id(2)]);
        assert_eq!(found("department eq 'O''Neill & Sons' and displayName eq 'User 00'").await, [id(0)]);
        assert_eq!(found("streetAddress eq 'x'").await, [""; 0], "an advanced query");
        assert_eq!(found("dirSyncEnabled eq null and displayName eq 'User 00'").await, [id(0)]);
        assert!(directory.fixture.sent().iter().all(|line| line.contains("$filter=") || !line.contains("/users?")));
    });
}

/// Azure AD B2C clients find a local account this way. Microsoft Graph requires the issuer with the name.
#[test]
fn sign_in_names_filter_finds_users() {
    run(async {
        let directory = with_users(2).await;
        let identities = json!([
            {"signInType": "emailAddress", "issuer": "contoso.onmicrosoft.com", "issuerAssignedId": "joe@example.com"},
            {"signInType": "userPrincipalName", "issuer": "contoso.onmicrosoft.com", "issuerAssignedId": "user1@contoso.com"}
        ]);
        directory.fixture.emulator.change_object(&id(1), &json!({"identities": identities})).unwrap();
        let found = async |filter: &str| query_ids(&directory, "users", filter).await;
        assert_eq!(found("signInNames/any(x:x/value eq 'joe@example.com')").await, [id(1)]);
        assert_eq!(found("signInNames/any(x:x/value eq 'user1@contoso.com')").await, [""; 0], "not a local account");
        assert_eq!(found("signInNames/any(c:c/value eq 'joe@example.com') and displayName eq 'User 00'").await, [""; 0]);
        for wrong in [
            "signInNames/any(x:x/type eq 'emailAddress')",
            "signInNames/any(x:x eq 'a')",
            "userIdentities/any(x:x/issuer eq 'a')",
        ] {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("$filter", wrong).finish();
            let (status, refused) = directory.get(&format!("/contoso.com/users?api-version=1.6&{query}")).await;
            assert_eq!((status, code(&refused)), (400, "Request_UnsupportedQuery"), "{refused}");
            assert!(message(&refused).contains(wrong.split('/').next().unwrap()), "{refused}");
        }
    });
}

/// Azure AD Graph supports these filters and Microsoft Graph does not. The connector filters page by page.
#[test]
fn contact_address_filters_run_in_client() {
    run(async {
        let directory = Directory::open().await;
        let mut all = Vec::new();
        for (name, city) in [("Ada", "London"), ("Anna", "Oslo"), ("Bob", "London"), ("Amy", "london")] {
            all.push(directory.add_contact(&json!({"displayName": name, "addresses": [{"city": city, "countryOrRegion": "X"}]})));
        }
        let found = async |filter: &str| query_ids(&directory, "contacts", filter).await;
        assert_eq!(
            found("city eq 'London'").await,
            [&all[0], &all[2], &all[3]].map(String::as_str),
            "strings compare case-insensitively"
        );
        assert_eq!(found("startswith(displayName,'A') and city eq 'London'").await, [&all[0], &all[3]].map(String::as_str));
        let sent = directory.fixture.sent().last().unwrap().replace("%27", "'");
        assert!(sent.contains("$filter=startswith(displayName,'A')"), "the supported part is pushed down: {sent}");
        assert_eq!(found("displayName eq 'Bob' or city eq 'Oslo'").await, [&all[1], &all[2]].map(String::as_str));
        assert_eq!(found("country eq 'X' and startswith(city,'O')").await, [all[1].as_str()]);
        // By the property's name in that API version.
        let (_, old) = directory.get("/contoso.com/contacts?api-version=2013-04-05&$filter=Mail%20eq%20'x'").await;
        assert_eq!(old["value"], json!([]));
    });
}

#[test]
fn skip_tokens_page_forward_and_backward() {
    run(async {
        // It compares whole pages.
        let directory = add_users(Directory::exact().await, 6);
        let everybody: Vec<String> = std::iter::once(UID.to_owned()).chain((0..6).map(id)).collect();
        for (first, size) in [("/contoso.com/users?api-version=1.6&$top=3", 3), ("/contoso.com/users?api-version=1.6&$top=7", 7)]
        {
            let (mut target, mut seen) = (first.to_owned(), Vec::new());
            loop {
                let (status, page) = directory.get(&target).await;
                assert_eq!(status, 200, "{page}");
                assert!(ids(&page).len() <= size);
                seen.extend(ids(&page).into_iter().map(str::to_owned));
                let Some(next) = page["odata.nextLink"].as_str() else { break };
                // Relative, and without the API version: clients add both.
                assert!(next.starts_with("directoryObjects/$/Microsoft.DirectoryServices.User?$skiptoken="), "{next}");
                target = format!("/contoso.com/{next}&api-version=1.6");
            }
            assert_eq!(seen, everybody);
        }
        // The format of the service's own tokens, which some clients parse.
        let link =
            directory.get("/contoso.com/users?api-version=1.6&$top=3").await.1["odata.nextLink"].as_str().unwrap().to_owned();
        let token = link.split_once("$skiptoken=X'").unwrap().1.strip_suffix('\'').unwrap();
        for token in [token.to_owned(), format!("X'{token}'"), format!("X%27{token}%27")] {
            let (status, page) = directory.get(&format!("/contoso.com/users?api-version=1.6&$skiptoken={token}")).await;
            assert_eq!((status, ids(&page)), (200, everybody[3..6].iter().map(String::as_str).collect()));
        }
        // "This skip token can be combined with a previous-page=true query argument to page backward."
        let token =
            |page: &Value| page["odata.nextLink"].as_str().map(|link| link.split_once("skiptoken=").unwrap().1.to_owned());
        let page = async |token: &str, more: &str| {
            directory.get(&format!("/contoso.com/users?api-version=1.6&$skiptoken={token}{more}")).await.1
        };
        let first = directory.get("/contoso.com/users?api-version=1.6&$top=3").await.1;
        let second = page(&token(&first).unwrap(), "").await;
        let third = page(&token(&second).unwrap(), "").await;
        assert_eq!((ids(&third).len(), token(&third)), (1, None));
        let back = page(&token(&second).unwrap(), "&previous-page=true").await;
        assert_eq!(ids(&back), ids(&second));
        let further = page(&token(&back).unwrap(), "&previous-page=true").await;
        assert_eq!((ids(&further), token(&further)), (ids(&first), None), "the first page has no page before it");
    });
}

/// A next link has only a token, which contains the query.
#[test]
fn next_link_preserves_query() {
    run(async {
        // A row that Microsoft Graph repeats on its next page would stand on the next page here too.
        let directory = Directory::exact().await;
        for number in 0..6 {
            let city = if number % 2 == 0 { "Oslo" } else { "Bergen" };
            directory.add_contact(&json!({"displayName": format!("C{number}"), "addresses": [{"city": city}]}));
        }
        let (mut target, mut names) = (
            "/contoso.com/contacts?api-version=1.6&$top=2&$select=displayName&$filter=city%20eq%20'Oslo'".to_owned(),
            Vec::new(),
        );
        loop {
            let (status, page) = directory.get(&target).await;
            assert_eq!(status, 200, "{page}");
            for contact in page["value"].as_array().unwrap() {
                assert_eq!(contact.as_object().unwrap().keys().collect::<Vec<_>>(), ["odata.type", "displayName"]);
                names.push(contact["displayName"].as_str().unwrap().to_owned());
            }
            let Some(next) = page["odata.nextLink"].as_str() else { break };
            target = format!("/contoso.com/{next}&api-version=1.6");
        }
        assert_eq!(names, ["C0", "C2", "C4"]);
    });
}

/// A page is filled even if few objects match: a client that looks for one object reads only the first page.
#[test]
fn client_filtered_page_is_filled() {
    run(async {
        // A row that Microsoft Graph repeats on its next page would stand on the next page here too.
        let directory = Directory::exact().await;
        let mut wanted = Vec::new();
        for number in 0..30 {
            let city = if number % 10 == 9 { "Oslo" } else { "Bergen" };
            let id = directory.add_contact(&json!({"displayName": format!("C{number:02}"), "addresses": [{"city": city}]}));
            wanted.extend((city == "Oslo").then_some(id));
        }
        let (mut target, mut pages) =
            ("/contoso.com/contacts?api-version=1.6&$top=1&$filter=city%20eq%20'Oslo'".to_owned(), Vec::new());
        loop {
            let (status, page) = directory.get(&target).await;
            assert_eq!(status, 200, "{page}");
            pages.push(ids(&page).into_iter().map(str::to_owned).collect::<Vec<_>>());
            let Some(next) = page["odata.nextLink"].as_str() else { break };
            target = format!("/contoso.com/{next}&api-version=1.6");
        }
        // Only the last page may be empty.
        pages.pop_if(|page| page.is_empty());
        let each: Vec<Vec<String>> = wanted.iter().map(|id| vec![id.clone()]).collect();
        assert_eq!(pages, each);
        let token =
            |page: &Value| page["odata.nextLink"].as_str().map(|link| link.split_once("skiptoken=").unwrap().1.to_owned());
        let first = directory.get("/contoso.com/contacts?api-version=1.6&$top=1&$filter=city%20eq%20'Oslo'").await.1;
        let second =
            directory.get(&format!("/contoso.com/contacts?api-version=1.6&$skiptoken={}", token(&first).unwrap())).await.1;
        let back = format!("/contoso.com/contacts?api-version=1.6&previous-page=true&$skiptoken={}", token(&second).unwrap());
        assert_eq!(ids(&directory.get(&back).await.1), ids(&second), "the page before the third");
    });
}

#[test]
fn orderby_and_select_shape_results() {
    run(async {
        let directory = with_users(3).await;
        let (_, listed) =
            directory.get("/contoso.com/users?api-version=1.6&$orderby=displayName%20desc&$top=2&$select=displayName").await;
        let names: Vec<&str> =
            listed["value"].as_array().unwrap().iter().map(|user| user["displayName"].as_str().unwrap()).collect();
        assert_eq!(names, ["User 02", "User 01"]);
        directory.add_contact(&json!({"displayName": "B"}));
        directory.add_contact(&json!({"displayName": "A"}));
        let (status, listed) = directory.get("/contoso.com/contacts?api-version=1.6&$orderby=displayName").await;
        assert_eq!((status, &listed["value"][0]["displayName"]), (200, &json!("A")), "{listed}");
        for (option, word) in
            [("$orderby=city", "city"), ("$orderby=displayName&$filter=city%20eq%20'x'", "$filter"), ("$select=nope", "nope")]
        {
            let (status, refused) = directory.get(&format!("/contoso.com/users?api-version=1.6&{option}")).await;
            assert_eq!(status, 400, "{refused}");
            assert!(message(&refused).contains(word), "{refused}");
        }
    });
}

#[test]
fn expand_includes_manager_and_reports() {
    run(async {
        let directory = with_users(2).await;
        let emulator = &directory.fixture.emulator;
        emulator.set_manager(&id(0), UID).unwrap();
        let contact = directory.add_contact(&json!({"displayName": "Ada", "mail": "a@x.com"}));
        emulator.set_manager(&contact, UID).unwrap();
        let (_, user) = directory.get(&format!("/contoso.com/users/{}?api-version=1.6&$expand=manager", id(0))).await;
        assert_eq!(
            (&user["manager"]["objectId"], &user["manager"]["odata.type"]),
            (&json!(UID), &json!("Microsoft.DirectoryServices.User"))
        );
        let (_, user) = directory.get(&format!("/contoso.com/users/{}?api-version=1.6&$expand=manager", id(1))).await;
        assert_eq!(user["manager"], Value::Null);
        let target = format!("/contoso.com/users/{UID}?api-version=1.6&$expand=directReports&$select=displayName,directReports");
        let (status, user) = directory.get(&target).await;
        assert_eq!(status, 200, "{user}");
        let reports: Vec<&str> =
            user["directReports"].as_array().unwrap().iter().map(|o| o["objectId"].as_str().unwrap()).collect();
        assert_eq!(reports, [id(0).as_str(), contact.as_str()]);
        assert_eq!(user["directReports"][1]["mail"], "a@x.com");
        for option in ["manager,directReports", "members", "nope"] {
            let (status, refused) = directory.get(&format!("/contoso.com/users?api-version=1.6&$expand={option}")).await;
            assert_eq!((status, code(&refused)), (400, "Request_UnsupportedQuery"), "{refused}");
        }
    });
}

/// "The following are not supported: $count, $inlinecount, and $skip". Unknown options are rejected too.
#[test]
fn unsupported_query_options_are_rejected() {
    run(async {
        let directory = Directory::open().await;
        for option in ["$count=true", "$inlinecount=allpages", "$skip=5", "$search=x", "$nope=1"] {
            let (status, refused) = directory.get(&format!("/contoso.com/users?api-version=1.6&{option}")).await;
            assert_eq!((status, code(&refused)), (400, "Request_UnsupportedQuery"), "{refused}");
            assert!(message(&refused).contains(option.split('=').next().unwrap()), "{refused}");
        }
        for top in ["0", "1000", "-1", "x"] {
            let (status, refused) = directory.get(&format!("/contoso.com/users?api-version=1.6&$top={top}")).await;
            assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{refused}");
        }
        assert_eq!(directory.get("/contoso.com/users?api-version=1.6&cacheBuster=7").await.0, 200);
        let (status, refused) = directory.get("/contoso.com/directoryObjects?api-version=1.6").await;
        assert_eq!((status, code(&refused)), (400, "Request_UnsupportedQuery"), "{refused}");
        let target = format!("/contoso.com/users/{UID}?api-version=1.6&$filter=city%20eq%20'x'");
        assert_eq!(code(&directory.get(&target).await.1), "Request_UnsupportedQuery");
        let request =
            directory.request(Method::GET, "/contoso.com/users?api-version=1.6&$filter=city%20eq%20'x'&$filter=city%20eq%20'y'");
        assert_eq!(request.send().await.unwrap().status(), 400);
    });
}

/// A thousand users with sixty plans each are 12 MB of JSON. A sandbox has 128 MiB.
#[test]
fn thousand_users_with_plans_fit_in_sandbox() {
    run(async {
        // The sandbox is to hold all rows at once.
        let directory = Directory::exact().await;
        let plan = |number: usize| {
            json!({"assignedDateTime": "2014-10-14T02:54:04Z", "capabilityStatus": "Enabled", "service": "exchange",
                "servicePlanId": id(number)})
        };
        let plans: Vec<Value> = (0..60).map(plan).collect();
        for number in 0..998 {
            directory.add_user(&id(number), &format!("user{number}@contoso.com"), &json!({"assignedPlans": plans}));
        }
        let (status, listed) = directory.get("/contoso.com/users?api-version=1.6&$top=999").await;
        assert_eq!((status, ids(&listed).len(), listed.get("odata.nextLink")), (200, 999, None));
        assert_eq!(listed["value"][998]["assignedPlans"].as_array().unwrap().len(), 60);
        let wanted: Vec<String> = (0..998).map(id).collect();
        let target = "/contoso.com/getObjectsByObjectIds?api-version=1.6";
        let (status, found) = directory.send(Method::POST, target, &json!({"objectIds": wanted})).await;
        assert_eq!((status, ids(&found).len()), (200, 998));
        let target = "/contoso.com/users?api-version=1.6&deltaLink=";
        assert_eq!(directory.get(target).await.0, 200);
    });
}
