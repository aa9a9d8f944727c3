/** A change made through the portal's object applies to the very next proxied request, in another isolate. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { chat } from "./chat.ts";
import { type Stack, sharedStack } from "./harness.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await sharedStack({ unknownKey: () => ({ kind: "ok" }) });
});
afterAll(() => stack?.close());

const statusOf = async (token?: string) => {
  const response = await chat(stack, token === undefined ? {} : { token });
  await response.text();
  return response.status;
};

test("keys and tokens that come, change and go, each followed by a request at once", async () => {
  await stack.admin.addKeys("openai", ["sk-fake-at-once-0"]);
  expect(await statusOf()).toBe(200);
  for (let round = 1; round <= 8; round++) {
    const { id, token } = await stack.admin.createToken({ name: `app ${round}` });
    expect(await statusOf(token)).toBe(200);
    await stack.admin.call("PATCH", `access-tokens/${id}`, { models: ["another-model"] });
    expect(await statusOf(token)).toBe(403);
    await stack.admin.call("DELETE", `access-tokens/${id}`);
    expect(await statusOf(token)).toBe(401);

    await stack.admin.call("POST", "provider-keys/delete", { filter: { provider: "openai" } });
    expect(await statusOf()).toBe(503);
    await stack.admin.addKeys("openai", [`sk-fake-at-once-${round}`]);
    expect(await statusOf()).toBe(200);
    expect(stack.upstream.requests.at(-1)?.key).toBe(`sk-fake-at-once-${round}`);
  }
});

test("the mark that says so stays between Worker and object", async () => {
  const response = await fetch(`${stack.url}/api/admin/provider-keys`, {
    method: "POST",
    headers: { authorization: "Bearer test-admin-token", "content-type": "application/json" },
    body: JSON.stringify({ provider: "openai", keys: ["sk-fake-marked"] }),
  });
  expect(await response.json()).toMatchObject({ added: 1 });
  expect([...response.headers.keys()].filter((name) => name.startsWith("x-one-balance"))).toEqual(
    [],
  );
});
