/** If no account of the pool can decrypt a turn's reasoning, the turn continues without it, on the running Worker. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADMIN_TOKEN, type Stack, sharedStack } from "./harness.ts";

const KEYS = ["sk-fake-first", "sk-fake-second"];
const REFUSAL = {
  error: {
    message: "The encrypted content gAAA...Rg== could not be verified.",
    type: "invalid_request_error",
    param: null,
    code: "invalid_encrypted_content",
  },
};

let stack: Stack;

beforeAll(async () => {
  stack = await sharedStack();
  await stack.admin.addKeys("openai", KEYS);
});

afterAll(() => stack?.close());

interface Story {
  readonly outcome: string;
  readonly attempts: readonly { readonly meaning: string; readonly dropped?: readonly string[] }[];
}

test("both accounts are tried, then it is answered without, and neither key is touched", async () => {
  const answer = {
    status: 400,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(REFUSAL),
  };
  for (const key of KEYS) {
    stack.upstream.setKey(key, {
      kind: "sequence",
      steps: [{ kind: "answer", answer }, { kind: "ok" }],
    });
  }
  const item = { type: "reasoning", summary: [], encrypted_content: "gAAAAAB-sealed-elsewhere" };
  const response = await fetch(`${stack.url}/api/openai/v1/responses`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "gpt-5",
      store: false,
      input: [{ type: "message", role: "user", content: "hi" }, item],
    }),
  });
  await response.arrayBuffer();
  expect(response.status).toBe(200);
  expect(response.headers.get("x-one-balance-dropped")).toBe("encrypted_content");
  expect(response.headers.get("x-one-balance-attempts")).toBe("3");
  const id = response.headers.get("x-one-balance-request-id");
  const story = async () => {
    try {
      const { outcome, attempts } = await stack.admin.call<Story>("GET", `requests/${id}`);
      return { outcome, attempts: attempts.map(({ meaning, dropped }) => [meaning, dropped]) };
    } catch {
      return null;
    }
  };
  await expect.poll(story, { timeout: 10_000 }).toEqual({
    outcome: "ok",
    attempts: [
      ["foreign_reasoning", undefined],
      ["foreign_reasoning", undefined],
      ["ok", ["encrypted_content"]],
    ],
  });
  const { items } = await stack.admin.call<{
    items: readonly { status: string; cooldowns: readonly unknown[] }[];
  }>("GET", "provider-keys?provider=openai");
  expect(items.map(({ status, cooldowns }) => [status, cooldowns])).toEqual([
    ["active", []],
    ["active", []],
  ]);
});
