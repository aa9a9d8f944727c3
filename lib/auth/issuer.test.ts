import { describe, expect, test } from "vitest";
import { examineIssuer, isSafeAddress, issuerFetch } from "./issuer";

const ISSUER = "https://id.example.com/realms/a";
const APP = { issuer: ISSUER, clientId: "an app", clientSecret: "its:secret" };
const REDIRECT = "https://portal.example.com/api/auth/callback/oidc";
const DOCUMENT = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/auth`,
  token_endpoint: `${ISSUER}/token`,
  userinfo_endpoint: `${ISSUER}/me`,
};

/** An issuer with this discovery document, and this answer to a code that it never gave. */
function issuerWith(document: unknown, token: () => Response = () => codeRejected()) {
  const asked: { readonly url: string; readonly init: RequestInit | undefined }[] = [];
  const fetcher = async (input: unknown, init?: RequestInit) => {
    asked.push({ url: String(input), init });
    if (String(input).endsWith("/.well-known/openid-configuration")) {
      return document instanceof Response ? document : Response.json(document);
    }
    return token();
  };
  return { asked, fetcher: fetcher as typeof fetch };
}
const codeRejected = () => Response.json({ error: "invalid_grant" }, { status: 400 });

describe("a test of an issuer", () => {
  test("asks whether it knows the app, with a code that nobody was given", async () => {
    const { asked, fetcher } = issuerWith(DOCUMENT);
    expect(await examineIssuer(APP, REDIRECT, fetcher)).toBeNull();
    expect(asked.map(({ url }) => url)).toEqual([
      `${ISSUER}/.well-known/openid-configuration`,
      `${ISSUER}/token`,
    ]);
    const headers = new Headers(asked[1]?.init?.headers);
    expect(atob(headers.get("authorization")?.slice("Basic ".length) ?? "")).toBe(
      "an+app:its%3Asecret",
    );
    expect(String(asked[1]?.init?.body)).toContain(encodeURIComponent(REDIRECT));
  });

  test("finds the document of an issuer that is written with a slash at its end", async () => {
    const { asked, fetcher } = issuerWith({ ...DOCUMENT, issuer: `${ISSUER}/` });
    expect(await examineIssuer({ ...APP, issuer: `${ISSUER}/` }, REDIRECT, fetcher)).toBeNull();
    expect(asked[0]?.url).toBe(`${ISSUER}/.well-known/openid-configuration`);
  });

  test.each<[string, unknown, (() => Response) | undefined]>([
    ["rejects the client id or its secret", DOCUMENT, () => new Response("", { status: 401 })],
    [
      "rejects the client id or its secret",
      DOCUMENT,
      () => Response.json({ error: "invalid_client" }, { status: 400 }),
    ],
    ["the token endpoint answers 502", DOCUMENT, () => new Response("", { status: 502 })],
    ["answers 404", new Response("", { status: 404 }), undefined],
    // A redirect is not followed.
    ["answers 302", Response.redirect(`${ISSUER}/login`), undefined],
    ["is no discovery document", new Response("<html>"), undefined],
    ["is no discovery document", 7, undefined],
    ["is of another issuer", { ...DOCUMENT, issuer: "https://evil.example.com" }, undefined],
    ["has no token_endpoint", { ...DOCUMENT, token_endpoint: 1 }, undefined],
    ["has no userinfo_endpoint", { ...DOCUMENT, userinfo_endpoint: undefined }, undefined],
    [
      "the token_endpoint is an address without TLS",
      { ...DOCUMENT, token_endpoint: "http://id.example.com/token" },
      undefined,
    ],
  ])("says that it %s", async (problem, document, token) => {
    const { fetcher } = issuerWith(document, token);
    expect(await examineIssuer(APP, REDIRECT, fetcher)).toContain(problem);
  });
});

test.each([
  ["https://id.example.com", true],
  ["http://127.0.0.1:9000/x", true],
  ["http://id.example.com", false],
  ["http://127.0.0.1.example.com", false],
  ["http://127.0.0.1@example.com", false],
  ["http://localhost", false],
  ["ftp://127.0.0.1", false],
  ["id.example.com", false],
  ["", false],
])("%s may be asked: %s", (address, isSafe) => {
  expect(isSafeAddress(address)).toBe(isSafe);
});

describe("an issuer's endpoints", () => {
  test("are never asked without TLS, whatever its document names", async () => {
    let calls = 0;
    const ask = issuerFetch((async () => {
      calls += 1;
      return new Response();
    }) as typeof fetch);
    await expect(ask("http://id.example.com/token")).rejects.toThrow("without TLS");
    await expect(ask(new URL("http://id.example.com/me"))).rejects.toThrow("without TLS");
    await expect(ask(new Request("http://id.example.com/me"))).rejects.toThrow("without TLS");
    expect(calls).toBe(0);
  });

  test("answer with a body of bounded length, and are not followed elsewhere", async () => {
    const piece = new TextEncoder().encode("x".repeat(65_536));
    let redirect: RequestRedirect | undefined;
    const ask = issuerFetch((async (_: unknown, init?: RequestInit) => {
      redirect = init?.redirect;
      return new Response(new ReadableStream({ pull: (to) => to.enqueue(piece) }), {
        headers: { "content-encoding": "gzip", "x-own": "kept" },
      });
    }) as typeof fetch);
    const response = await ask("https://id.example.com/me");
    expect((await response.text()).length).toBeLessThanOrEqual(256 * 1024);
    expect([...response.headers.keys()]).not.toContain("content-encoding");
    expect(response.headers.get("x-own")).toBe("kept");
    expect(redirect).toBe("manual");
  });
});
