/** Limits that an admin sets, on a running server: the pool applies them from the next request on. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ADMIN_TOKEN, removeKeys, type Stack, startStack } from "./harness.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.close());
beforeEach(async () => {
  await removeKeys(stack, ["openai"]);
  await setLimits([]);
  stack.upstream.clear();
});

const setLimits = (limits: readonly object[], domain: string | null = null) =>
  stack.admin.call("PUT", "quota-limits", { provider: "openai", domain, limits });

/** Each key takes any number of requests: only what was set limits it. */
async function addKeys(...keys: readonly object[]): Promise<void> {
  const lines = keys.map((settings, index) => {
    const key = `fake-limits-${index}`;
    stack.upstream.setKey(key, { kind: "ok" });
    return { ...settings, key };
  });
  await stack.admin.call("POST", "provider-keys", { provider: "openai", keys: lines });
}

async function statuses(count: number, model = "gpt-5-mini"): Promise<readonly number[]> {
  const answers = await Promise.all(
    Array.from({ length: count }, () =>
      fetch(`${stack.url}/api/openai/chat/completions`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${ADMIN_TOKEN}`,
          "content-type": "application/json",
          // No waiting: what can't be sent immediately is rejected.
          "x-one-balance-max-wait": "0",
        },
        body: JSON.stringify({ model, messages: [{ role: "user", content: "ping" }] }),
      }),
    ),
  );
  await Promise.all(answers.map((answer) => answer.text()));
  return answers.map(({ status }) => status).sort();
}

test("each key of a provider keeps to the provider's limit, but for one with its own", async () => {
  await setLimits([{ model: "gpt-5-mini", rpm: 1 }]);
  await addKeys({}, { limits: [{ rpm: 2 }] });
  expect(await statuses(5)).toEqual([200, 200, 200, 429, 429]);
  // The upstream received no unnecessary request, and another model has its own count.
  expect(stack.upstream.requests).toHaveLength(3);
  expect(await statuses(5, "gpt-5")).toEqual([200, 200, 200, 200, 200]);

  await setLimits([{ rpm: 3 }]);
  expect(await statuses(3)).toEqual([200, 200, 429]);
});

test("the keys of a quota domain share its limit of the day, over a restart too", async () => {
  await addKeys({ quotaDomain: "org" }, { quotaDomain: "org" });
  await setLimits([{ dailyRequests: 4 }], "org");
  expect(await statuses(3)).toEqual([200, 200, 200]);
  await expect
    .poll(async () => {
      const usage = await stack.admin.call<{ totals: { requests: number } }>(
        "GET",
        "usage?groupBy=key",
      );
      return usage.totals.requests;
    })
    .toBeGreaterThanOrEqual(3);
  await stack.restart();
  expect(await statuses(3)).toEqual([200, 429, 429]);
  await setLimits([], "org");
  expect(await statuses(3)).toEqual([200, 200, 200]);
});

test("wrong limits are reported and change nothing", async () => {
  await setLimits([{ rpm: 7 }]);
  const wrong = stack.admin.call("PUT", "quota-limits", {
    provider: "openai",
    limits: [{ rpm: 1 }, { rpm: 2 }],
  });
  await expect(wrong).rejects.toThrow(/400.*already/s);
  const { items } = await stack.admin.call<{ items: object[] }>(
    "GET",
    "quota-limits?provider=openai",
  );
  expect(items).toMatchObject([{ domain: null, limits: [{ model: "*", rpm: 7 }] }]);
});
