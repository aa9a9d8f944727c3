/** Many keys that fail alike, on a running server: reported, then over. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADMIN_TOKEN, type Stack, startStack } from "./harness.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.close());

interface Incident {
  readonly provider: string;
  readonly meaning: string;
  readonly effect: string;
  readonly keys: readonly { readonly masked: string | null }[];
  readonly endedAt: number | null;
  readonly endedBy: string | null;
}

const incidents = async () =>
  (await stack.admin.call<{ items: readonly Incident[] }>("GET", "incidents?provider=openai"))
    .items;

async function ask(): Promise<number> {
  const answer = await fetch(`${stack.url}/api/openai/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content: "ping" }] }),
  });
  await answer.text();
  return answer.status;
}

test("an incident is reported, changes no key, and ends with the first answer", async () => {
  const keys = Array.from({ length: 8 }, (_, index) => `fake-incident-${index}`);
  for (const key of keys) stack.upstream.setKey(key, { kind: "invalid" });
  await stack.admin.addKeys("openai", keys);
  expect(await incidents()).toEqual([]);
  await expect
    .poll(
      async () => {
        await ask();
        return (await incidents()).length;
      },
      { timeout: 20_000, interval: 300 },
    )
    .toBe(1);
  const [incident] = await incidents();
  expect(incident).toMatchObject({
    provider: "openai",
    meaning: "key_invalid",
    effect: "block",
    endedAt: null,
  });
  expect(incident?.keys.length).toBeGreaterThanOrEqual(5);
  expect(incident?.keys.every(({ masked }) => masked !== null)).toBe(true);
  // They were left alone, here and in the store.
  const listed = await stack.admin.listKeys("provider=openai");
  expect(listed.map(({ status }) => status)).toEqual(Array(8).fill("active"));

  for (const key of keys) stack.upstream.setKey(key, { kind: "ok" });
  await expect
    .poll(
      async () => {
        await ask();
        return (await incidents())[0]?.endedBy;
      },
      { timeout: 20_000, interval: 300 },
    )
    .toBe("answer");
  expect(await incidents()).toHaveLength(1);
  expect(await ask()).toBe(200);
});
