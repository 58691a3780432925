"""Calls the gateway's Azure AD Graph API with the unmodified SDK of that API.

    pip install azure-graphrbac
    python azure_ad_graph_sdk.py ENDPOINT TOKEN TENANT

ENDPOINT is the gateway's address (http://127.0.0.1:8080), TOKEN the bearer token of its callers (GATEWAY_PASSWORD), and TENANT
its directory (GATEWAY_DIRECTORY). AAD_GRAPH_ENDPOINT, AAD_GRAPH_TOKEN and AAD_GRAPH_TENANT replace missing arguments:

    GATEWAY_USERNAME=sdk GATEWAY_PASSWORD=secret GATEWAY_DIRECTORY=contoso.com target/debug/graph-contacts serve --emulator
    python azure_ad_graph_sdk.py http://127.0.0.1:8080 secret contoso.com

The directory must have a signed-in user, and a group with that user and an organizational contact, as with `serve --emulator`.
The script prints a line for each step, restores the directory, and ends with status 1 at the first unexpected response.
(azure-graphrbac 0.61.2 is the last version for Azure AD Graph. It is no longer maintained, and still runs on Python 3.11.)
"""

import os
import sys
from collections.abc import Callable
from typing import Any

from azure.graphrbac import GraphRbacManagementClient
from azure.graphrbac.models import (
    ADGroup,
    CheckGroupMembershipParameters,
    GetObjectsParameters,
    GraphErrorException,
    PasswordProfile,
    User,
    UserCreateParameters,
    UserUpdateParameters,
)
from msrest.authentication import BasicTokenAuthentication

NAME = "SDK Legacy"
PASSWORD = "xWwvJ]6NMw+bWH-d"
NOBODY = "3b0a1b8a-8a8c-4d0c-9d0e-6f1d2c3b4a59"


def setting(place: int, variable: str) -> str:
    """Returns an argument, or the environment variable that replaces it."""
    if len(sys.argv) > place:
        return sys.argv[place]
    if variable in os.environ:
        return os.environ[variable]
    raise SystemExit(__doc__)


def expect_error(status: int, code: str, call: Callable[..., Any], *arguments: Any) -> None:
    """Checks that the call fails with this status and code."""
    try:
        call(*arguments)
    except GraphErrorException as error:
        assert error.response.status_code == status, error
        assert error.error is not None and error.error.code == code and error.error.message, error
        print(f"refused as expected: {status} {code}: {error.error.message}")
        return
    raise AssertionError(f"{status} {code} did not come")


def new_user(number: int, domain: str) -> UserCreateParameters:
    """Returns the parameters of a new user."""
    return UserCreateParameters(
        account_enabled=True,
        display_name=f"{NAME} {number}",
        mail_nickname=f"sdk.legacy.{number}",
        user_principal_name=f"sdk.legacy.{number}@{domain}",
        password_profile=PasswordProfile(password=PASSWORD, force_change_password_next_login=False),
    )


def lists(graph: GraphRbacManagementClient, created: list[User]) -> None:
    """Lists users in several pages, and by filters."""
    everybody = [user.object_id for user in graph.users.list()]
    assert {user.object_id for user in created} <= set(everybody)

    # The SDK has no $top. It accepts the link of a first page in the form of odata.nextLink, and follows its links.
    pages = graph.users.list()
    first = pages.get("users?$top=2")
    assert len(first) == 2 and pages.next_link, "a first page of two, and a link to the next one"
    seen, count = [user.object_id for user in first], 1
    while pages.next_link:
        seen += [user.object_id for user in pages.advance_page()]
        count += 1
    assert sorted(seen) == sorted(everybody), "the pages together are not the list"
    print(f"listed {len(seen)} users over {count} pages")

    for text, numbers in [
        (f"startswith(displayName,'{NAME}')", [0, 1, 2, 3, 4, 5]),
        (f"displayName eq '{NAME} 3'", [3]),
        (f"userPrincipalName eq '{created[1].user_principal_name}' or mailNickname eq 'sdk.legacy.4'", [1, 4]),
        ("displayName eq 'O''Nobody & Sons'", []),
    ]:
        found = sorted(user.display_name for user in graph.users.list(filter=text))
        assert found == [f"{NAME} {number}" for number in numbers], (text, found)
    expect_error(400, "Request_UnsupportedQuery", graph.users.list(filter="endswith(displayName,'3')").advance_page)
    print("found users by filters")


def changes(graph: GraphRbacManagementClient, created: list[User]) -> None:
    """Reads and updates a user by id and by name."""
    by_id = graph.users.get(created[0].object_id)
    assert isinstance(by_id, User) and by_id.user_principal_name == created[0].user_principal_name
    # The SDK has attributes for few of a user's properties, and keeps the others in additional_properties.
    assert by_id.additional_properties["odata.type"] == "Microsoft.DirectoryServices.User"
    assert by_id.additional_properties["jobTitle"] is None
    change = UserUpdateParameters(account_enabled=False, surname="Legacy", additional_properties={"jobTitle": "Tester"})
    graph.users.update(created[0].object_id, change)
    graph.users.update(created[0].user_principal_name, UserUpdateParameters(display_name=f"{NAME} renamed"))
    by_name = graph.users.get(created[0].user_principal_name)
    assert by_name.object_id == created[0].object_id and by_name.display_name == f"{NAME} renamed"
    assert (by_name.account_enabled, by_name.surname, by_name.additional_properties["jobTitle"]) == (False, "Legacy", "Tester")
    print(f"read and changed {by_name.user_principal_name}, by id and by name")


def memberships(graph: GraphRbacManagementClient, me: User, user: User) -> None:
    """Reads objects by ids, and checks memberships."""
    mine = list(graph.users.get_member_groups(me.object_id, security_enabled_only=False))
    assert mine, "the signed-in user is in no group"
    wanted = GetObjectsParameters(object_ids=[mine[0], user.object_id, NOBODY], types=["User", "Group"])
    resolved = {one.object_id: type(one) for one in graph.objects.get_objects_by_object_ids(wanted)}
    assert resolved == {mine[0]: ADGroup, user.object_id: User}, "an id that is nobody's is left out"

    def is_member(member: User) -> Any:
        return graph.groups.is_member_of(CheckGroupMembershipParameters(group_id=mine[0], member_id=member.object_id)).value

    assert is_member(me) is True and is_member(user) is False
    assert list(graph.users.get_member_groups(user.object_id, security_enabled_only=False)) == []
    print("looked up objects by their ids, and saw who is in a group in isMemberOf and getMemberGroups")


def main() -> None:
    endpoint, token = setting(1, "AAD_GRAPH_ENDPOINT").rstrip("/"), setting(2, "AAD_GRAPH_TOKEN")
    tenant = setting(3, "AAD_GRAPH_TENANT")
    graph = GraphRbacManagementClient(BasicTokenAuthentication({"access_token": token}), tenant, base_url=endpoint)
    me = graph.signed_in_user.get()
    assert isinstance(me, User) and me.object_id and me.user_principal_name
    print(f"/me is {me.user_principal_name}")

    before = len(list(graph.users.list()))
    domain = me.user_principal_name.partition("@")[2]
    created = [graph.users.create(new_user(number, domain)) for number in range(6)]
    for number, user in enumerate(created):
        assert isinstance(user, User) and user.object_id and user.object_id != me.object_id, user
        assert user.user_principal_name == f"sdk.legacy.{number}@{domain}" and user.account_enabled is True, user
    print(f"made {len(created)} users")

    expect_error(400, "Request_BadRequest", graph.users.create, new_user(0, domain))
    expect_error(404, "Request_ResourceNotFound", graph.users.get, f"nobody@{domain}")
    stranger = GraphRbacManagementClient(BasicTokenAuthentication({"access_token": "wrong"}), tenant, base_url=endpoint)
    expect_error(401, "Authentication_MissingOrMalformed", stranger.users.get, me.object_id)
    lists(graph, created)
    changes(graph, created)
    memberships(graph, me, created[1])

    graph.users.delete(created[0].user_principal_name)
    for user in created[1:]:
        graph.users.delete(user.object_id)
    for user in created:
        expect_error(404, "Request_ResourceNotFound", graph.users.get, user.object_id)
    expect_error(404, "Request_ResourceNotFound", graph.users.delete, created[0].object_id)
    assert len(list(graph.users.list())) == before
    print(f"deleted {len(created)} users")


if __name__ == "__main__":
    main()
