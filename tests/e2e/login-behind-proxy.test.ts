/** Signing in behind proxies as people run them: what each passes on of the address that the browser used. */
import http from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { builtActions } from "../portal/actions.ts";
import { ADMIN_TOKEN, type Stack, sharedStack } from "./harness.ts";

const PERSON = { email: "ada@example.com", password: "a long password" };

let stack: Stack;
beforeAll(async () => {
  stack = await sharedStack();
  const { port } = new URL(stack.url);
  const headers = { host: `127.0.0.1:${port}`, origin: stack.url };
  await act("setUp", "/setup", { ...PERSON, name: "Ada", secret: ADMIN_TOKEN }, headers);
});
afterAll(() => stack.close());

/** With `node:http`, because `fetch` sets `host` itself. @returns The cookies that the response sets. */
function act(
  name: string,
  path: string,
  input: object,
  headers: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const id = builtActions().find((action) => action.name === name)?.id ?? "";
  const { hostname, port } = new URL(stack.url);
  const body = JSON.stringify([input]);
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        ...{ hostname, port, path, method: "POST" },
        headers: { "next-action": id, "content-type": "text/plain;charset=UTF-8", ...headers },
      },
      (answer) => {
        answer.resume();
        answer.on("end", () => resolve(answer.headers["set-cookie"] ?? []));
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

const SAME = { "sec-fetch-site": "same-origin" };

test.each<[what: string, headers: Record<string, string>, isHttps: boolean]>([
  [
    "nginx with $http_host on a port of its own",
    {
      host: "localhost:3333",
      origin: "http://localhost:3333",
      "x-forwarded-proto": "http",
      ...SAME,
    },
    false,
  ],
  [
    "nginx with $host, which drops the port",
    { host: "localhost", origin: "http://localhost:3333", "x-forwarded-proto": "http", ...SAME },
    false,
  ],
  [
    "the same with TLS on 8443",
    {
      ...{ host: "keys.example.com", origin: "https://keys.example.com:8443" },
      ...{ "x-forwarded-proto": "https", ...SAME },
    },
    true,
  ],
  [
    "two proxies, a list of schemes",
    {
      ...{ host: "keys.example.com", origin: "https://keys.example.com" },
      ...{ "x-forwarded-proto": "https,http", ...SAME },
    },
    true,
  ],
  [
    "two proxies, a list of hosts",
    {
      ...{ host: "10.0.0.5:8787", "x-forwarded-host": "keys.example.com, inner.local" },
      ...{ origin: "https://keys.example.com", "x-forwarded-proto": "https, http", ...SAME },
    },
    true,
  ],
  [
    "three proxies, one of which names its port, and a browser that says nothing of the site",
    {
      ...{ host: "10.0.0.5:8787", "x-forwarded-host": "keys.example.com, a.local, b.local" },
      ...{ "x-forwarded-port": "8443, 80", origin: "https://keys.example.com:8443" },
      "x-forwarded-proto": "https, http, http",
    },
    true,
  ],
])("%s: signed in, with cookies that fit", async (_, headers, isHttps) => {
  const cookies = await act("signInWithPassword", "/login", PERSON, headers);
  const session = cookies.find((cookie) => cookie.includes("authjs.session-token="));
  expect(session).toMatch(isHttps ? /^__Secure-/ : /^authjs/);
  const browser = cookies.find((cookie) => cookie.includes("one-balance-browser-"));
  expect(browser).toMatch(isHttps ? /^__Host-.*; Secure/ : /^one-balance-browser-/);
  for (const cookie of cookies) expect(/; Secure(?:;|$)/.test(cookie)).toBe(isHttps);
});

test.each<[what: string, headers: Record<string, string>]>([
  ["another port", { host: "localhost", origin: "http://localhost:9999" }],
  [
    "another port, as the browser says",
    { host: "localhost", origin: "http://localhost:9999", "sec-fetch-site": "same-site" },
  ],
  [
    "the inner host of a list",
    {
      host: "x",
      "x-forwarded-host": "a.example.com, evil.example",
      origin: "https://evil.example",
    },
  ],
])("a page of %s signs no one in", async (_, headers) => {
  const cookies = await act("signInWithPassword", "/login", PERSON, headers);
  expect(cookies.join()).not.toContain("session-token=");
});
