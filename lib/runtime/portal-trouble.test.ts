import { describe, expect, test } from "vitest";
import { objectTrouble, troubleAnswer } from "./portal-trouble";

const MIDDAY_MS = Date.parse("2026-11-22T12:00:00Z");

describe("objectTrouble", () => {
  test.each([
    ["Exceeded allowed volume of requests in Durable Objects free tier.", {}, "allowance"],
    ["Exceeded allowed duration in Durable Objects free tier.", {}, "allowance"],
    ["Durable Object is overloaded. Requests queued for too long.", {}, "overloaded"],
    ["Something else", { overloaded: true, retryable: true }, "overloaded"],
    ["Network connection lost.", { retryable: true, remote: true }, "away"],
    ["Durable Object reset because its code was updated.", { retryable: true }, "away"],
    ["internal error; reference = 0123", {}, "away"],
    ["x is not a function", { remote: true }, "fault"],
  ] as const)("%s %j: %s", (message, properties, trouble) => {
    expect(objectTrouble(Object.assign(new Error(message), properties))).toBe(trouble);
  });

  test.each([undefined, null, "text", 1, {}])("whatever is thrown: %j", (thrown) => {
    expect(objectTrouble(thrown)).toBe("away");
  });
});

describe("troubleAnswer", () => {
  const ask = (path: string, headers: Record<string, string> = {}) =>
    new Request(`https://a.test${path}`, { headers });

  test("below /api/ it is JSON, elsewhere a page that may load nothing", async () => {
    const api = troubleAnswer(ask("/api/admin/usage"), "away", MIDDAY_MS);
    expect(api.headers.get("content-type")).toContain("application/json");
    const page = troubleAnswer(ask("/usage"), "away", MIDDAY_MS);
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect([api.status, page.status]).toEqual([503, 503]);
  });

  test("the allowance renews at 00:00 UTC, and both say so", async () => {
    const answer = troubleAnswer(ask("/"), "allowance", MIDDAY_MS);
    expect(answer.headers.get("retry-after")).toBe(String(12 * 3_600));
    expect(await answer.text()).toContain("00:00 UTC");
  });

  test("a page speaks the chosen language, else the browser's", async () => {
    const chosen = ask("/", { cookie: "a=b; locale=zh", "accept-language": "en" });
    expect(await troubleAnswer(chosen, "away", MIDDAY_MS).text()).toContain('lang="zh"');
    const browser = ask("/", { "accept-language": "zh-CN,en;q=0.5" });
    expect(await troubleAnswer(browser, "away", MIDDAY_MS).text()).toContain('lang="zh"');
    expect(await troubleAnswer(ask("/"), "away", MIDDAY_MS).text()).toContain('lang="en"');
  });
});
