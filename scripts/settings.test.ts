import { isAbsolute } from "node:path";
import { describe, expect, test } from "vitest";
import { ExpectedError } from "./expected-error.ts";
import { settingsFrom } from "./settings.ts";

describe("settings", () => {
  test("nothing set: port 8787, a data folder in the repository, no variables", () => {
    const settings = settingsFrom({}, {});
    expect(settings.port).toBe(8787);
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
    ["AI_GATEWAY_URL", "gateway.example.com/v1"],
    ["AI_GATEWAY_URL", "ftp://gateway.example.com"],
    ["CONSECUTIVE_429_THRESHOLD", "0"],
    ["FIRST_BYTE_TIMEOUT_MS", "2s"],
    ["MAX_ATTEMPTS", "-3"],
  ])("%s=%s is refused with a line that names it", (name, value) => {
    const read = () => settingsFrom({ [name]: value }, {});
    expect(read).toThrow(ExpectedError);
    expect(read).toThrow(new RegExp(`^${name} must be .*"${value}"$`));
  });

  test("an AUTH_KEY that cannot be understood is refused without telling the key", () => {
    const read = () => settingsFrom({ AUTH_KEY: "good;secret-key(soon)=openai" }, {});
    expect(read).toThrow(ExpectedError);
    expect(read).toThrow(/^AUTH_KEY, definition 2: /);
    expect(read).not.toThrow(/secret-key/);
  });
});
