// Calls the gateway's Azure AD Graph API with @odata/client, an OData 2 client.
//
//     npm install @odata/client
//     node odata_client.mjs ENDPOINT TOKEN TENANT
//
// The arguments are those of azure_ad_graph_sdk.py. @odata/client runs unmodified, from the address of $metadata: its
// `commonHeaders` have the token, and that it reads OData 2 at most, and its `fetchProxy` adds the api-version. In a batch, each
// request needs the version too. The script prints a line for each step, restores the directory, and ends with status 1 at the
// first unexpected response.

import assert from "node:assert/strict";
import { OData } from "@odata/client";

const [endpoint, token, tenant] = process.argv.slice(2);
const VERSION = "api-version=1.6";
const NAME = "odata-client Legacy";

async function fetchProxy(url, init) {
  const response = await fetch(`${url}${url.includes("?") ? "&" : "?"}${VERSION}`, init);
  const isJson = (response.headers.get("content-type") ?? "").startsWith("application/json");
  return { content: isJson ? await response.json() : await response.text(), response };
}

const client = OData.New({
  metadataUri: `${endpoint}/${tenant}/$metadata`,
  commonHeaders: { Authorization: `Bearer ${token}`, MaxDataServiceVersion: "2.0" },
  fetchProxy,
});

/** Checks that the request fails with this message. */
async function expectError(text, request) {
  await assert.rejects(request, (error) => String(error.message).includes(text));
  console.log(`refused as expected: ${text}`);
}

const users = client.getEntitySet("users");
const contacts = client.getEntitySet("contacts");
const everybody = await users.query();
const [first] = everybody;
assert.ok(first.objectId && first.userPrincipalName && Array.isArray(first.otherMails));
const domain = first.userPrincipalName.split("@")[1];
for (const key of [first.objectId, first.userPrincipalName, { objectId: first.objectId }]) {
  assert.equal((await users.retrieve(key)).objectId, first.objectId);
}
console.log(`listed ${everybody.length} users, and read one by each form of its key`);

const created = await users.create({
  accountEnabled: true,
  displayName: NAME,
  mailNickname: "odata.client",
  userPrincipalName: `odata.client@${domain}`,
  passwordProfile: { password: "xWwvJ]6NMw+bWH-d", forceChangePasswordNextLogin: false },
});
assert.equal(created.displayName, NAME);
await users.update(created.objectId, { city: "Oslo" });
assert.equal((await users.retrieve(created.userPrincipalName)).city, "Oslo");
console.log(`created ${created.userPrincipalName} and changed it`);

assert.deepEqual((await users.find({ displayName: NAME })).map((user) => user.objectId), [created.objectId]);
const filter = client.newFilter().property("displayName").eqString(NAME);
assert.equal((await users.query(filter)).length, 1);
const selected = await users.query(client.newOptions().select(["objectId", "displayName"]).orderby("displayName").top(1));
assert.deepEqual(Object.keys(selected[0]).sort(), ["__metadata", "displayName", "objectId"]);
console.log("found users by filters");

const [contact] = await contacts.query();
assert.equal((await contacts.retrieve(contact.objectId)).displayName, contact.displayName);
const expanded = await contacts.retrieve(contact.objectId, client.newOptions().expand("manager"));
assert.ok(expanded.manager.objectId);
const groups = await users.action("getMemberGroups", first.objectId, { securityEnabledOnly: false });
assert.ok(Array.isArray(groups.d.getMemberGroups.results));
const isMember = await client.actionImport("isMemberOf", { groupId: first.objectId, memberId: first.objectId });
assert.equal(isMember.d.isMemberOf, false);
console.log(`read ${contact.displayName}, its manager, and memberships`);

const params = client.newOptions().custom("api-version", "1.6");
const read = (collection, id) => client.newBatchRequest({ collection, id, params });
const responses = await client.execBatchRequests([read("users", created.objectId), read("contacts", contact.objectId)]);
const bodies = await Promise.all(responses.map((response) => response.json()));
assert.deepEqual(bodies.map((body) => body.d.objectId), [created.objectId, contact.objectId]);
console.log("read in a batch");

await expectError("does not exist", users.retrieve(`nobody@${domain}`));
await expectError("endswith", users.query(client.newOptions().filter("endswith(displayName,'x')")));
await users.delete(created.objectId);
await expectError("does not exist", users.retrieve(created.objectId));
assert.equal((await users.query()).length, everybody.length);
console.log("deleted the user");
