/** What callers and tokens say about a request: read once, recorded with it, and not sent on. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AccessToken } from "../../lib/proxy/ports.ts";
import { spansOf } from "../../lib/traces/request-spans.ts";
import { traceOf } from "../../lib/traces/trace-context.ts";
import { scriptedProxy, unlimitedToken } from "../doors/scripted-proxy.ts";

const KEYS = { openai: ["sk-fake-key-number-1"] };
const ANSWER = {
  model: "gpt-5-mini",
  choices: [{ index: 0, message: { content: "Hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 5, completion_tokens: 2 },
};
const BODY = JSON.stringify({ model: "gpt-5-mini", messages: [] });

async function chat(headers: Readonly<Record<string, string>>, token: Partial<AccessToken> = {}) {
  const caller = { ...unlimitedToken("at_caller"), ...token };
  const proxy = scriptedProxy({
    keys: KEYS,
    upstream: () => Response.json(ANSWER),
    tokens: new Map([["the-callers-own-token", caller]]),
    traces: { begin: (incoming) => traceOf(incoming, (digits) => "a".repeat(digits)) },
  });
  const response = await proxy.fetch("/api/openai/v1/chat/completions", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: "Bearer the-callers-own-token",
      ...headers,
    },
    body: BODY,
  });
  const text = await response.text();
  await proxy.clock.advance(1);
  const [event] = proxy.usage.events;
  return { response, text, event, tags: event?.tags, calls: proxy.calls };
}

describe("a request has the tags", () => {
  test.each<
    [string, Record<string, string>, Partial<AccessToken>, Record<string, string> | undefined]
  >([
    ["of none", {}, {}, undefined],
    [
      "of its header",
      { "x-one-balance-tags": "customer=acme, feature=rag" },
      {},
      { customer: "acme", feature: "rag" },
    ],
    ["of AI Gateway's metadata", { "cf-aig-metadata": '{"user":7}' }, {}, { user: "7" }],
    [
      "of both, the header's first",
      { "x-one-balance-tags": "user=8", "cf-aig-metadata": '{"user":7,"team":"AI"}' },
      {},
      { user: "8", team: "AI" },
    ],
    [
      "of its token, whatever the caller says",
      { "x-one-balance-tags": "customer=other,feature=rag" },
      { fixedTags: { customer: "acme" } },
      { customer: "acme", feature: "rag" },
    ],
    ["that its token requires", {}, { fixedTags: { a: "1" }, requiredTags: ["a"] }, { a: "1" }],
    ["no more than it has", { "x-one-balance-tags": "" }, {}, undefined],
    ["of readable metadata", { "cf-aig-metadata": "customer=acme" }, {}, undefined],
    // The log must not contain it.
    ["no token", { "cf-aig-metadata": '{"a":"the-callers-own-token"}' }, {}, undefined],
  ])("%s", async (_, headers, token, tags) => {
    const made = await chat(headers, token);
    expect(made.response.status).toBe(200);
    expect(made.tags).toEqual(tags);
  });
});

test("AI Gateway gets its metadata, and no one gets our header", async () => {
  const metadata = '{"team":"AI"}';
  const { calls } = await chat({ "x-one-balance-tags": "a=1", "cf-aig-metadata": metadata });
  expect(calls[0]?.headers.get("cf-aig-metadata")).toBe(metadata);
  expect(calls[0]?.headers.has("x-one-balance-tags")).toBe(false);
});

describe("nothing is sent, and the caller learns why,", () => {
  test.each<[string, Record<string, string>, Partial<AccessToken>, string]>([
    [
      "if the header can't be read",
      { "x-one-balance-tags": "customer" },
      {},
      '"customer" has no value',
    ],
    [
      "if it contains the token",
      { "x-one-balance-tags": "a=the-callers-own-token" },
      {},
      "contains the access token",
    ],
    [
      "if a required tag is missing",
      { "x-one-balance-tags": "feature=rag" },
      { requiredTags: ["customer", "feature"] },
      "requires the tag customer",
    ],
    [
      "if there are none at all",
      {},
      { requiredTags: ["constructor"] },
      "requires the tag constructor",
    ],
  ])("%s", async (_, headers, token, words) => {
    const { response, text, calls, event } = await chat(headers, token);
    expect([response.status, calls.length]).toEqual([400, 0]);
    const { error } = JSON.parse(text);
    expect(error.code).toBe("invalid_tags");
    expect(error.message).toContain(words);
    expect(text).not.toContain("the-callers-own-token");
    expect(event).toMatchObject({ outcome: "client_error", errorCode: "invalid_tags" });
  });
});

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

test(`the caller's token is in no tag, however it is escaped (seed ${SEED})`, async () => {
  const token = "the-callers-own-token";
  const hex = (letter: string, digits: number) =>
    letter.charCodeAt(0).toString(16).padStart(digits, "0");
  /** Letters as they are, or escaped. */
  const spelled = (written: (letter: string) => string, text: string) =>
    fc
      .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
      .map((flags) =>
        [...text].map((letter, index) => (flags[index] ? written(letter) : letter)).join(""),
      );
  const inJson = spelled((letter) => `\\u${hex(letter, 4)}`, token);
  const inHeader = spelled((letter) => `%${hex(letter, 2)}`, token);
  const around = fc.constantFrom("", "Bearer ", "a,", "key=");
  const metadata = fc
    .tuple(inJson, around, fc.boolean())
    .map(([text, before, isName]) => (isName ? `{"${text}":"x"}` : `{"a":"${before}${text}"}`));
  const header = fc.tuple(inHeader, around).map(([text, before]) => `a=${before}${text}`);
  await fc.assert(
    fc.asyncProperty(metadata, header, async (json, list) => {
      const byMetadata = await chat({ "cf-aig-metadata": json });
      expect([byMetadata.response.status, byMetadata.tags]).toEqual([200, undefined]);
      const byHeader = await chat({ "x-one-balance-tags": list });
      expect(byHeader.response.status).toBe(400);
      expect(JSON.stringify(byHeader.event)).not.toContain(token);
    }),
    { seed: SEED, numRuns: 60 },
  );
});

test("what One Balance answers itself needs no tags", async () => {
  const proxy = scriptedProxy({
    keys: KEYS,
    upstream: () => Response.json(ANSWER),
    tokens: new Map([["token", { ...unlimitedToken("at_1"), requiredTags: ["customer"] }]]),
  });
  for (const path of ["/api/quota", "/v1/models"]) {
    expect((await proxy.fetch(path)).status).toBe(200);
  }
});

test("a request's span has its tags as attributes, those of its attempts don't", async () => {
  const { event } = await chat({ "x-one-balance-tags": "customer=acme" });
  if (event === undefined) throw new Error("nothing was recorded");
  const found = spansOf(event, null).map(({ attributes }) =>
    attributes.filter(({ key }) => key.startsWith("one_balance.tag.")),
  );
  const tag = { key: "one_balance.tag.customer", value: { stringValue: "acme" } };
  expect(found).toEqual([[tag], []]);
});

test("work in the background is counted with the tags of the request that began it", async () => {
  let polls = 0;
  const tokens = new Map<string, AccessToken>([
    ["maker", unlimitedToken("at_maker")],
    ["admin", { ...unlimitedToken("at_admin"), isAdmin: true }],
  ]);
  const proxy = scriptedProxy({
    keys: KEYS,
    tokens,
    upstream: ({ method }) => {
      if (method === "POST") return Response.json({ id: "resp_1", status: "queued" });
      polls += 1;
      return Response.json({
        id: "resp_1",
        status: "completed",
        usage: { input_tokens: 10, output_tokens: 20 },
      });
    },
  });
  const ask = async (path: string, by: string, init: RequestInit, tags: string) => {
    const response = await proxy.fetch(path, {
      ...init,
      headers: {
        authorization: `Bearer ${by}`,
        "content-type": "application/json",
        "x-one-balance-tags": tags,
      },
    });
    await response.text();
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  const body = JSON.stringify({ model: "gpt-5-mini", input: "Hi", background: true });
  await ask("/api/openai/v1/responses", "maker", { method: "POST", body }, "customer=acme");
  await ask("/api/openai/v1/responses/resp_1", "admin", {}, "customer=other");
  expect(polls).toBe(1);
  const counted = proxy.usage.events.map(({ tokenId, tags, usage }) => [
    tokenId,
    tags?.customer,
    usage?.outputTokens,
  ]);
  expect(counted).toEqual([
    ["at_maker", "acme", undefined],
    ["at_admin", "other", undefined],
    ["at_maker", "acme", 20],
  ]);
});
