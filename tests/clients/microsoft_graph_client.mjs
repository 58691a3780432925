// @microsoft/microsoft-graph-client, unmodified, at the emulator.
import assert from "node:assert/strict";
import {
  BatchRequestContent,
  BatchResponseContent,
  Client,
  GraphError,
  PageIterator,
  ResponseType,
} from "@microsoft/microsoft-graph-client";
import { connect, done, failure, JPEG, PROPERTY } from "./transport.mjs";

const { token, user } = connect();
const client = Client.init({ authProvider: (give) => give(null, token) });
const mailbox = `/users/${user}`;
const contacts = `${mailbox}/contacts`;

async function listAll(first) {
  const rows = [];
  const iterator = new PageIterator(client, await first, (row) => rows.push(row) > 0);
  await iterator.iterate();
  // A row can come on two pages.
  return [[...new Map(rows.map((row) => [row.id, row])).values()], iterator.getDeltaLink()];
}

// Contacts.
const before = (await listAll(client.api(contacts).get()))[0].length;
const created = await client.api(contacts).post({
  givenName: "Pavel",
  surname: "Bansky",
  emailAddresses: [{ address: "pavelb@fabrikam.onmicrosoft.com", name: "Pavel Bansky" }],
  businessPhones: ["+1 732 555 0102"],
  singleValueExtendedProperties: [{ id: PROPERTY, value: "hr-4711" }],
});
assert.equal(created.displayName, "Pavel Bansky");
const one = `${contacts}/${created.id}`;
const updated = await client.api(one).update({ jobTitle: "Engineer" });
assert.equal(updated?.jobTitle ?? (await client.api(one).get()).jobTitle, "Engineer");
const read = await client.api(one).select("displayName,jobTitle").get();
assert.deepEqual([read.id, read.jobTitle, read.surname], [created.id, "Engineer", undefined]);
const whole = await client.api(one).get();
// The contact back as it was read, without what has no value.
const known = Object.entries(whole).filter(([, value]) => value !== null && !(Array.isArray(value) && value.includes(null)));
await client.api(one).patch({ ...Object.fromEntries(known), nickName: "P" });
assert.equal((await client.api(one).get()).nickName, "P");
const expanded = await client.api(one).expand(`singleValueExtendedProperties($filter=id eq '${PROPERTY}')`).get();
assert.equal(expanded.singleValueExtendedProperties[0].value, "hr-4711");
done("created, read and updated a contact");

const ids = [];
for (let number = 0; number < 12; number++) {
  ids.push((await client.api(contacts).post({ givenName: `Number ${number}`, surname: "Many" })).id);
}
const [all] = await listAll(client.api(contacts).top(5).select("displayName").count(true).get());
assert.deepEqual(new Set(all.map((row) => row.id)).size, before + 13);
for (const filter of [
  "emailAddresses/any(a:a/address eq 'pavelb@fabrikam.onmicrosoft.com')",
  "startswith(displayName,'Pavel')",
  "contains(displayName,'vel B')",
  "startswith(displayName,'nobody') or emailAddresses/any(a:a/address eq 'pavelb@fabrikam.onmicrosoft.com')",
]) {
  const [found] = await listAll(client.api(contacts).filter(filter).get());
  assert.deepEqual(found.map((row) => row.id), [created.id], filter);
}
const [sorted] = await listAll(client.api(contacts).orderby("displayName desc").top(5).get());
assert.equal(sorted[0].displayName, "Pavel Bansky");
done("listed contacts over pages, filtered and sorted them");

// Folders.
const outer = await client.api(`${mailbox}/contactFolders`).post({ displayName: "Client outer" });
const inner = await client.api(`${mailbox}/contactFolders/${outer.id}/childFolders`).post({ displayName: "Client inner" });
assert.equal(inner.parentFolderId, outer.id);
const changes = { displayName: "Client moved", parentFolderId: outer.parentFolderId };
await client.api(`${mailbox}/contactFolders/${inner.id}`).patch(changes);
const moved = await client.api(`${mailbox}/contactFolders/${inner.id}`).get();
assert.deepEqual([moved.displayName, moved.parentFolderId], ["Client moved", outer.parentFolderId]);
const [folders] = await listAll(client.api(`${mailbox}/contactFolders`).orderby("displayName").expand("childFolders").get());
assert.deepEqual(folders.map((row) => row.displayName), ["Client moved", "Client outer"]);
assert.deepEqual(folders[1].childFolders, []);
await client.api(`${mailbox}/contactFolders/${inner.id}`).patch({ parentFolderId: outer.id });
assert.equal((await listAll(client.api(`${mailbox}/contactFolders/${outer.id}/childFolders`).get()))[0].length, 1);
done("created, renamed and moved nested folders, sorted and expanded them");

// Delta.
const inside = `${mailbox}/contactFolders/${inner.id}/contacts`;
const rows = [];
for (const name of ["a", "b", "c"]) rows.push((await client.api(inside).post({ givenName: name })).id);
const [first, link] = await listAll(client.api(`${inside}/delta`).header("Prefer", "odata.maxpagesize=2").get());
assert.deepEqual(new Set(first.map((row) => row.id)), new Set(rows));
await client.api(`${inside}/${rows[0]}`).delete();
await client.api(`${inside}/${rows[1]}`).patch({ surname: "Changed" });
const [second] = await listAll(client.api(link).get());
assert.deepEqual(Object.fromEntries(second.map((row) => [row.id, "@removed" in row])), { [rows[0]]: true, [rows[1]]: false });
done("followed the contacts of a folder through two rounds of delta");

// Photo and extensions.
assert.equal((await failure(client.api(`${one}/photo/$value`).get())).statusCode, 404);
await client.api(`${one}/photo/$value`).header("Content-Type", "image/jpeg").put(JPEG);
const picture = await client.api(`${one}/photo/$value`).responseType(ResponseType.ARRAYBUFFER).get();
assert.deepEqual(new Uint8Array(picture), JPEG);
await client.api(`${one}/photo/$value`).header("Content-Type", "image/jpeg").patch(JPEG);
assert.equal((await client.api(`${one}/photo`).get()).width, 32);
await client.api(`${one}/extensions`).post({
  "@odata.type": "microsoft.graph.openTypeExtension",
  extensionName: "Com.Contoso.Referral",
  dealValue: 500050,
});
await client.api(`${one}/extensions/Com.Contoso.Referral`).patch({ dealValue: 7 });
assert.equal((await client.api(`${one}/extensions/Com.Contoso.Referral`).get()).dealValue, 7);
done("kept a photo and an open extension with a contact");

// Batch. The client keeps the version of a URL, which Graph refuses (msgraph-sdk-javascript#1178), so there is none.
const steps = new BatchRequestContent([
  {
    id: "1",
    request: new Request(`https://graph.microsoft.com${contacts}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ givenName: "Batched" }),
    }),
  },
  { id: "2", request: new Request(`https://graph.microsoft.com${one}`, { method: "GET" }), dependsOn: ["1"] },
  { id: "3", request: new Request(`https://graph.microsoft.com${contacts}/${ids.pop()}`, { method: "DELETE" }), dependsOn: ["2"] },
  { id: "4", request: new Request(`https://graph.microsoft.com${contacts}/not-an-id`, { method: "DELETE" }), dependsOn: ["3"] },
]);
const batch = new BatchResponseContent(await client.api("/$batch").post(await steps.getContent()));
assert.deepEqual(["1", "2", "3", "4"].map((id) => batch.getResponseById(id).status), [201, 200, 204, 400]);
const batched = await batch.getResponseById("1").json();
assert.equal(batched.givenName, "Batched");
assert.equal((await batch.getResponseById("2").json()).id, created.id);
ids.push(batched.id);
done("sent four requests in a batch");

// Errors.
for (const [path, status, code] of [
  [`${contacts}/not-an-id`, 400, "ErrorInvalidIdMalformed"],
  ["/users/nobody@contoso.com/contacts", 404, "ResourceNotFound"],
  ["/users/nobody@contoso.com", 404, "Request_ResourceNotFound"],
  [`${contacts}?$search=x`, 501, "NotImplemented"],
  ["/organization", 501, "NotImplemented"],
]) {
  const error = await failure(client.api(path).get());
  assert.ok(error instanceof GraphError);
  assert.equal(error.statusCode, status, path);
  // A 404 can have an empty body.
  if (status !== 404 || error.requestId) assert.deepEqual([error.code, Boolean(error.requestId)], [code, true], path);
}
const into = await failure(client.api(`${mailbox}/contactFolders/${outer.id}`).patch({ parentFolderId: inner.id }));
assert.equal(into.statusCode, 400);
const [beta] = await listAll(client.api(`${mailbox}/contactFolders`).version("beta").get());
assert.equal(beta[0].wellKnownName, "contacts");
done("got Graph's errors, and beta's default folder");

for (const id of [created.id, ...ids]) await client.api(`${contacts}/${id}`).delete();
await client.api(`${mailbox}/contactFolders/${outer.id}`).delete();
assert.equal((await failure(client.api(`${inside}/${rows[2]}`).get())).statusCode, 404);
assert.equal((await listAll(client.api(contacts).get()))[0].length, before);
done("deleted what it made");
