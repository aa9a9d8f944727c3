/** What the tests of the handler in virtual time rely on. */
import { expect, test } from "vitest";
import { scriptedProxy } from "../doors/scripted-proxy.ts";
import { VirtualClock } from "../doors/virtual-clock.ts";

test("a day passes at once, timers fire in their order", async () => {
  const clock = new VirtualClock();
  const startMs = clock.nowMs;
  const fired: number[] = [];
  clock.setTimer(() => fired.push(2), 2_000);
  clock.setTimer(() => fired.push(1), 1_000);
  const cancel = clock.setTimer(() => fired.push(3), 3_000);
  cancel();
  await clock.advance(86_400_000);
  expect(fired).toEqual([1, 2]);
  expect(clock.nowMs - startMs).toBe(86_400_000);
});

test("a limited key is waited for in virtual time, and the upstream sees which key was sent", async () => {
  let isLimited = true;
  const proxy = scriptedProxy({
    keys: { openai: ["fake-key-one"] },
    upstream: () => {
      if (!isLimited) return Response.json({ object: "chat.completion" });
      isLimited = false;
      const error = { message: "Rate limit reached for requests per minute. Try again in 3s." };
      return Response.json({ error }, { status: 429 });
    },
  });
  const startMs = proxy.clock.nowMs;
  const response = await proxy.fetch("/api/openai/chat/completions", {
    method: "POST",
    body: JSON.stringify({ model: "gpt-5-mini", messages: [] }),
  });
  expect(response.status).toBe(200);
  expect(proxy.calls.map(({ key }) => key)).toEqual(["fake-key-one", "fake-key-one"]);
  expect(proxy.clock.nowMs - startMs).toBeGreaterThanOrEqual(3_000);
});
