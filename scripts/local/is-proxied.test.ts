import fc from "fast-check";
import { expect, test } from "vitest";
import { splitProxyPath } from "../../lib/proxy/request/proxy-path.ts";
import { isProxiedTarget, isProxiedUrl } from "./is-proxied.ts";

test.each([
  ["/api/openai/chat/completions", true],
  ["/api/compat/models?x=/..", false],
  ["/api/adminx/y", true],
  ["/v1/messages", true],
  ["/v1beta/models/a:b", true],
  ["/api/admin/provider-keys", false],
  ["/api/admin", false],
  ["/api/auth/session", false],
  ["/api/metrics?x", false],
  ["/api/openapi.json", false],
  ["/keys/openai", false],
  ["/v1", true],
  ["/v1?x", true],
  ["/api", true],
  ["//v1//messages", true],
  ["/chat/completions", true],
  ["/chat", false],
  ["/api//admin/provider-keys", false],
  ["//api/auth/session", false],
  ["/", false],
  ["*", false],
])("%s: %s", (target, expected) => {
  expect(isProxiedTarget(target)).toBe(expected);
});

test("no target passes for the proxy's whose URL is not", () => {
  const parts = fc.constantFrom(
    "/",
    ".",
    "..",
    "%2e",
    "%2E",
    "\\",
    "api",
    "admin",
    "auth",
    "openai",
    "v1",
    "chat/completions",
    "?",
    "#",
    "login",
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 10 }), (path) => {
      const target = `/${path.join("")}`;
      if (!isProxiedTarget(target)) return;
      const url = new URL(`http://x${target}`);
      expect(isProxiedUrl(url.href)).toBe(true);
      // The Worker must parse it in the same way.
      expect(splitProxyPath(url.pathname)).not.toBeNull();
    }),
    { numRuns: 2_000 },
  );
});
