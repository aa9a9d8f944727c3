import { expect, test } from "vitest";
import { nextRequest, PATH_HEADER } from "./next-request";

const pathTold = (url: string, headers: Record<string, string> = {}) =>
  nextRequest(new Request(url, { headers }), new URL(url)).headers.get(PATH_HEADER);

test("pages are told path and query, without the router's own mark", () => {
  expect(pathTold("https://a.test/keys/openai?q=a%26b&status=cooling&_rsc=1x")).toBe(
    "/keys/openai?q=a%26b&status=cooling",
  );
  expect(pathTold("https://a.test/keys?_rsc=1x")).toBe("/keys");
});

test("a client cannot tell another one", () => {
  expect(pathTold("https://a.test/", { [PATH_HEADER]: "//evil.test" })).toBe("/");
});

test("body, method and other headers stay", async () => {
  const init = { method: "POST", body: "hello", headers: { cookie: "a=b" } };
  const request = new Request("https://a.test/login", init);
  const sent = nextRequest(request, new URL(request.url));
  expect([sent.method, sent.headers.get("cookie"), await sent.text()]).toEqual([
    "POST",
    "a=b",
    "hello",
  ]);
});
