import { describe, expect, test } from "vitest";
import { CALLER_GATEWAY_SETTINGS } from "../../providers/gateway-settings";
import { providers } from "../../providers/registry";
import { CREDENTIAL_HEADERS, CREDENTIAL_QUERY } from "../request/request-credential";
import { ADDRESS_HEADERS, BROWSER_HEADERS, CALLER_PREFIXES } from "./caller-headers";
import { outgoingHeaders, outgoingQuery, outgoingSubprotocols } from "./outgoing-headers";

const TOKEN = "ob-test-0123456789abcdef";

const names = (headers: Headers) => [...headers.keys()].sort();
const passed = (headers: Record<string, string>, token = TOKEN) =>
  names(
    outgoingHeaders(new Headers({ "user-agent": "app/1", ...headers }), "gateway", token),
  ).filter((name) => name !== "user-agent");
const passedQuery = (name: string, value = "x") =>
  outgoingQuery(`?${encodeURIComponent(name)}=${encodeURIComponent(value)}`, TOKEN);

const listed = (part: "headers" | "query" | "subprotocols") =>
  providers.flatMap(({ slug, withholds }) =>
    [...(withholds.credentials[part] ?? []), ...(withholds.accounts[part] ?? [])].map(
      (name) => [name, slug] as const,
    ),
  );

describe("headers", () => {
  test.each(listed("headers"))("%s, which %s names, stays at every provider", (name) => {
    expect(passed({ [name]: "x" })).toEqual([]);
  });

  test.each([...CREDENTIAL_HEADERS, ...BROWSER_HEADERS, ...ADDRESS_HEADERS])("%s stays", (name) => {
    expect(passed({ [name]: "x" })).toEqual([]);
  });

  test.each(CALLER_PREFIXES)("what begins with %s stays", (prefix) => {
    expect(passed({ [`${prefix}x`]: "x" })).toEqual([]);
  });

  test.each([
    ...["x-vendor-organization", "x-org-id", "vendor-project-id", "x-workspace", "x-tenantid"],
    ...["x-billing-account", "x-account-id", "x-team", "x-quota-project", "portkey-virtual-key"],
    ...["x-auth-token", "x-access-token", "x-vendor-api-key", "x-apikey", "helicone-auth"],
    ...["x-amz-security-token", "x-client-secret", "x-csrf-token", "x-password"],
    ...["x-visitor-ip", "x-clientip", "client-ip", "x-geo-city", "x-user-ip", "x-referrer"],
  ])("%s stays, although no list has it", (name) => {
    expect(passed({ [name]: "x" })).toEqual([]);
  });

  test.each([
    ...["accept", "accept-language", "content-type", "idempotency-key", "x-idempotency-key"],
    ...["anthropic-version", "anthropic-beta", "openai-beta", "x-app", "x-title", "originator"],
    ...["x-stainless-lang", "x-stainless-retry-count", "x-stainless-helper-method"],
    ...["x-goog-api-client", "x-goog-upload-protocol", "x-goog-upload-command", "x-server-timeout"],
    ...["x-goog-upload-header-content-length", "x-goog-upload-file-name", "x-goog-request-params"],
    ...["x-amzn-bedrock-guardrailidentifier", "x-amzn-bedrock-accept", "x-amzn-bedrock-trace"],
    ...["x-fal-target-url", "x-fal-queue-priority", "x-fal-object-lifecycle-preference"],
    ...["cartesia-version", "x-client-name", "x-ms-client-request-id", "x-request-id", "prefer"],
    ...["session_id", "conversation_id", "x-grok-conv-id", "traceparent", "x-compaction-threshold"],
  ])("%s travels: an SDK needs it", (name) => {
    expect(passed({ [name]: "x" })).toEqual([name]);
  });

  test.each([
    TOKEN,
    `Bearer ${TOKEN}`,
    `{"nested":"${TOKEN}"}`,
    TOKEN.replaceAll("-", "%2D"),
    TOKEN.replaceAll("-", "%252d"),
    `Basic ${btoa(`:${TOKEN}`)}`,
    `Basic ${btoa(`user:${TOKEN}`)}`,
    encodeURIComponent(btoa(`{"apiKey":"${TOKEN}"}`)),
  ])("the caller's token goes nowhere a second time: %s", (value) => {
    expect(passed({ "x-anything": value, "x-other": "y" })).toEqual(["x-other"]);
    expect(passedQuery("anything", value)).toBe("");
  });

  test("a token as short as a word counts where it stands by itself", () => {
    expect(passed({ a: "k1", b: "Bearer k1", c: "ak1b", d: "k10" }, "k1")).toEqual(["c", "d"]);
  });

  test("what ends at this hop stays, named by Connection or by the standard", () => {
    const headers = { connection: "keep-alive, X-This-Hop", "x-this-hop": "1", te: "trailers" };
    expect(passed({ ...headers, "keep-alive": "timeout=5", accept: "x" })).toEqual(["accept"]);
  });

  test("of AI Gateway's settings the harmless go there, and nowhere else", () => {
    const settings = Object.fromEntries(CALLER_GATEWAY_SETTINGS.map((name) => [name, "1"]));
    expect(passed(settings)).toEqual([...CALLER_GATEWAY_SETTINGS]);
    expect(names(outgoingHeaders(new Headers(settings), "direct", TOKEN))).toEqual(["user-agent"]);
  });

  test.each([
    ...["authorization", "byok-alias", "cache-key", "cache-ttl", "collect-log", "custom-cost"],
    ...["max-attempts", "no-wholesale", "gateway-id", "request-timeout", "anything-new"],
  ])("cf-aig-%s is not the caller's to set", (setting) => {
    expect(passed({ [`cf-aig-${setting}`]: "1" })).toEqual([]);
  });

  test.each([
    ["gzip, deflate, br, zstd", "gzip, br"],
    ["br;q=1.0, gzip;q=0.8, *;q=0.1", "br;q=1.0, gzip;q=0.8"],
    ["zstd", "identity"],
    ["x-gzip, GZIP;q=0.5", "GZIP;q=0.5"],
    ["*", "identity"],
    ["gzip", "gzip"],
    ["identity", "identity"],
  ])("of the encodings %s, those that can be read here are accepted", (asked, sent) => {
    const headers = new Headers({ "accept-encoding": asked });
    expect(outgoingHeaders(headers, "direct", TOKEN).get("accept-encoding")).toBe(sent);
  });

  test.each([undefined, "Mozilla/5.0 (X11; Linux x86_64) Chrome/150"])(
    "a client with the user agent %s goes as one-balance",
    (userAgent) => {
      const headers = new Headers(userAgent === undefined ? {} : { "user-agent": userAgent });
      expect(outgoingHeaders(headers, "direct", "").get("user-agent")).toBe("one-balance");
    },
  );

  test.each([
    Object.fromEntries(Array.from({ length: 129 }, (_, index) => [`x-${index}`, "1"])),
    { "x-long": "a".repeat(65 * 1024) },
  ])("more headers than any client sends are rejected", (headers) => {
    expect(() => passed(headers as Record<string, string>)).toThrow(/128 headers of 64 KiB/);
  });
});

describe("query", () => {
  test.each(listed("query"))("%s, which %s names, stays at every provider", (name) => {
    expect(passedQuery(name)).toBe("");
    expect(passedQuery(name.toUpperCase())).toBe("");
  });

  test.each([
    ...CREDENTIAL_QUERY,
    ...["accessToken", "auth_token", "apikey", "client_secret", "X-Goog-Signature", "sig"],
    ...["orgId", "organization", "billingProject", "workspace_id", "tenant", "accountId"],
  ])("%s stays", (name) => {
    expect(passedQuery(name)).toBe("");
  });

  test.each([
    ...[
      "alt",
      "api-version",
      "model",
      "limit",
      "after",
      "pageToken",
      "page_token",
      "nextPageToken",
    ],
    ...["uploadType", "include[]", "max_tokens", "cartesia_version", "output_format", "monkey"],
    ...["encoding", "sample_rate", "stream", "purpose", "updateMask", "filter", "timestamp"],
  ])("%s travels", (name) => {
    expect(passedQuery(name)).toBe(`?${encodeURIComponent(name)}=x`);
  });

  test.each([
    ["", ""],
    ["?key=secret", ""],
    ["?a=%20b+c&key=secret&%6bey=secret&alt=sse", "?a=%20b+c&alt=sse"],
    ["?monkey=1&keys=2", "?monkey=1&keys=2"],
    ["?key", ""],
    ["?a&&b=", "?a&b="],
    ["?a=1;key=2&b=3", "?b=3"],
  ])("of %j stays %j, byte for byte", (search, expected) => {
    expect(outgoingQuery(search, TOKEN)).toBe(expected);
  });
});

describe("subprotocols", () => {
  test.each(listed("subprotocols"))("%s, which %s names, stays", (prefix) => {
    const headers = new Headers({ "sec-websocket-protocol": `realtime, ${prefix}x` });
    expect(outgoingSubprotocols(headers, TOKEN)).toEqual(["realtime"]);
  });

  test("the caller's token as a subprotocol of its own stays", () => {
    const headers = new Headers({ "sec-websocket-protocol": `token, ${TOKEN}` });
    expect(outgoingSubprotocols(headers, TOKEN)).toEqual(["token"]);
  });
});
