"""Office365-REST-Python-Client (PyPI), unmodified, at the emulator."""

from office365.graph_client import GraphClient
from office365.runtime.client_request_exception import ClientRequestException

from graph_transport import arguments, connect, done

endpoint, token, user = arguments()
connect(endpoint)
client = GraphClient(lambda: {"access_token": token, "token_type": "Bearer"})
mailbox = client.users[user]


def expect_error(status, code, query):
    """Checks that the query fails with this status and code."""
    try:
        query.execute_query()
    except ClientRequestException as error:
        # A 404 can have an empty body.
        assert error.response.status_code == status and (error.code == code or status == 404), error
        client.clear()
        return
    raise AssertionError(f"{status} {code} was expected")




def everything(query):
    """Returns the rows of all pages by their ids. A row can come on two pages."""
    return {row.id: row for row in query.get_all(page_size=5).execute_query()}


before = len(everything(mailbox.contacts))
contact = mailbox.contacts.add("Pavel", "Bansky", "pavelb@fabrikam.onmicrosoft.com", "+1 732 555 0102").execute_query()
assert contact.id and contact.display_name == "Pavel Bansky"
contact.set_property("jobTitle", "Engineer").update().execute_query()
read = mailbox.contacts[contact.id].get().execute_query()
assert (read.job_title, read.surname) == ("Engineer", "Bansky")
assert read.email_addresses[0].address == "pavelb@fabrikam.onmicrosoft.com"
done("created, read and updated a contact")

made = [contact.id]
for number in range(12):
    made.append(mailbox.contacts.add(f"Number {number}", "Many").execute_query().id)
assert len(everything(mailbox.contacts)) == before + 13
assert list(everything(mailbox.contacts.filter("contains(displayName,'vel B')"))) == [contact.id]
# `order_by` of 3.3.0 sends `$order_by`, which is not an option of OData.
sorted_contacts = mailbox.contacts
sorted_contacts.query_options.custom["$orderby"] = "displayName desc"
assert next(iter(everything(sorted_contacts))) == contact.id
sorted_contacts.query_options.custom.clear()
done("listed contacts over pages, filtered and sorted them")

outer = mailbox.contact_folders.add("Office outer").execute_query()
inner = outer.child_folders.add(displayName="Office inner").execute_query()
assert inner.parent_folder_id == outer.id
other = mailbox.contact_folders.ensure("Office other").execute_query()
assert mailbox.contact_folders.find_by_name("Office other").execute_query().id == other.id
moving = mailbox.contact_folders[inner.id]
moving.set_property("displayName", "Office moved").set_property("parentFolderId", other.id).update().execute_query()
moved = mailbox.contact_folders[inner.id].get().execute_query()
assert (moved.display_name, moved.parent_folder_id) == ("Office moved", other.id)
sorted_folders = mailbox.contact_folders.expand(["childFolders"])
sorted_folders.query_options.custom["$orderby"] = "displayName"
listed = list(everything(sorted_folders).values())
assert [folder.display_name for folder in listed] == ["Office other", "Office outer"]
assert [child.display_name for child in listed[0].child_folders] == ["Office moved"]
done("created, renamed and moved nested folders, sorted and expanded them")

inside = mailbox.contact_folders[inner.id].contacts
rows = [inside.add(name, "x").execute_query().id for name in ("a", "b", "c")]
delta = mailbox.contact_folders[inner.id].contacts.delta.get().execute_query()
assert {row.id for row in delta} == set(rows)
done("read the delta of the contacts of a folder")

first = mailbox.contacts[made[0]].get()
second = mailbox.contacts[made[1]].get()
mailbox.contacts[made.pop()].delete_object()
client.execute_batch()
assert (first.id, second.display_name) == (made[0], "Number 0 Many")
done("sent three requests in a batch")

expect_error(400, "ErrorInvalidIdMalformed", mailbox.contacts["not-an-id"].get())
expect_error(404, "ResourceNotFound", client.users["nobody@contoso.com"].contacts.get())
expect_error(501, "NotImplemented", client.organization.get())
into = mailbox.contact_folders[other.id]
into.set_property("parentFolderId", inner.id)
expect_error(400, "ErrorMoveCopyFailed", into.update())
done("got Graph's errors")

for id in made:
    mailbox.contacts[id].delete_object().execute_query()
for folder in (outer, other):
    mailbox.contact_folders[folder.id].delete_object().execute_query()
expect_error(404, "ErrorItemNotFound", mailbox.contacts[rows[0]].get())
assert len(everything(mailbox.contacts)) == before
done("deleted what it made")
