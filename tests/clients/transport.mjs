// Leads the requests of an unmodified client to an emulator: the client keeps its default address, https://graph.microsoft.com,
// and `fetch` sends what is for that host to the endpoint, with the headers of a TLS terminator. So links in responses have the
// address that the client knows.

const HOST = "graph.microsoft.com";

/** Returns endpoint, token and user from the command line, and replaces `fetch`. */
export function connect() {
  const [endpoint, token, user] = process.argv.slice(2);
  if (!user) {
    console.error("usage: node CLIENT.mjs ENDPOINT TOKEN USER");
    process.exit(2);
  }
  const send = globalThis.fetch;
  globalThis.fetch = async (resource, init = {}) => {
    const request = new Request(resource, init);
    const url = new URL(request.url);
    if (url.host !== HOST) throw new Error(`unexpected request to ${url.host}`);
    const headers = new Headers(request.headers);
    headers.set("X-Forwarded-Host", HOST);
    headers.set("X-Forwarded-Proto", "https");
    const body = ["GET", "HEAD"].includes(request.method) ? undefined : await request.arrayBuffer();
    return send(endpoint + url.pathname + url.search, { method: request.method, headers, body });
  };
  return { token, user };
}

/** Checks that a promise fails, and returns the error. */
export async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("an error was expected");
}

/** Prints a line for a step that passed. */
export function done(step) {
  console.log(`  ${step}`);
}

/** A picture of 32 by 16: the first bytes of a JPEG with a frame header. */
export const JPEG = Uint8Array.from([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 16, 0, 32, 1, 1, 0x11, 0]);
export const PROPERTY = "String {66f5a359-4659-4830-9070-00040ec6ac6e} Name SourceId";
