/** A configured token limit of a key counts what responses actually use, and no rejections. */
import { expect, test } from "vitest";
import { scriptedProxy } from "../doors/scripted-proxy.ts";

const LIMIT = { model: "*", rpm: null, tpm: 1_000, dailyRequests: null };

/** @param refusesEvery The last of this many requests is rejected. */
function limited(tokensOfAnswer: number, refusesEvery: number) {
  let asked = 0;
  const proxy = scriptedProxy({
    keys: { openai: ["fake-key-number-one"] },
    upstream: () => {
      asked += 1;
      if (asked % refusesEvery === 0) {
        const error = { message: "Slow down.", code: "rate_limit_exceeded" };
        return Response.json({ error }, { status: 429, headers: { "retry-after": "1" } });
      }
      return Response.json({
        object: "chat.completion",
        choices: [
          { index: 0, message: { role: "assistant", content: "x" }, finish_reason: "stop" },
        ],
        usage: {
          prompt_tokens: 20,
          completion_tokens: tokensOfAnswer - 20,
          total_tokens: tokensOfAnswer,
        },
      });
    },
  });
  proxy.state.pool("openai").setLimits({ provider: [LIMIT], domains: new Map() }, "UTC");
  const ask = async () => {
    const response = await proxy.fetch("/api/openai/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json", "x-one-balance-max-wait": "0" },
      body: JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content: "hello" }] }),
    });
    await response.text();
    return response.status;
  };
  return { proxy, ask };
}

test.each([
  // The estimate of the fourth still fits the limit, but the responses before it leave no room for it.
  [300, 4],
  [1_000, 1],
  [24, 41],
])("answers of %i tokens: %i a minute", async (tokens, most) => {
  const { proxy, ask } = limited(tokens, Number.POSITIVE_INFINITY);
  for (let minute = 0; minute < 3; minute += 1) {
    let served = 0;
    for (let request = 0; request < most + 3; request += 1) {
      if ((await ask()) === 200) served += 1;
      await proxy.clock.advance(100);
    }
    expect(served).toBe(most);
    await proxy.clock.advance(70_000);
  }
});

test("rejected requests cost nothing of it", async () => {
  const { proxy, ask } = limited(24, 2);
  let served = 0;
  for (let second = 0; second < 55; second += 1) {
    if ((await ask()) === 200) served += 1;
    await proxy.clock.advance(1_050);
  }
  // Every other attempt is rejected; the rest easily fits the limit.
  expect(served).toBeGreaterThanOrEqual(25);
  const known = proxy.state
    .pool("openai")
    .knownLimits(proxy.keys("openai")[0]?.id ?? "", proxy.clock.nowMs);
  const set = known.flatMap(({ limits }) => limits).find(({ source }) => source === "set");
  const answers = proxy.usage.events.filter(({ outcome }) => outcome === "ok").length;
  expect(set?.left).toBeGreaterThanOrEqual(1_000 - answers * 24);
});
