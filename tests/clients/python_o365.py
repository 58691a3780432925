"""O365 (PyPI), unmodified, at the emulator."""

import logging

from O365 import Account
from O365.address_book import ContactFolder
from O365.utils.token import MemoryTokenBackend
from requests import HTTPError

from graph_transport import JPEG, arguments, connect, done

# Its own lines about the errors that are expected.
logging.getLogger("O365").setLevel(logging.CRITICAL)
endpoint, token, user = arguments()
account = Account(
    ("client", "secret"),
    auth_flow_type="credentials",
    tenant_id="contoso.example",
    token_backend=MemoryTokenBackend(),
    raise_http_errors=True,
)
connect(endpoint)
session = account.con.get_session()
session.headers["Authorization"] = f"Bearer {token}"
account.con.session = session
book = account.address_book(resource=f"users/{user}")


def expect_error(status, call, *values):
    """Checks that the call fails with this status."""
    try:
        call(*values)
    except HTTPError as error:
        assert error.response.status_code == status, error.response.text
        return
    raise AssertionError(f"{status} was expected")


def as_folder(folder):
    """Returns a folder as a child. The client takes each folder that an address book gives for the root (python-o365#764)."""
    data = {"id": folder.folder_id, "displayName": folder.name, "parentFolderId": folder.parent_id}
    return ContactFolder(parent=book, **{ContactFolder._cloud_data_key: data})


def everything(folder, **options):
    """Returns all contacts of a folder, in pages of five. A row can come on two pages."""
    return list({one.object_id: one for one in folder.get_contacts(limit=None, batch=5, **options)}.values())


before = len(everything(book))
contact = book.new_contact()
contact.name, contact.surname = "Pavel", "Bansky"
contact.business_phones = ["+1 732 555 0102"]
contact.emails.add("pavelb@fabrikam.onmicrosoft.com")
contact.home_address = {"city": "Seattle", "state": "WA"}
assert contact.save() and contact.object_id
assert contact.created and contact.modified
contact.job_title = "Engineer"
assert contact.save()
# `get_contact_by_email` of 2.1.10 fails in the client, before it sends anything.
query = book.q()
by_address = query.any(collection="email_addresses", filter_instance=query.equals("address", "pavelb@fabrikam.onmicrosoft.com"))
[read] = everything(book, query=by_address)
assert read.object_id == contact.object_id
assert (read.job_title, read.full_name, read.home_address["city"]) == ("Engineer", "Pavel Bansky", "Seattle")
done("created, updated and found a contact")

made = [contact]
for number in range(12):
    more = book.new_contact()
    more.name, more.surname = f"Number {number}", "Many"
    assert more.save()
    made.append(more)
assert len(everything(book)) == before + 13
found = everything(book, query=book.q().startswith("display_name", "Pavel"))
assert [one.object_id for one in found] == [contact.object_id]
found = everything(book, query=book.q().contains("display_name", "vel B"))
assert [one.object_id for one in found] == [contact.object_id]
assert everything(book, order_by="displayName desc")[0].object_id == contact.object_id
done("listed contacts over pages, filtered and sorted them")

outer = as_folder(book.create_child_folder("O365 outer"))
inner = outer.create_child_folder("O365 inner")
assert inner.parent_id == outer.folder_id
assert inner.update_folder_name("O365 renamed") and inner.name == "O365 renamed"
other = as_folder(book.create_child_folder("O365 other"))
assert inner.move_folder(other) and inner.parent_id == other.folder_id
assert [folder.name for folder in other.get_folders()] == ["O365 renamed"] and outer.get_folders() == []
assert other.get_folder(folder_name="O365 renamed").folder_id == inner.folder_id
assert [folder.name for folder in book.get_folders(order_by="displayName")] == ["O365 other", "O365 outer"]
expect_error(400, other.move_folder, inner)
expect_error(409, book.create_child_folder, "O365 outer")
done("created, renamed and moved nested folders, and sorted them")

inside = session.post(
    f"https://graph.microsoft.com/v1.0/users/{user}/contactFolders/{inner.folder_id}/contacts", json={"givenName": "Inside"}
)
assert inside.status_code == 201, inside.text
assert [one.name for one in everything(inner)] == ["Inside"]
done("listed the contacts of a nested folder")

assert contact.update_profile_photo(JPEG)
assert contact.get_profile_photo() == JPEG
done("set a photo with PATCH")

expect_error(404, other.get_folder, contact.object_id)
expect_error(400, other.get_folder, "not-an-id")
for one in made:
    assert one.delete()
for folder in (outer, other):
    assert folder.delete()
assert contact.get_profile_photo() is None
assert len(everything(book)) == before
done("deleted what it made")
