import { expect, test } from "vitest";
import { newOriginHeader, originField } from "./origin-field.ts";
import { withOrigin } from "./with-origin.ts";

const NAME = newOriginHeader();

function seen(headers: Readonly<Record<string, string>>) {
  const request = new Request("http://x/login", { method: "POST", headers, body: "text" });
  return withOrigin(request, NAME);
}

test("what the front says stands where Cloudflare's edge would say it", async () => {
  const field = originField(NAME, {
    address: "2001:db8::7",
    scheme: "https",
    host: "a.test:8443",
    port: "8443",
  });
  const [, value = ""] = /^[^:]+: (.*)\r\n$/.exec(field) ?? [];
  const request = seen({ [NAME]: value, cookie: "a=b", "x-forwarded-for": "1.1.1.1" });
  expect(await request.text()).toBe("text");
  expect(Object.fromEntries(request.headers)).toEqual({
    "content-type": "text/plain;charset=UTF-8",
    cookie: "a=b",
    "cf-connecting-ip": "2001:db8::7",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "a.test:8443",
    "x-forwarded-port": "8443",
  });
});

test("without its word nothing is known, whatever the client writes", () => {
  const forged = {
    forwarded: "for=1.1.1.1",
    "x-forwarded-for": "1.1.1.1",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "evil.example",
    "x-forwarded-port": "1",
    "x-real-ip": "1.1.1.1",
    "cf-connecting-ip": "1.1.1.1",
    "cf-ipcountry": "NZ",
    "true-client-ip": "1.1.1.1",
  };
  const { headers } = seen({ ...forged, "user-agent": "x" });
  expect([...headers.keys()].toSorted()).toEqual(["content-type", "user-agent"]);
});
