/**
 * The built Worker in front of an object whose portal reports what it received: requests and responses pass unchanged,
 * both ways, while they are sent.
 */
import { once } from "node:events";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../scripts/root.ts";
import { ADMIN_TOKEN, type Stack, startStack } from "./harness.ts";

const PORTAL = `
let left = 0;
let release = () => {};
const encoder = new TextEncoder();
export async function answerPortal(request) {
  const url = new URL(request.url);
  switch (url.pathname) {
    case "/facts":
      return Response.json({
        method: request.method,
        url: request.url,
        headers: Object.fromEntries(request.headers),
        body: await request.text(),
      });
    case "/echo":
      return new Response(request.body);
    case "/cookies": {
      const headers = new Headers({ location: "/elsewhere", etag: '"1"' });
      headers.append("set-cookie", "a=1; Path=/");
      headers.append("set-cookie", "b=2; Path=/");
      return new Response(null, { status: Number(url.searchParams.get("status")), headers });
    }
    case "/slow": {
      const { readable, writable } = new TransformStream();
      const writer = writable.getWriter();
      writer.write(encoder.encode("first"));
      release = () => writer.write(encoder.encode("second")).then(() => writer.close());
      writer.closed.catch(() => { left += 1; });
      request.signal.addEventListener("abort", () => { left += 1; });
      return new Response(readable);
    }
    case "/streamed-page": {
      const { readable, writable } = new TransformStream();
      const writer = writable.getWriter();
      writer.write(encoder.encode("<p>first</p>"));
      release = () => writer.write(encoder.encode("<p>second</p>")).then(() => writer.close());
      return new Response(readable, { headers: { "content-type": "text/html", etag: '"1"' } });
    }
    case "/release":
      await release();
      return new Response();
    case "/left":
      return Response.json(left);
    case "/faulty":
      throw new Error("the portal's own fault");
    default:
      return new Response(null, { status: 404 });
  }
}
`;

let workerDir = "";
let stack: Stack;
beforeAll(async () => {
  workerDir = await mkdtemp(join(tmpdir(), "one-balance-handover-"));
  await copyFile(join(root, "dist/worker/worker.js"), join(workerDir, "worker.js"));
  await writeFile(join(workerDir, "portal.js"), PORTAL);
  stack = await startStack({ workerDir, onLog: () => undefined });
});
afterAll(async () => {
  await stack?.close();
  await rm(workerDir, { recursive: true, force: true });
});

const ask = (path: string, init?: RequestInit) =>
  fetch(`${stack.url}${path}`, { redirect: "manual", ...init });

/** With Node's own client, which reads a response while it still sends. */
async function begin(path: string) {
  const request = httpRequest(`${stack.url}${path}`, { method: "POST" });
  const answered = once(request, "response") as Promise<[IncomingMessage]>;
  return { request, answer: async () => (await answered)[0] };
}

test("method, address, headers and body arrive as they were sent", async () => {
  const sent = {
    cookie: "session=a.b-c; theme=dark",
    "if-none-match": '"abc"',
    "accept-language": "zh-CN",
    "next-action": "0123",
    origin: "https://portal.example",
  };
  // Cloudflare's edge sets these itself; here the front does, and trusts no client.
  const forged = { "cf-connecting-ip": "203.0.113.9", "cf-ipcountry": "NZ" };
  const path = "/facts?q=a%2Fb&q=c%20d&_rsc=1";
  const headers = { ...sent, ...forged };
  const answer = await ask(path, { method: "PUT", headers, body: "große Daten" });
  const facts = await answer.json();
  expect(facts).toMatchObject({
    method: "PUT",
    url: stack.url + path,
    headers: { ...sent, host: new URL(stack.url).host },
    body: "große Daten",
  });
  expect(JSON.stringify(facts)).not.toMatch(/cf-ipcountry|cf-connecting-ip|x-one-balance-origin/);
});

test.each([200, 303, 304, 401])(
  "an answer of %i comes back whole, and is not followed",
  async (status) => {
    const answer = await ask(`/cookies?status=${status}`);
    expect(answer.status).toBe(status);
    expect(answer.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2; Path=/"]);
    expect(answer.headers.get("location")).toBe("/elsewhere");
    expect(answer.headers.get("etag")).toBe('"1"');
  },
);

test("a body passes piece by piece, each way, while the other side still sends", async () => {
  const { request, answer } = await begin("/echo");
  let told = "";
  request.write("one");
  const response = await answer();
  response.setEncoding("utf8").on("data", (piece: string) => {
    told += piece;
  });
  await expect.poll(() => told).toBe("one");
  request.write("two");
  await expect.poll(() => told).toBe("onetwo");
  request.end();
  await once(response, "end");
});

test("20 MB pass byte for byte", async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(65_536));
  const body = new Blob(Array.from({ length: 320 }, () => bytes));
  const answer = await ask("/echo", { method: "POST", body });
  const back = Buffer.from(await answer.arrayBuffer());
  expect(back.equals(Buffer.from(await body.arrayBuffer()))).toBe(true);
});

test("an answer begins before it is over", async () => {
  const answer = await ask("/slow");
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe("first");
  await ask("/release");
  expect((await reader?.read())?.value).toBe("second");
});

test.each(["br", "gzip"])("a page packed by %s begins before it is over", async (coding) => {
  // Node's fetch decompresses as it reads.
  const answer = await ask("/streamed-page", { headers: { "accept-encoding": coding } });
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-encoding": coding,
    vary: "Accept-Encoding",
    etag: 'W/"1"',
  });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe("<p>first</p>");
  await ask("/release");
  expect((await reader?.read())?.value).toBe("<p>second</p>");
  expect((await reader?.read())?.done).toBe(true);
});

test("a client that leaves ends the portal's work for it", async () => {
  const left = async () => (await ask("/left")).json();
  const before = Number(await left());
  const client = new AbortController();
  const answer = await ask("/slow", { signal: client.signal });
  await answer.body?.getReader().read();
  client.abort();
  await expect.poll(async () => Number(await left()), { timeout: 3_000 }).toBeGreaterThan(before);
});

test("a fault of the portal is JSON below /api/, and the proxy serves on", async () => {
  const page = await ask("/faulty");
  expect(page.status).toBe(500);
  expect(await page.text()).toContain("Proxied requests are served as usual");
  const answer = await ask("/api/openai/chat/completions", {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-4o-mini", messages: [] }),
  });
  expect(await answer.json()).toMatchObject({ error: { code: "no_provider_keys" } });
});
