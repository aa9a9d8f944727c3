import { describe, expect, test } from "vitest";
import { deriveKeys } from "../../lib/crypto/derived-keys.ts";
import { type KnownSecrets, planSecrets, secretId } from "./secrets.ts";

const NOTHING: KnownSecrets = {
  given: {},
  kept: {},
  deployed: new Set(),
  hasAdmin: false,
  secretIds: [],
};
const DEPLOYED = new Set(["AUTH_KEY", "AUTH_SECRET", "KEY_ENCRYPTION_SECRET"]);

test("the id of a secret is the one in its sealed texts", async () => {
  const secret = "some secret";
  expect(secretId(secret)).toBe((await deriveKeys(secret)).keyId);
});

describe("planSecrets", () => {
  test("makes what is missing, each its own, and keeps all but the set-up link's", () => {
    const { put, keep } = planSecrets(NOTHING);
    expect(Object.keys(put)).toEqual([
      "AUTH_SECRET",
      "KEY_ENCRYPTION_SECRET",
      "AUTH_KEY",
      "SETUP_TOKEN",
    ]);
    expect(new Set(Object.values(put)).size).toBe(4);
    const { SETUP_TOKEN: _, ...kept } = put;
    expect(keep).toEqual(kept);
  });

  test("puts again what was kept, where the deployment lost it", () => {
    const kept = { AUTH_KEY: "a", AUTH_SECRET: "b", KEY_ENCRYPTION_SECRET: "c" };
    const secretIds = [secretId("c")];
    expect(planSecrets({ ...NOTHING, kept, secretIds }).put).toMatchObject(kept);
  });

  test("leaves what the deployment has, though nothing is kept here", () => {
    const known = { ...NOTHING, deployed: DEPLOYED, hasAdmin: true, secretIds: ["whatever"] };
    expect(planSecrets(known)).toEqual({ put: {}, keep: {} });
  });

  test("replaces what is given", () => {
    const given = { AUTH_KEY: "mine", GITHUB_ID: "id", GITHUB_SECRET: "secret", MAX_ATTEMPTS: "3" };
    const known = { ...NOTHING, deployed: DEPLOYED, hasAdmin: true, given };
    expect(planSecrets(known)).toEqual({
      put: { AUTH_KEY: "mine", GITHUB_ID: "id", GITHUB_SECRET: "secret" },
      keep: { AUTH_KEY: "mine" },
    });
  });

  test.each([
    ["made anew", {}, {}],
    ["given", { KEY_ENCRYPTION_SECRET: "new" }, {}],
    ["kept", {}, { KEY_ENCRYPTION_SECRET: "new" }],
  ])(
    "an encryption secret that is %s and doesn't open the stored keys is rejected",
    (_, given, kept) => {
      const known = { ...NOTHING, given, kept, secretIds: [secretId("old")] };
      expect(() => planSecrets(known)).toThrow("sealed under another KEY_ENCRYPTION_SECRET");
    },
  );

  test("a rotation half-way may be deployed, with both secrets", () => {
    const given = { KEY_ENCRYPTION_SECRET: "new", KEY_ENCRYPTION_SECRET_PREVIOUS: "old" };
    const known = { ...NOTHING, deployed: DEPLOYED, given };
    const secretIds = [secretId("old"), secretId("new")];
    expect(planSecrets({ ...known, secretIds }).put).toMatchObject(given);
    expect(() => planSecrets({ ...known, secretIds: [...secretIds, "third000"] })).toThrow("lost");
  });

  test("after a restore the backup's secret is put, whatever the deployment had", () => {
    const kept = { AUTH_KEY: "a", AUTH_SECRET: "b", KEY_ENCRYPTION_SECRET: "c" };
    const known = { ...NOTHING, deployed: DEPLOYED, hasAdmin: true, kept };
    expect(planSecrets({ ...known, secretIds: [secretId("c")] }).put).toEqual({
      KEY_ENCRYPTION_SECRET: "c",
    });
  });
});
