/** What an upstream's headers may do on the origin that the portal shares. */
import { describe, expect, test } from "vitest";
import { ReadHeaders } from "../../http/read-headers";
import { cleanAnswerHeaders, disarmAnswer } from "./answer-headers";
import { KeyScrubber } from "./scrub-key";

const KEY = "sk-fake-aaaabbbbccccdddd";
const scrubber = new KeyScrubber(KEY);

function cleaned(init: Record<string, string>): Record<string, string> {
  const headers = new Headers(init);
  cleanAnswerHeaders(headers, new ReadHeaders(headers), scrubber);
  return Object.fromEntries(headers);
}

test("headers that speak for the origin, the browser or One Balance stay here", () => {
  const names = [
    "set-cookie",
    "clear-site-data",
    "service-worker-allowed",
    "refresh",
    "alt-svc",
    "strict-transport-security",
    "nel",
    "report-to",
    "reporting-endpoints",
    "public-key-pins",
    "permissions-policy",
    "content-security-policy",
    "cross-origin-opener-policy",
    "origin-trial",
    "speculation-rules",
    "accept-ch",
    "access-control-allow-origin",
    "access-control-allow-private-network",
    "x-one-balance-key",
    "x-one-balance-attempts",
    "x-one-balance-anything",
  ];
  expect(cleaned(Object.fromEntries(names.map((name) => [name, "x"])))).toEqual({});
});

test("headers that are data about the answer pass as they are", () => {
  const data = {
    "cache-control": "no-store",
    "cf-aig-log-id": "01J",
    "content-type": "application/json",
    etag: '"x"',
    link: '<https://api.example.com/v1/models?cursor=2>; rel="next"',
    location: "https://api.example.com/v1/x?y=50%25",
    "openai-processing-ms": "12",
    "retry-after": "5",
    "x-ratelimit-remaining-requests": "9",
    "x-request-id": "req_1",
  };
  expect(cleaned(data)).toEqual(data);
});

test("the pool's key is taken out of every header that holds it", () => {
  expect(
    cleaned({
      location: `https://api.example.com/?key=${KEY}&x=1`,
      "x-debug": btoa(`user:${KEY}`),
      "x-echo": `Bearer ${KEY}`,
      "x-other": "stays",
    }),
  ).toEqual({
    location: "https://api.example.com/?key=[key]&x=1",
    "x-debug": expect.stringMatching(/^dXNlcjpza.*\[key\].*$|^dXNlcj.*\[key\]/),
    "x-echo": "Bearer [key]",
    "x-other": "stays",
  });
});

describe("an answer is no page of ours", () => {
  function disarmed(type: string | null, asked: Record<string, string> = {}): Headers {
    const headers = new Headers(type === null ? {} : { "content-type": type });
    disarmAnswer(new Headers(asked), headers);
    return headers;
  }

  test("none is sniffed", () => {
    expect(disarmed("application/json").get("x-content-type-options")).toBe("nosniff");
  });

  test.each([
    "text/html",
    " TEXT/HTML; charset=utf-8",
    "application/xhtml+xml",
    "image/svg+xml",
    "text/xml",
    "application/xml;x=1",
    "application/atom+xml",
    "multipart/x-mixed-replace; boundary=x",
  ])("%s is shown without scripts, forms or the origin", (type) => {
    expect(disarmed(type).get("content-security-policy")).toMatch(/^sandbox;/);
  });

  test.each([
    { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
    { "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
    { "sec-fetch-dest": "object" },
    { "sec-fetch-dest": "embed" },
  ])("nor is anything that a navigation asks for: %o", (asked) => {
    for (const type of ["application/json", "application/pdf", "text/plain", null]) {
      expect(disarmed(type, asked).get("content-security-policy")).toMatch(/^sandbox;/);
    }
  });

  test.each(["application/json", "text/event-stream", "audio/mpeg", "image/png", "text/plain"])(
    "%s for an app carries no policy",
    (type) => {
      expect(disarmed(type, { "sec-fetch-mode": "cors" }).has("content-security-policy")).toBe(
        false,
      );
    },
  );
});

test("a value that a strict client would refuse the response for stays here", () => {
  const sent = new Map([
    ["x-bad", "a\u0001b"],
    ["x-deleted", "a\u007f"],
    ["x-tab", "a\tb"],
    ["x-latin", "caf\u00e9"],
  ]);
  // `Headers` of Node would refuse them; those of workerd pass them on.
  const headers = {
    delete: (name: string) => sent.delete(name),
    forEach: (callback: (value: string, name: string) => void) => sent.forEach(callback),
  } as unknown as Headers;
  cleanAnswerHeaders(headers, new ReadHeaders(headers), scrubber);
  expect([...sent.keys()]).toEqual(["x-tab", "x-latin"]);
});
