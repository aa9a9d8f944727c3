/** Behind reverse proxies: everything works, and the client's origin is known and can't be forged. */
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  expectStream,
  expectWebSocket,
  setUp,
  signIn,
  signInAddresses,
  startProxiedStack,
  type Way,
} from "../proxies/journey.ts";
import {
  type ReverseProxy,
  type ReverseProxyOptions,
  startReverseProxy,
} from "../proxies/reverse-proxy.ts";
import type { Stack } from "./harness.ts";
import { rawSocket } from "./raw-http.ts";

let stack: Stack;
const proxies: ReverseProxy[] = [];
beforeAll(async () => {
  stack = await startProxiedStack();
});
afterEach(() => {
  for (const proxy of proxies.splice(0)) proxy.close();
});
afterAll(() => stack?.close());

async function proxied(
  target: string,
  manner: ReverseProxyOptions["manner"],
  scheme: ReverseProxyOptions["scheme"],
): Promise<ReverseProxy> {
  const proxy = await startReverseProxy({ target, manner, scheme });
  proxies.push(proxy);
  return proxy;
}

/** As a browser names it. TLS is what the proxy claims; there is no real TLS here. */
const way = (proxy: ReverseProxy): Way => ({
  origin: `http://keys.example.test:${proxy.port}`,
  port: proxy.port,
});
const direct = (): Way => ({
  origin: stack.url,
  port: Number(new URL(stack.url).port),
});

test("one proxy, or two in a row, or none: the audit log has each visitor's own address", async () => {
  const near = await proxied(stack.url, "replace", "http");
  const outer = await proxied((await proxied(stack.url, "hand-on", "http")).url, "replace", "http");
  const appending = await proxied(
    (await proxied(stack.url, "append", "http")).url,
    "append",
    "http",
  );
  await setUp(way(near));
  await signIn(way(near), "127.0.0.21");
  await signIn(way(outer), "127.0.0.22");
  await signIn(way(appending), "127.0.0.23");
  const visitor = await signIn(direct(), "127.0.0.24");
  expect(await signInAddresses(visitor)).toEqual([
    ...["127.0.0.24", "127.0.0.23", "127.0.0.22", "127.0.0.21"],
    ...["127.0.0.10"],
  ]);
  await expectStream(stack, way(outer));
  await expectWebSocket(stack, way(outer));
});

test("proxies that write Forwarded are believed where the settings say so, and X-Forwarded-* is not", async () => {
  const other = await startProxiedStack("forwarded");
  const inner = await proxied(other.url, "forwarded", "http");
  const outer = await proxied(inner.url, "forwarded", "http");
  await setUp(way(outer));
  const visitor = await signIn(way(outer), "127.0.0.31");
  expect((await signInAddresses(visitor))[0]).toBe("127.0.0.31");
  await other.close();
});

test("what only a front would read as a request's end is rejected, and CONNECT opens nothing", async () => {
  const refused = await rawSocket(stack.url, "GET /login HTTP/1.1\nhost: x\n\n\r\n\r\n");
  expect(refused).toMatch(/^HTTP\/1\.1 400 /);
  const host = "miniflare-unsafe-internal-capnp-connect";
  const tunnel = await rawSocket(stack.url, `CONNECT ${host} HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
  expect(tunnel).toMatch(/^HTTP\/1\.1 405 /);
});

test("a rejected socket continues as a connection for requests, sent before and after", async () => {
  const { port } = new URL(stack.url);
  const socket = connect({ port: Number(port), host: "127.0.0.1", localAddress: "127.0.0.41" });
  let answers = "";
  socket.setEncoding("utf8").on("data", (piece) => {
    answers += piece;
  });
  const closed = once(socket, "close");
  const handshake = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  socket.write(`GET /api/openai/realtime HTTP/1.1\r\nHost: x\r\n${handshake}${key}\r\n`);
  // Before it is known whether these are frames. The portal reads a body to its end before it responds.
  for (const piece of [
    "POST /api/admin/usage HTTP/1.1\r\nHost: x\r\n",
    "Content-Length: 10\r\n\r\n12345",
  ]) {
    await new Promise((resolve) => socket.write(piece, resolve));
  }
  await expect.poll(() => answers).toMatch(/^HTTP\/1\.1 401 /);
  socket.write("67890GET /api/health HTTP/1.1\r\nHost: x\r\n\r\n");
  await expect.poll(() => answers).toContain('{"status":"ok"}');
  expect(answers).not.toContain("HTTP/1.1 400");
  socket.destroy();
  await closed;
});
