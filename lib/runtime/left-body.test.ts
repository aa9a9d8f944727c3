import { expect, test } from "vitest";
import { expectBody, leaveBody, withLeftBody } from "./left-body";

const stream = () => new Blob(["rows"]).stream();

test("a body that was left takes its place in the answer of its own request", async () => {
  const [context, other] = [{}, {}];
  expectBody(context);
  expectBody(other);
  expect(leaveBody(context, stream())).toBe(true);
  const init = { headers: { "content-type": "text/csv", "content-length": "0" } };
  const whole = withLeftBody(new Response(null, init), context);
  expect(await whole.text()).toBe("rows");
  expect(whole.headers.get("content-type")).toBe("text/csv");
  expect(whole.headers.has("content-length")).toBe(false);
  const answer = new Response("page");
  expect(withLeftBody(answer, other)).toBe(answer);
});

test("without an entry that expects it, a body is not left", () => {
  expect(leaveBody({}, stream())).toBe(false);
});
