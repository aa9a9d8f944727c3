import { describe, expect, test } from "vitest";
import { scriptedProxy } from "../../../tests/doors/scripted-proxy";

const redirected = async (location: string, status = 302) => {
  const proxy = scriptedProxy({
    keys: { "google-ai-studio": ["key-number-one", "key-number-two"] },
    upstream: () => new Response('{"error":{"code":302}}', { status, headers: { location } }),
  });
  const response = await proxy.fetch("/api/google-ai-studio/v1beta/files/abc:download?alt=media");
  await proxy.clock.run(response.arrayBuffer());
  await proxy.clock.advance(1);
  return { proxy, response };
};

describe("a redirect", () => {
  test.each([
    [
      "https://generativelanguage.googleapis.com/download/v1beta/files/abc:download?alt=media",
      "http://one-balance.test/api/google-ai-studio/download/v1beta/files/abc:download?alt=media",
    ],
    ["/download/v1beta/files/abc", "/api/google-ai-studio/download/v1beta/files/abc"],
    ["https://storage.example.com/abc?signature=1", "https://storage.example.com/abc?signature=1"],
    ["//storage.example.com/abc", "//storage.example.com/abc"],
  ])("to %s leads to %s, after one attempt", async (location, expected) => {
    const { proxy, response } = await redirected(location);
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe(expected);
    expect(proxy.calls).toHaveLength(1);
    expect(proxy.usage.events).toMatchObject([{ outcome: "ok", status: 302 }]);
  });

  test("takes no key along that its address holds", async () => {
    const { response } = await redirected(
      "https://generativelanguage.googleapis.com/v1beta/files/abc?key=key-number-one&alt=media",
    );
    expect(response.headers.get("location")).not.toContain("key-number-");
  });
});
