// @microsoft/msgraph-sdk with @microsoft/msgraph-sdk-users, unmodified, at the emulator.
import assert from "node:assert/strict";
import { BaseBearerTokenAuthenticationProvider } from "@microsoft/kiota-abstractions";
import { createGraphServiceClient, GraphRequestAdapter } from "@microsoft/msgraph-sdk";
import { BatchRequestContentCollection, PageIterator } from "@microsoft/msgraph-sdk-core";
import {
  createContactCollectionResponseFromDiscriminatorValue as CONTACTS,
  createContactFolderCollectionResponseFromDiscriminatorValue as FOLDERS,
} from "@microsoft/msgraph-sdk/models/index.js";
import { createODataErrorFromDiscriminatorValue } from "@microsoft/msgraph-sdk/models/oDataErrors/index.js";
import "@microsoft/msgraph-sdk-users";
import { connect, done, failure, JPEG, PROPERTY } from "./transport.mjs";

const { token, user } = connect();
const provider = new BaseBearerTokenAuthenticationProvider({
  getAuthorizationToken: async () => token,
  getAllowedHostsValidator: () => ({ isUrlHostValid: () => true }),
});
const adapter = new GraphRequestAdapter(provider);
const graph = createGraphServiceClient(adapter);
const mailbox = graph.users.byUserId(user);
const contacts = mailbox.contacts;
const ERRORS = { XXX: createODataErrorFromDiscriminatorValue };

async function listAll(first, parse = CONTACTS) {
  const rows = [];
  const iterator = new PageIterator(adapter, first, (row) => rows.push(row) > 0, parse, ERRORS);
  await iterator.iterate();
  // A row can come on two pages.
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

// Contacts.
const before = await contacts.count.get();
const created = await contacts.post({
  givenName: "Pavel",
  surname: "Bansky",
  emailAddresses: [{ address: "pavelb@fabrikam.onmicrosoft.com", name: "Pavel Bansky" }],
  businessPhones: ["+1 732 555 0102"],
  singleValueExtendedProperties: [{ id: PROPERTY, value: "hr-4711" }],
});
assert.equal(created.displayName, "Pavel Bansky");
const one = contacts.byContactId(created.id);
await one.patch({ jobTitle: "Engineer" });
const read = await one.get({ queryParameters: { select: ["displayName", "jobTitle"] } });
assert.deepEqual([read.id, read.jobTitle, read.surname], [created.id, "Engineer", undefined]);
done("created, read and updated a contact");

const ids = [created.id];
for (let number = 0; number < 12; number++) ids.push((await contacts.post({ givenName: `Number ${number}`, surname: "Many" })).id);
const all = await listAll(await contacts.get({ queryParameters: { top: 5, select: ["displayName"] } }));
assert.equal(new Set(all.map((row) => row.id)).size, before + 13);
const filter = "startswith(displayName,'nobody') or emailAddresses/any(a:a/address eq 'pavelb@fabrikam.onmicrosoft.com')";
const found = await listAll(await contacts.get({ queryParameters: { filter } }));
assert.deepEqual(found.map((row) => row.id), [created.id]);
const sorted = await listAll(await contacts.get({ queryParameters: { orderby: ["displayName desc"], top: 5 } }));
assert.equal(sorted[0].displayName, "Pavel Bansky");
done("listed contacts over pages, filtered and sorted them");

// Folders.
const folders = mailbox.contactFolders;
const outer = await folders.post({ displayName: "Kiota outer" });
const inner = await folders.byContactFolderId(outer.id).childFolders.post({ displayName: "Kiota inner" });
await folders.byContactFolderId(inner.id).patch({ parentFolderId: outer.parentFolderId, displayName: "Kiota moved" });
assert.equal((await folders.byContactFolderId(inner.id).get()).parentFolderId, outer.parentFolderId);
const options = { orderby: ["displayName"], expand: ["childFolders"] };
const expanded = await listAll(await folders.get({ queryParameters: options }), FOLDERS);
assert.deepEqual(expanded.map((row) => row.displayName), ["Kiota moved", "Kiota outer"]);
await folders.byContactFolderId(inner.id).patch({ parentFolderId: outer.id });
const children = await listAll(await folders.byContactFolderId(outer.id).childFolders.get(), FOLDERS);
assert.deepEqual(children.map((row) => row.id), [inner.id]);
done("created, renamed and moved nested folders, sorted and expanded them");

// Delta.
const inside = folders.byContactFolderId(inner.id).contacts;
const rows = [];
for (const name of ["a", "b", "c"]) rows.push((await inside.post({ givenName: name })).id);
async function followDelta(request) {
  const changes = [];
  for (;;) {
    const page = await request.get();
    changes.push(...page.value);
    if (page.odataDeltaLink) return [changes, page.odataDeltaLink];
    request = inside.delta.withUrl(page.odataNextLink);
  }
}
const [first, link] = await followDelta(inside.delta);
assert.deepEqual(new Set(first.map((row) => row.id)), new Set(rows));
await inside.byContactId(rows[0]).delete();
await inside.byContactId(rows[1]).patch({ surname: "Changed" });
const [second] = await followDelta(inside.delta.withUrl(link));
const removed = (row) => "@removed" in (row.additionalData ?? {});
assert.deepEqual(Object.fromEntries(second.map((row) => [row.id, removed(row)])), { [rows[0]]: true, [rows[1]]: false });
done("followed the contacts of a folder through two rounds of delta");

// Photo and extensions.
assert.equal((await failure(one.photo.get())).responseStatusCode, 404);
await one.photo.content.put(JPEG.buffer);
assert.deepEqual(new Uint8Array(await one.photo.content.get()), JPEG);
assert.equal((await one.photo.get()).width, 32);
await one.extensions.post({
  odataType: "#microsoft.graph.openTypeExtension",
  additionalData: { extensionName: "Com.Contoso.Referral", dealValue: 500050 },
});
assert.ok((await one.extensions.byExtensionId("Com.Contoso.Referral").get()).id);
done("kept a photo and an open extension with a contact");

// Batch.
const batch = new BatchRequestContentCollection(adapter, ERRORS);
const get = batch.addBatchRequest(one.toGetRequestInformation());
const drop = batch.addBatchRequest(contacts.byContactId(ids.pop()).toDeleteRequestInformation());
const bad = batch.addBatchRequest(contacts.byContactId("not-an-id").toDeleteRequestInformation());
const responses = await batch.postAsync();
const statuses = [get, drop, bad].map((item) => responses.getResponseById(item.id).status);
assert.deepEqual(statuses, [200, 204, 400]);
done("sent three requests in a batch");

// Errors.
for (const [request, status, code] of [
  [() => contacts.byContactId("not-an-id").get(), 400, "ErrorInvalidIdMalformed"],
  [() => graph.users.byUserId("nobody@contoso.com").contacts.get(), 404, "ResourceNotFound"],
  [() => contacts.get({ queryParameters: { search: "x" } }), 501, "NotImplemented"],
  [() => folders.byContactFolderId(outer.id).patch({ parentFolderId: inner.id }), 400, "ErrorMoveCopyFailed"],
]) {
  const error = await failure(request());
  assert.equal(error.responseStatusCode, status);
  // A 404 can have an empty body.
  if (status !== 404 || error.errorEscaped) assert.equal(error.errorEscaped?.code, code);
}
done("got Graph's errors");

for (const id of ids) await contacts.byContactId(id).delete();
await folders.byContactFolderId(outer.id).delete();
assert.equal((await failure(inside.byContactId(rows[2]).get())).responseStatusCode, 404);
assert.equal(await contacts.count.get(), before);
done("deleted what it made");
