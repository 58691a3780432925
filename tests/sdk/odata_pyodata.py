"""Calls the gateway's Azure AD Graph API with pyodata, an OData 2 client that works from the service's $metadata.

    pip install pyodata requests
    python odata_pyodata.py ENDPOINT TOKEN TENANT

The arguments are those of azure_ad_graph_sdk.py. pyodata runs unmodified, on a requests.Session that adds the token, the
api-version, and that it reads OData 2 at most. In a batch, each request needs the version too. The script prints a line for each
step, restores the directory, and ends with status 1 at the first unexpected response.
"""

import sys

import pyodata
import requests
from pyodata.exceptions import HttpError

NAME = "pyodata Legacy"
PASSWORD = "xWwvJ]6NMw+bWH-d"
VERSION = "1.6"


class Session(requests.Session):
    """A session that adds the api-version to each request."""

    def request(self, method, url, *args, **kwargs):
        separator = "&" if "?" in url else "?"
        return super().request(method, f"{url}{separator}api-version={VERSION}", *args, **kwargs)


def expect_error(status: int, code: str, request) -> None:
    """Checks that the request fails with this status and code."""
    try:
        request.execute()
    except HttpError as error:
        assert error.response.status_code == status, error.response.content
        assert code in error.response.content.decode(), error.response.content
        print(f"refused as expected: {status} {code}")
        return
    raise AssertionError(f"{status} {code} did not come")


def main() -> None:
    endpoint, token, tenant = sys.argv[1:4]
    session = Session()
    session.headers.update({"Authorization": f"Bearer {token}", "MaxDataServiceVersion": "2.0"})
    client = pyodata.Client(f"{endpoint}/{tenant}/", session)
    assert {"users", "contacts", "directoryObjects"} <= {entity_set.name for entity_set in client.schema.entity_sets}
    assert {"User", "Contact", "DirectoryObject"} <= {entity_type.name for entity_type in client.schema.entity_types}
    print("read $metadata")

    users, contacts = client.entity_sets.users, client.entity_sets.contacts
    everybody = users.get_entities().execute()
    first = everybody[0]
    assert first.objectId and first.userPrincipalName and isinstance(first.otherMails, list)
    domain = first.userPrincipalName.partition("@")[2]
    by_id = users.get_entity(first.objectId).execute()
    by_name = users.get_entity(first.userPrincipalName).execute()
    assert by_id.displayName == by_name.displayName == first.displayName
    print(f"listed {len(everybody)} users, and read one by id and by name")

    created = users.create_entity().set(
        accountEnabled=True,
        displayName=f"{NAME} O'Brien",
        mailNickname="pyodata.o.brien",
        userPrincipalName=f"pyodata.o'brien@{domain}",
        passwordProfile={"password": PASSWORD, "forceChangePasswordNextLogin": False},
    ).execute()
    assert created.objectId and created.displayName == f"{NAME} O'Brien"
    users.update_entity(created.objectId).set(city="Oslo").execute()
    # A quote in a key is sent twice.
    read = users.get_entity(created.userPrincipalName).execute()
    assert (read.objectId, read.city) == (created.objectId, "Oslo")
    print(f"created {read.userPrincipalName} and changed it")

    found = users.get_entities().filter(f"displayName eq '{NAME} O''Brien'").execute()
    assert [user.objectId for user in found] == [created.objectId]
    assert len(users.get_entities().top(1).execute()) == 1
    named = users.get_entities().select("objectId,displayName").order_by("displayName").execute()
    assert len(named) == len(everybody) + 1 and all(user.displayName for user in named)
    pages, count = users.get_entities().top(1).execute(), 0
    while True:
        count += len(pages)
        if not pages.next_url:
            break
        pages = users.get_entities().next_url(pages.next_url).execute()
    assert count == len(everybody) + 1, count
    print(f"found users by filters, and paged through {count}")

    contact = contacts.get_entities().execute()[0]
    assert contact.objectId and contacts.get_entity(contact.objectId).execute().displayName == contact.displayName
    assert client.entity_sets.directoryObjects.get_entity(contact.objectId).execute().objectType == "Contact"
    manager = contacts.get_entity(contact.objectId).nav("manager").execute()
    assert manager.objectId, "the contact has a manager"
    reports = users.get_entity(manager.objectId).nav("directReports").get_entities().execute()
    assert contact.objectId in [report.objectId for report in reports]
    print(f"read {contact.displayName}, its manager, and whom the manager leads")

    batch = client.create_batch()
    batch.add_request(users.get_entity(created.objectId).custom("api-version", VERSION))
    batch.add_request(contacts.get_entities().custom("api-version", VERSION))
    changes = client.create_changeset()
    changes.add_request(users.update_entity(created.objectId).set(city="Bergen").custom("api-version", VERSION))
    batch.add_request(changes)
    read, listed, _ = batch.execute()
    assert read.objectId == created.objectId and contact.objectId in [one.objectId for one in listed]
    assert users.get_entity(created.objectId).execute().city == "Bergen"
    print("read and changed in a batch")

    expect_error(404, "Request_ResourceNotFound", users.get_entity(f"nobody@{domain}"))
    expect_error(400, "Request_UnsupportedQuery", users.get_entities().filter("endswith(displayName,'x')"))
    users.delete_entity(created.objectId).execute()
    expect_error(404, "Request_ResourceNotFound", users.get_entity(created.objectId))
    assert len(users.get_entities().execute()) == len(everybody)
    print("deleted the user")


if __name__ == "__main__":
    main()
