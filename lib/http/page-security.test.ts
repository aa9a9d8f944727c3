import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import {
  contentSecurityPolicy,
  NONCE_HEADER,
  newNonce,
  securePage,
  withNonce,
  withoutSniffing,
} from "./page-security";

const sha256 = (text: string) => createHash("sha256").update(text).digest("base64");

test("every nonce is another, of 128 bits", () => {
  const nonces = new Set(Array.from({ length: 100 }, newNonce));
  expect(nonces.size).toBe(100);
  for (const nonce of nonces) expect(Buffer.from(nonce, "base64")).toHaveLength(16);
});

describe("the policy", () => {
  const directives = new Map(
    contentSecurityPolicy("abc")
      .split("; ")
      .map((directive) => [directive.split(" ")[0], directive.split(" ").slice(1)]),
  );

  test("runs scripts by nonce alone", () => {
    expect(directives.get("script-src")).toEqual(["'nonce-abc'", "'strict-dynamic'"]);
    expect(directives.get("object-src")).toEqual(["'none'"]);
    expect(directives.get("base-uri")).toEqual(["'none'"]);
  });

  test("forbids framing the page", () => {
    expect(directives.get("frame-ancestors")).toEqual(["'none'"]);
  });

  test("knows the installed sonner's style sheet, and no inline style element besides", () => {
    const file = createRequire(import.meta.url)
      .resolve("sonner")
      .replace(/\.js$/, ".mjs");
    const [, css = '""'] =
      /__insertCSS\(("(?:[^"\\]|\\.)*")\);/.exec(readFileSync(file, "utf8")) ?? [];
    expect(directives.get("style-src")).toEqual([
      "'self'",
      "'nonce-abc'",
      `'sha256-${sha256("")}'`,
      `'sha256-${sha256(JSON.parse(css))}'`,
    ]);
  });
});

test("the renderer gets the nonce, whatever the client sent in its place", () => {
  const asked = withNonce(
    new Request("https://one.example/", { headers: { [NONCE_HEADER]: "forged", cookie: "a=b" } }),
    "abc",
  );
  expect(asked.headers.get(NONCE_HEADER)).toBe("abc");
  expect(asked.headers.get("content-security-policy")).toContain("'nonce-abc'");
  expect(asked.headers.get("cookie")).toBe("a=b");
});

describe("a page", () => {
  const page = () => new Response("<p>", { status: 404, headers: { "set-cookie": "a=b" } });

  test("keeps status, body and its own headers", async () => {
    const secured = securePage(page(), "abc", true);
    expect(secured.status).toBe(404);
    expect(await secured.text()).toBe("<p>");
    expect(secured.headers.get("set-cookie")).toBe("a=b");
    expect(secured.headers.get("x-frame-options")).toBe("DENY");
  });

  test("asks for https only where it came over https", () => {
    const header = "strict-transport-security";
    expect(securePage(page(), "abc", true).headers.get(header)).toBe("max-age=31536000");
    expect(securePage(page(), "abc", false).headers.get(header)).toBeNull();
  });
});

test("what is no page is only kept from being taken for one", () => {
  const answer = withoutSniffing(Response.json({ status: "ok" }));
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect(answer.headers.get("content-security-policy")).toBeNull();
});
