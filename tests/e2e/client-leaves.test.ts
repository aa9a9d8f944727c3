/** A client that leaves takes its upstream request with it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chat } from "./chat.ts";
import { type Stack, sharedStack } from "./harness.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await sharedStack({ keys: { "sk-fake-openai": { kind: "ok" } } });
  await stack.admin.addKeys("openai", ["sk-fake-openai"]);
});
beforeEach(() => stack.upstream.clear());
afterAll(() => stack?.close());

const leftUpstreamAtMs = () => stack.upstream.requests.at(-1)?.abortedAtMs ?? null;

describe("a client that leaves cancels the upstream request within a second", () => {
  test("before the headers", async () => {
    const client = new AbortController();
    const asked = chat(stack, { model: "fake-slow-headers", signal: client.signal });
    const refused = expect(asked).rejects.toThrow();
    await expect.poll(() => stack.upstream.requests.length).toBe(1);
    const leftAtMs = Date.now();
    client.abort();
    await refused;
    await expect.poll(leftUpstreamAtMs, { timeout: 3000 }).not.toBeNull();
    expect((leftUpstreamAtMs() ?? 0) - leftAtMs).toBeLessThan(1000);
  });

  test("in mid-stream", async () => {
    const client = new AbortController();
    const response = await chat(stack, { model: "fake-slow-stream", signal: client.signal });
    await response.body?.getReader().read();
    const leftAtMs = Date.now();
    client.abort();
    await expect.poll(leftUpstreamAtMs, { timeout: 3000 }).not.toBeNull();
    expect((leftUpstreamAtMs() ?? 0) - leftAtMs).toBeLessThan(1000);
    expect(stack.upstream.requests).toHaveLength(1);
  });
});
