import { describe, expect, test } from "vitest";
import { maySetUp } from "./may-set-up";

const ENV = { SETUP_TOKEN: "link-secret", AUTH_KEY: "limited=openai;admin;past(1000)" };
const HEADERS = new Headers({ "user-agent": "test" });

const ask = (secret: string, env: { SETUP_TOKEN?: string; AUTH_KEY?: string } = ENV) =>
  maySetUp(secret, env, HEADERS, Date.now());

describe("maySetUp", () => {
  test("the link's secret and an unrestricted AUTH_KEY may, and the log can tell which", async () => {
    expect(await ask("link-secret")).toMatchObject({ name: "set-up link", userAgent: "test" });
    expect(await ask("admin")).toMatchObject({ kind: "token", name: "AUTH_KEY 2" });
    expect(await ask("admin", { AUTH_KEY: "admin" })).toMatchObject({ name: "AUTH_KEY 1" });
  });

  test.each(["", "link-secre", "link-secret ", "LINK-SECRET", "limited", "past", "gehe³im→"])(
    "%j may not",
    async (secret) => {
      expect(await ask(secret)).toBeNull();
    },
  );

  test("an empty secret opens nothing where none is set", async () => {
    expect(await ask("", {})).toBeNull();
    expect(await ask("", { SETUP_TOKEN: "", AUTH_KEY: "" })).toBeNull();
    expect(await ask("undefined", {})).toBeNull();
  });
});
