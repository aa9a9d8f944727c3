import { expect, test } from "vitest";
import { nextRequest, PATH_HEADER } from "./next-request";

const pathTold = (url: string, headers: Record<string, string> = {}) =>
  nextRequest(new Request(url, { headers }), new URL(url)).headers.get(PATH_HEADER);

test("pages get path and query, without the router's own mark", () => {
  expect(pathTold("https://a.test/keys/openai?q=a%26b&status=cooling&_rsc=1x")).toBe(
    "/keys/openai?q=a%26b&status=cooling",
  );
  expect(pathTold("https://a.test/keys?_rsc=1x")).toBe("/keys");
});

test("Next gets one host and one scheme, whatever proxies left", () => {
  const told = (headers: Record<string, string>) => {
    const request = new Request("http://10.0.0.5:8787/login", { headers });
    const sent = nextRequest(request, new URL(request.url)).headers;
    expect(sent.get("host")).toBe(sent.get("x-forwarded-host") ?? headers.host ?? null);
    return [sent.get("x-forwarded-proto"), sent.get("x-forwarded-host")];
  };
  expect(told({ "x-forwarded-proto": "https,http", host: "a.test" })).toEqual(["https", "a.test"]);
  expect(told({ "x-forwarded-host": "a.test, b.test", host: "c.test" })).toEqual([
    "http",
    "a.test",
  ]);
  expect(told({ host: "a.test:8787" })).toEqual(["http", "a.test:8787"]);
  expect(told({ "x-forwarded-host": "a b" })).toEqual(["http", null]);
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
