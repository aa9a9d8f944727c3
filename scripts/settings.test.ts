import { isAbsolute } from "node:path";
import { describe, expect, test } from "vitest";
import { ExpectedError } from "./expected-error.ts";
import { settingsFrom } from "./settings.ts";

describe("settings", () => {
  test("nothing set: port 8787, a data folder in the repository, no variables", () => {
    const settings = settingsFrom({}, {});
    expect(settings.port).toBe(8787);
    expect(settings.host).toBe("127.0.0.1");
    expect(isAbsolute(settings.dataDir)).toBe(true);
    expect(settings.dataDir).toMatch(/\.data$/);
    expect(settings.vars).toEqual({});
  });

  test("the environment goes before .dev.vars, empty counts as not set, and others' variables stay out", () => {
    const environment = { AUTH_KEY: "from-environment", AI_GATEWAY: "", HOME: "/root" };
    const devVars = { AUTH_KEY: "from-file", AI_GATEWAY: "from-file", PATH: "/bin" };
    const { vars } = settingsFrom(environment, devVars);
    expect(vars).toEqual({ AUTH_KEY: "from-environment", AI_GATEWAY: "from-file" });
  });

  test.each([
    ["PORT", "abc"],
    ["PORT", "-1"],
    ["PORT", "65536"],
    ["PORT", "80.5"],
    ["HOST", "http://localhost"],
    ["HOST", "127.0.0.1:80"],
    ["HOST", "1.2.3"],
    ["TRUSTED_PROXIES", "10.0.0.0/33"],
    ["TRUSTED_PROXIES", "0.0.0.0/0"],
    ["TRUSTED_PROXIES", "proxy.example"],
    ["TRUSTED_HEADER", "x-real-ip"],
    ["AI_GATEWAY_URL", "gateway.example.com/v1"],
    ["AI_GATEWAY_URL", "ftp://gateway.example.com"],
    ["CONSECUTIVE_429_THRESHOLD", "0"],
    ["FIRST_BYTE_TIMEOUT_MS", "2s"],
    ["MAX_ATTEMPTS", "-3"],
  ])("%s=%s is rejected with a line that names it", (name, value) => {
    const read = () => settingsFrom({ [name]: value }, {});
    expect(read).toThrow(ExpectedError);
    expect(read).toThrow(new RegExp(`^${name} must be .*"${value}"$`));
  });

  test("proxies are believed on this machine where it listens there only, else where they are named", () => {
    const { proxies, kind } = settingsFrom({}, {}).trust;
    expect([proxies.has("127.0.0.1"), proxies.has("::1"), proxies.has("10.0.0.7"), kind]).toEqual([
      ...[true, true, false],
      "x-forwarded",
    ]);
    for (const HOST of ["0.0.0.0", "::", "10.0.0.7", "keys.example.com"]) {
      expect(settingsFrom({ HOST }, {}).trust.proxies.has("127.0.0.1"), HOST).toBe(false);
    }
    const TRUSTED_PROXIES = "10.0.0.7, 2001:db8::/32 loopback";
    const named = settingsFrom({ HOST: "::", TRUSTED_PROXIES, TRUSTED_HEADER: "forwarded" }, {});
    expect(named.trust.kind).toBe("forwarded");
    const believed = ["10.0.0.7", "10.0.0.8", "2001:db8::9", "2001:db9::", "127.9.9.9"];
    expect(believed.map((address) => named.trust.proxies.has(address))).toEqual([
      ...[true, false, true, false, true],
    ]);
    const nobody = settingsFrom({ TRUSTED_PROXIES: "none" }, {}).trust;
    expect(nobody.proxies.has("127.0.0.1")).toBe(false);
  });

  test("an AUTH_KEY that can't be parsed is rejected without showing the key", () => {
    const read = () => settingsFrom({ AUTH_KEY: "good;secret-key(soon)=openai" }, {});
    expect(read).toThrow(ExpectedError);
    expect(read).toThrow(/^AUTH_KEY, definition 2: /);
    expect(read).not.toThrow(/secret-key/);
  });
});
