/** The admin API's edge cases: what it rejects, and that it keeps working. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADMIN_TOKEN, type Stack, sharedStack } from "./harness.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await sharedStack();
});
afterAll(() => stack?.close());

const ask = (method: string, path: string, body: BodyInit | null = null) =>
  fetch(`${stack.url}/api/admin/${path}`, {
    method,
    body,
    headers: { "x-api-key": ADMIN_TOKEN, "content-type": "application/json" },
  });

interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly issues?: unknown[] };
}

async function errorOf(response: Response): Promise<ErrorBody["error"]> {
  const { error } = (await response.json()) as ErrorBody;
  expect(error.message).not.toBe("");
  return error;
}

describe("bodies", () => {
  test("what is not JSON is rejected without being quoted", async () => {
    for (const body of ["", "{", "sk-fake-secret", '{"keys": [sk-fake-secret]}']) {
      const response = await ask("POST", "provider-keys", body);
      expect(response.status).toBe(400);
      const error = await errorOf(response);
      expect(error.code).toBe("invalid_json");
      expect(error.message).not.toContain("fake");
    }
  });

  test("wrong fields are each named", async () => {
    const response = await ask("POST", "access-tokens", '{"name": "", "rpm": -1}');
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({
      code: "invalid_input",
      issues: [{ path: "rpm" }, { path: "name" }],
    });
  });

  test("10,000 long keys are taken, 33 MiB are not", async () => {
    const keys = Array.from({ length: 10_000 }, (_, i) => `sk-fake-${"x".repeat(150)}-${i}`);
    const taken = await ask("POST", "provider-keys", JSON.stringify({ provider: "groq", keys }));
    expect(await taken.json()).toEqual({ added: 10_000, duplicates: 0, rejected: [] });

    const refused = await ask("POST", "provider-keys", "x".repeat(33 * 1024 * 1024));
    expect(refused.status).toBe(413);
    expect((await errorOf(refused)).code).toBe("body_too_large");

    const filter = JSON.stringify({ filter: { provider: "groq" } });
    const deleted = await ask("POST", "provider-keys/delete", filter);
    expect(await deleted.json()).toEqual({ deleted: 10_000 });
  });
});

test("query parameters are checked", async () => {
  for (const query of ["limit=0", "limit=501", "status=odd", "nosuch=1", "cursor=odd"]) {
    const response = await ask("GET", `provider-keys?${query}`);
    expect(response.status, query).toBe(400);
    expect((await errorOf(response)).code).toBe("invalid_input");
  }
});

test("other methods: 405; other paths: 404", async () => {
  for (const [method, path, status] of [
    ["PUT", "provider-keys", 405],
    ["DELETE", "access-tokens", 405],
    ["GET", "provider-keys/delete", 405],
    ["GET", "nosuch", 404],
  ] as const) {
    const response = await ask(method, path);
    await response.text();
    expect(response.status, `${method} ${path}`).toBe(status);
  }
});

test("answers must not be stored", async () => {
  const response = await ask("GET", "access-tokens");
  await response.text();
  expect(response.headers.get("cache-control")).toBe("no-store");
});

test("the admin API's OpenAPI document is public", async () => {
  const response = await fetch(`${stack.url}/api/openapi.json`);
  expect(await response.json()).toMatchObject({
    openapi: "3.1.0",
    paths: { "/api/admin/provider-keys": { post: { requestBody: { required: true } } } },
  });
});
