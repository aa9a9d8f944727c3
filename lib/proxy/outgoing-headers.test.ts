import { describe, expect, test } from "vitest";
import { outgoingHeaders } from "./outgoing-headers";
import { CREDENTIAL_HEADERS } from "./request-credential";

const names = (headers: Headers) => [...headers.keys()].sort();

describe("outgoingHeaders", () => {
  test("no credential travels on, wherever a client put one", () => {
    const incoming = new Headers(
      Object.fromEntries(CREDENTIAL_HEADERS.map((name) => [name, "client-token"])),
    );
    expect(JSON.stringify([...outgoingHeaders(incoming, true)])).not.toContain("client-token");
  });

  test("nothing tells who or where the client is", () => {
    const incoming = new Headers({
      cookie: "session=1",
      "x-forwarded-for": "192.0.2.1",
      "x-forwarded-host": "app.example",
      "x-real-ip": "192.0.2.1",
      "cf-connecting-ip": "192.0.2.1",
      "cf-ipcountry": "DE",
      "true-client-ip": "192.0.2.1",
      forwarded: "for=192.0.2.1",
      via: "1.1 proxy",
      "user-agent": "app/1",
    });
    expect(names(outgoingHeaders(incoming, false))).toEqual(["user-agent"]);
  });

  test("what ends at this hop stays, named by Connection or by the standard", () => {
    const incoming = new Headers({
      connection: "keep-alive, X-This-Hop",
      "x-this-hop": "1",
      te: "trailers",
      "keep-alive": "timeout=5",
      accept: "application/json",
      "user-agent": "app/1",
    });
    expect(names(outgoingHeaders(incoming, false))).toEqual(["accept", "user-agent"]);
  });

  test("settings for AI Gateway go there alone, its token never", () => {
    const incoming = new Headers({
      "cf-aig-cache-ttl": "60",
      "cf-aig-authorization": "Bearer client",
      "user-agent": "app/1",
    });
    expect(names(outgoingHeaders(incoming, true))).toEqual(["cf-aig-cache-ttl", "user-agent"]);
    expect(names(outgoingHeaders(incoming, false))).toEqual(["user-agent"]);
  });

  test("a client without a user agent gets one: Cloudflare's edge refuses requests without", () => {
    expect(outgoingHeaders(new Headers(), false).get("user-agent")).toBe("one-balance");
  });
});
