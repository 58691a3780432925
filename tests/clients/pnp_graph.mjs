// @pnp/graph with @pnp/nodejs, unmodified, at the emulator.
import assert from "node:assert/strict";
import { GraphCollection, graphfi } from "@pnp/graph";
import { GraphDefault } from "@pnp/nodejs";
import { BearerToken, InjectHeaders } from "@pnp/queryable";
import "@pnp/graph/users/index.js";
import "@pnp/graph/contacts/index.js";
import "@pnp/graph/photos/index.js";
import { OpenExtensions } from "@pnp/graph/open-extensions/index.js";
import "@pnp/graph/batching.js";
import { connect, done, failure } from "./transport.mjs";

const { token, user } = connect();
const graph = graphfi().using(GraphDefault(), BearerToken(token));
const mailbox = graph.users.getById(user);

// Contacts, as in the tests of @pnp/graph: `add` sends `surName`.
async function listAll(query = mailbox.contacts.top(5)) {
  // A row can come on two pages.
  const rows = new Map();
  for await (const page of query) for (const row of page) rows.set(row.id, row);
  return [...rows.values()];
}
const before = (await listAll()).length;
const created = await mailbox.contacts.add(
  "Pavel",
  "Bansky",
  [{ address: "pavelb@contoso.onmicrosoft.com", name: "Pavel Bansky" }],
  ["+1 732 555 0102"],
);
const contact = (made) => made.data ?? made;
const id = contact(created).id;
const one = mailbox.contacts.getById(id);
assert.deepEqual([(await one()).surname, (await one()).displayName], ["Bansky", "Pavel Bansky"]);
await one.update({ birthday: "1986-05-30" });
assert.equal((await one()).birthday, "1986-05-30T11:59:00Z");
assert.deepEqual(Object.keys(await one.select("jobTitle")()).includes("surname"), false);
done("created, read and updated a contact");

const ids = [];
for (let number = 0; number < 12; number++) ids.push(contact(await mailbox.contacts.add(`Number ${number}`, "Many", [], [])).id);
assert.equal(new Set((await listAll()).map((row) => row.id)).size, before + 13);
const found = await listAll(mailbox.contacts.filter("startswith(displayName,'Pavel')"));
assert.deepEqual(found.map((row) => row.id), [id]);
const sorted = await listAll(mailbox.contacts.orderBy("displayName", false).top(5));
assert.equal(sorted[0].displayName, "Pavel Bansky");
done("listed contacts over pages, filtered and sorted them");

// Folders: `add` sends the id of the parent, also where the address has it.
const root = contact(created).parentFolderId;
const outer = contact(await mailbox.contactFolders.add("Pnp outer", root));
const folder = mailbox.contactFolders.getById(outer.id);
const inner = contact(await folder.childFolders.add("Pnp inner", outer.id));
assert.equal(inner.parentFolderId, outer.id);
await folder.update({ displayName: "Pnp renamed" });
assert.equal((await folder()).displayName, "Pnp renamed");
const nested = folder.childFolders.getById(inner.id);
const inside = contact(await nested.contacts.add("Jane", "Doe", [{ address: "janeb@contoso.onmicrosoft.com" }], []));
assert.equal((await nested.contacts.getById(inside.id)()).parentFolderId, inner.id);
await mailbox.contactFolders.getById(inner.id).update({ parentFolderId: root });
assert.equal((await mailbox.contactFolders.getById(inner.id)()).parentFolderId, root);
const folders = await listAll(mailbox.contactFolders.orderBy("displayName").expand("contacts"));
assert.deepEqual(folders.map((row) => [row.displayName, row.contacts.length]), [["Pnp inner", 1], ["Pnp renamed", 0]]);
done("created, renamed and moved nested folders, sorted and expanded them");

// Delta.
const delta = GraphCollection(mailbox.contactFolders.getById(inner.id).contacts, "delta");
assert.deepEqual((await listAll(delta)).map((row) => row.id), [inside.id]);
done("read the delta of the contacts of a folder");

// Open extensions.
const extensions = OpenExtensions(one);
await extensions.create({ extensionName: "Com.Contoso.Referral", dealValue: 500050 });
await extensions.getById("Com.Contoso.Referral").update({ dealValue: 7 });
assert.equal((await extensions.getById("Com.Contoso.Referral")()).dealValue, 7);
done("kept an open extension with a contact");

// The user's photo.
await mailbox.photo.setContent(new Blob([Uint8Array.from([0xff, 0xd8, 0xff, 0xd9])], { type: "image/jpeg" }));
assert.equal((await mailbox.photo.getBuffer()).byteLength, 4);
done("set the user's photo");

// Batch.
const [batched, execute] = graph.batched();
const outcomes = [];
batched.users.getById(user).contacts.getById(id)().then((row) => outcomes.push(row.id));
batched.users.getById(user).contacts.getById(ids.pop()).delete().then(() => outcomes.push("deleted"));
const refused = (error) => outcomes.push(error.message.includes("400") ? 400 : error.message);
batched.users.getById(user).contacts.getById("not-an-id")().catch(refused);
await execute();
await new Promise((resolve) => setImmediate(resolve));
assert.deepEqual(new Set(outcomes), new Set([id, "deleted", 400]));
done("sent three requests in a batch");

// Errors.
for (const [query, status, code] of [
  [mailbox.contacts.getById("not-an-id"), 400, "ErrorInvalidIdMalformed"],
  [graph.users.getById("nobody@contoso.com").contacts, 404, "ResourceNotFound"],
  [mailbox.contacts.search("x"), 501, "NotImplemented"],
]) {
  const error = await failure(query());
  assert.equal(error.status, status, error.message);
  // A 404 can have an empty body.
  assert.ok(error.message.includes(code) || (status === 404 && !error.message.includes("{")), error.message);
}
const into = await failure(mailbox.contactFolders.getById(outer.id).update({ parentFolderId: outer.id }));
assert.equal(into.status, 400);
const preferring = mailbox.contacts.using(InjectHeaders({ Prefer: "odata.maxpagesize=3" }));
assert.ok((await preferring()).length <= 3);
done("got Graph's errors");

for (const row of [id, ...ids]) await mailbox.contacts.getById(row).delete();
for (const row of [outer.id, inner.id]) await mailbox.contactFolders.getById(row).delete();
assert.equal((await failure(one())).status, 404);
assert.equal((await listAll()).length, before);
done("deleted what it made");
