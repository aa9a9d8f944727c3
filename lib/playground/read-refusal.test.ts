import { expect, test } from "vitest";
import { readRefusal } from "./read-refusal";

test.each<[unknown, string | null, string]>([
  [
    { error: { message: "Every key rests.", code: "pool_exhausted" } },
    "pool_exhausted",
    "Every key rests.",
  ],
  [[{ error: { code: 400, message: "Bad model" } }], null, "Bad model"],
  [{ message: "Unknown field" }, null, "Unknown field"],
  [{ detail: [{ msg: "x" }] }, null, '[{"msg":"x"}]'],
  [{ error: "nope" }, null, "nope"],
])("%j", async (body, code, message) => {
  expect(await readRefusal(Response.json(body, { status: 429 }))).toEqual({
    status: 429,
    code,
    message,
    retryAfterSeconds: null,
  });
});

test("what is not JSON is quoted, and Retry-After is shown in seconds", async () => {
  const response = new Response("<h1>Bad gateway</h1>", {
    status: 502,
    headers: { "retry-after": "7" },
  });
  expect(await readRefusal(response)).toEqual({
    status: 502,
    code: null,
    message: "<h1>Bad gateway</h1>",
    retryAfterSeconds: 7,
  });
});
