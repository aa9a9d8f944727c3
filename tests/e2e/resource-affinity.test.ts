/** What was created with one key is found again with that key, in a pool of many, and after a restart. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { inParallel } from "./chat.ts";
import { ADMIN_TOKEN, type Stack, sharedStack } from "./harness.ts";

const KEYS = 100;

let stack: Stack;
beforeAll(async () => {
  stack = await sharedStack();
  const keys = Array.from({ length: KEYS }, (_, index) => `sk-fake-owner-${index}`);
  for (const key of keys) stack.upstream.setKey(key, { kind: "ok" });
  await stack.admin.addKeys("openai", keys);
});
afterAll(() => stack?.close());

const call = (path: string, init: RequestInit = {}) =>
  fetch(`${stack.url}/api/openai/${path}`, {
    ...init,
    headers: { ...init.headers, authorization: `Bearer ${ADMIN_TOKEN}` },
  });

async function upload(text: string): Promise<string> {
  const form = new FormData();
  form.set("purpose", "batch");
  form.set("file", new Blob([text]), "lines.jsonl");
  const response = await call("files", { method: "POST", body: form });
  expect(response.status).toBe(200);
  const { id } = (await response.json()) as { id: string };
  return id;
}

test("20 files through 100 keys are found in every later call, by path and from a batch, also after a restart", async () => {
  const ids = await inParallel(20, 4, (index) => upload(`file ${index}`));
  const contents = () =>
    inParallel(ids.length * 5, 8, async (index) => {
      const id = ids[index % ids.length] ?? "";
      const response = await call(`files/${id}/content`);
      return [response.status, await response.text()];
    });
  const expected = Array.from({ length: 100 }, (_, index) => [200, `file ${index % 20}`]);
  expect(await contents()).toEqual(expected);

  await call("batches", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ input_file_id: ids[0], endpoint: "/v1/chat/completions" }),
  });
  const owner = stack.upstream.requests.find(({ path }) => path === `files/${ids[0]}/content`)?.key;
  expect(stack.upstream.requests.at(-1)).toMatchObject({ path: "batches", key: owner });

  await stack.restart();
  expect(await contents()).toEqual(expected);
});
