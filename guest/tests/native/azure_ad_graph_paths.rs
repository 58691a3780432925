//! Paths of the Azure AD Graph API in each spelling that OData 3 allows, and empty query options.
//! <https://www.odata.org/documentation/odata-version-3-0/url-conventions/>

use azure_ad_graph::query::Query;
use http::Method;
use protocol::azure_ad_graph::address::{Address, EntityKey, EntitySet, PathError, Relation, Resource};
use protocol::azure_ad_graph::query::{parse_api_version, parse_format_option};

const ID: &str = "671fa173-ad81-41c3-89bf-af939426eee7";

/// Keys in parentheses as Microsoft's .NET client sends them (Azure-Samples/active-directory-dotnet-graphapi-console, issue 7), and the
/// same paths with keys as segments, as the page "Azure AD Graph API reference" writes them.
#[test]
fn keys_in_parentheses_name_what_segments_name() {
    for (parentheses, segments) in [
        ("/contoso.com/users()", "/contoso.com/users"),
        ("/contoso.com/users()/", "/contoso.com/users"),
        ("/contoso.com/users('{id}')", "/contoso.com/users/{id}"),
        ("/contoso.com/Users( '{id}' )", "/contoso.com/users/{id}"),
        ("/contoso.com/users%28%27{id}%27%29", "/contoso.com/users/{id}"),
        ("/contoso.com/users(guid'{id}')", "/contoso.com/users/{id}"),
        ("/contoso.com/users({id})", "/contoso.com/users/{id}"),
        ("/contoso.com/users(objectId='{id}')", "/contoso.com/users/{id}"),
        ("/contoso.com/users('a@b.example')", "/contoso.com/users/a@b.example"),
        ("/contoso.com/users('a%40b.example')", "/contoso.com/users/a@b.example"),
        ("/contoso.com/users('o''brien@b.example')", "/contoso.com/users/o'brien@b.example"),
        ("/contoso.com/users('o%27%27brien@b.example')", "/contoso.com/users/o%27brien@b.example"),
        ("/contoso.com/contacts()", "/contoso.com/contacts"),
        ("/contoso.com/contacts('{id}')", "/contoso.com/contacts/{id}"),
        ("/contoso.com/directoryObjects('{id}')", "/contoso.com/directoryObjects/{id}"),
        ("/contoso.com/users('{id}')/thumbnailPhoto", "/contoso.com/users/{id}/thumbnailPhoto"),
        ("/contoso.com/users('{id}')/manager", "/contoso.com/users/{id}/manager"),
        ("/contoso.com/users('{id}')/directReports()", "/contoso.com/users/{id}/directReports"),
        ("/contoso.com/contacts('{id}')/memberOf()", "/contoso.com/contacts/{id}/memberOf"),
        ("/contoso.com/users('{id}')/$links/manager", "/contoso.com/users/{id}/$links/manager"),
        ("/contoso.com/users('{id}')/%24links/directReports()", "/contoso.com/users/{id}/$links/directReports"),
        ("/contoso.com/users('{id}')/getMemberGroups", "/contoso.com/users/{id}/getMemberGroups"),
        ("/contoso.com/users('{id}')/checkMemberGroups()", "/contoso.com/users/{id}/checkMemberGroups"),
        ("/contoso.com/isMemberOf()", "/contoso.com/isMemberOf"),
        ("/contoso.com/getObjectsByObjectIds()", "/contoso.com/getObjectsByObjectIds"),
        ("/myorganization/users('{id}')", "/myorganization/users/{id}"),
        ("/myorganization/me()", "/myorganization/me"),
        ("/me()/manager", "/me/manager"),
        // The service wrote casts like these itself.
        (
            "/contoso.com/directoryObjects('{id}')/Microsoft.DirectoryServices.User/manager",
            "/contoso.com/directoryObjects/{id}/Microsoft.DirectoryServices.User/manager",
        ),
        (
            "/contoso.com/directoryObjects/$/Microsoft.DirectoryServices.User()",
            "/contoso.com/directoryObjects/$/Microsoft.DirectoryServices.User",
        ),
        (
            "/contoso.com/directoryObjects/$/Microsoft.DirectoryServices.User('{id}')/memberOf",
            "/contoso.com/directoryObjects/{id}/Microsoft.DirectoryServices.User/memberOf",
        ),
        (
            "/contoso.com/directoryObjects/Microsoft.DirectoryServices.Contact()",
            "/contoso.com/directoryObjects/$/Microsoft.DirectoryServices.Contact",
        ),
    ] {
        let (parentheses, segments) = (parentheses.replace("{id}", ID), segments.replace("{id}", ID));
        let expected = Address::parse(&segments).unwrap();
        assert_eq!(Address::parse(&parentheses), Ok(expected), "{parentheses}");
    }
}

/// A key in parentheses is never a name: a user's name may begin with `$` (msgraph-sdk-dotnet, issue 2635).
#[test]
fn key_in_parentheses_is_not_a_name() {
    for key in ["$links", "$", "$batch", "manager", "Microsoft.DirectoryServices.User", "a/b", "a(b)"] {
        let address = Address::parse(&format!("/contoso.com/users('{}')/manager", key.replace('/', "%2F"))).unwrap();
        assert_eq!(address.resource, Resource::Related(EntityKey::Of(EntitySet::Users, key.to_owned()), Relation::Manager));
        assert_eq!(address.object(), Some(("users".to_owned(), Some(key.to_owned()))));
    }
    let address = Address::parse("/contoso.com/users('x')").unwrap();
    assert!(address.operations(&Method::DELETE).is_some() && address.operations(&Method::POST).is_none());
}

#[test]
fn wrong_parentheses_are_rejected() {
    for path in [
        "users('x",
        "users('x'",
        "users('')",
        "users('o'brien')",
        "users('x','y')",
        "users(a='x',b='y')",
        "users(X'00')",
        "users(')",
        "users(()",
        "users(x y)",
    ] {
        let error = Address::parse(&format!("/contoso.com/{}", path.replace(' ', "%20"))).unwrap_err();
        assert_eq!(error, PathError::InvalidKey(path.to_owned()));
    }
    for (path, expected) in [
        ("groups('x')", PathError::NotServed("groups".to_owned())),
        ("users('x')/members('y')", PathError::NoMembers),
        ("users('x')/$links/members('y')", PathError::NoMembers),
        ("users('x')/directReports('y')", PathError::Unknown("y".to_owned())),
        ("users('x')('y')", PathError::InvalidKey("users('x')('y')".to_owned())),
        ("tables('x')", PathError::Unknown("tables".to_owned())),
        ("$metadata('x')", PathError::Unknown("$metadata".to_owned())),
    ] {
        assert_eq!(Address::parse(&format!("/contoso.com/{path}")), Err(expected), "{path}");
    }
}

/// "empty `$filter=` gives everything" (microsoft-graph-docs-contrib, issue 1391).
#[test]
fn empty_query_options_are_none() {
    let empty = ["$filter", "$orderby", "$select", "$expand", "$top", "$skiptoken", "$format", "$skip"];
    for option in empty {
        for text in [format!("{option}="), format!("{option}=%20"), option.to_owned(), option.replace('$', "%24") + "=+"] {
            assert_eq!(Query::parse(&text), Ok(Query::default()), "{text}");
        }
    }
    let twice = Query::parse("$filter=&$filter=a%20eq%20'b'&$top=&$top=5").unwrap();
    assert_eq!((twice.filter.as_deref(), twice.top), (Some("a eq 'b'"), Some(5)));
    assert!(Query::parse("$top=5&$top=6").is_err() && Query::parse("$skip=5").is_err());
    assert_eq!(parse_format_option("$format=&$format=json").as_deref(), Some("json"));
    // The service needs the version, and an empty deltaLink begins a differential query.
    assert!(parse_api_version("api-version=").is_err());
    assert_eq!(Query::parse("deltaLink=").unwrap().delta_link.as_deref(), Some(""));
}
