import { describe, expect, test } from "vitest";
import { NO_LIMITS } from "../../lib/usage/token-limits";
import { NEW_TOKEN, settingsOf, tokenFormOf, tokenFormSchema, tokenInputOf } from "./token-form";

const NOW_MS = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 86_400_000;
const WORDS = { token: (problem: string) => problem, limit: (problem: string) => problem };
const schema = tokenFormSchema(WORDS, () => NOW_MS);
const USUAL_SHARE = {
  priorityClass: "interactive",
  weight: 1,
  maxWaitSeconds: null,
  unpricedReserveUsd: null,
  fixedTags: null,
  requiredTags: null,
} as const;
const TOKEN = {
  ...NO_LIMITS,
  ...USUAL_SHARE,
  name: "app",
  owner: { id: "us_1", name: "Mary" },
  forAdminApi: false,
  providers: ["openai"],
  models: null,
  expiresAt: NOW_MS + DAY_MS,
  rpm: 60,
  concurrentRequests: 4,
  dailyCostUsd: 0.5,
  priorityClass: "batch",
  weight: 3,
  maxWaitSeconds: 60,
  unpricedReserveUsd: 0.25,
  fixedTags: { customer: "acme, inc" },
  requiredTags: ["feature"],
} as const;

describe("tokenFormSchema", () => {
  test.each([
    [{}, "nameMissing"],
    [{ name: "  " }, "nameMissing"],
    [{ name: "x".repeat(201) }, "nameLong"],
    [{ rpm: "0" }, "wholeNumber"],
    [{ tpm: "1.5" }, "wholeNumber"],
    [{ dailyTokens: "many" }, "wholeNumber"],
    [{ dailyCostUsd: "0" }, "amount"],
    [{ monthlyCostUsd: "-1" }, "amount"],
    [{ monthlyCostUsd: "." }, "amount"],
    [{ weight: "0" }, "weight"],
    [{ weight: "101" }, "weight"],
    [{ maxWaitSeconds: "121" }, "maxWait"],
    [{ maxWaitSeconds: "1.5" }, "maxWait"],
    [{ unpricedReserveUsd: "0" }, "reserve"],
    [{ unpricedReserveUsd: "10001" }, "reserve"],
    [{ unpricedReserveUsd: "-1" }, "reserve"],
    [{ fixedTags: "customer" }, "fixedTags"],
    [{ requiredTags: "customer=acme" }, "requiredTags"],
    [{ expiry: "date" }, "dateMissing"],
    [{ expiry: "date", date: "2026-11-20" }, "datePast"],
  ])("%j: %s", (fields, problem) => {
    const name = "name" in fields || problem === "nameMissing" ? {} : { name: "app" };
    const result = schema.safeParse({ ...NEW_TOKEN, ...name, ...fields });
    expect(result.error?.issues.map(({ message }) => message)).toEqual([problem]);
  });

  test("a new token needs nothing but a name", () => {
    expect(schema.parse({ ...NEW_TOKEN, name: " app " }).name).toBe("app");
    expect(schema.safeParse({ ...NEW_TOKEN, name: "app", dailyCostUsd: ".5" }).success).toBe(true);
  });
});

test("a limit with a ceiling is at most that, and not empty", () => {
  const limited = tokenFormSchema(WORDS, () => NOW_MS, { rpm: 60 });
  const problems = (fields: object) =>
    limited
      .safeParse({ ...NEW_TOKEN, name: "app", ...fields })
      .error?.issues.map(({ path, message }) => [...path, message]);
  expect(problems({ rpm: "60", tpm: "" })).toBeUndefined();
  expect(problems({ rpm: "61" })).toEqual([["rpm", "aboveCeiling"]]);
  expect(problems({ rpm: "" })).toEqual([["rpm", "aboveCeiling"]]);
});

describe("tokenInputOf", () => {
  test("empty fields are no limits and all scopes", () => {
    expect(tokenInputOf({ ...NEW_TOKEN, name: "app" }, NOW_MS)).toEqual({
      ...NO_LIMITS,
      ...USUAL_SHARE,
      name: "app",
      providers: null,
      models: null,
      expiresAt: null,
    });
  });

  test("days count from now; a date lasts to its end where the reader is", () => {
    const expiry = (fields: object) =>
      tokenInputOf({ ...NEW_TOKEN, name: "app", ...fields }, NOW_MS).expiresAt;
    expect(expiry({ expiry: "30" })).toBe(NOW_MS + 30 * DAY_MS);
    expect(expiry({ expiry: "date", date: "2027-01-31" })).toBe(
      new Date(2027, 0, 31, 23, 59, 59).getTime(),
    );
  });
});

test("an existing token's form says what the token is, and leaves its expiry", () => {
  const form = tokenFormOf(TOKEN);
  expect(schema.safeParse(form).success).toBe(true);
  const { expiresAt, ...rest } = settingsOf(TOKEN);
  expect(expiresAt).toBe(TOKEN.expiresAt);
  expect(tokenInputOf(form, NOW_MS)).toEqual(rest);
});
