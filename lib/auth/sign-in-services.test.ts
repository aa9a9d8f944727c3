import { expect, test } from "vitest";
import type { Env } from "../env";
import { serviceProviders, signInServices, verifiedEmail } from "./sign-in-services";

const ENV = { DB: {} as D1Database } satisfies Env;

test("a service is there when both its values are set", () => {
  expect(signInServices(ENV)).toEqual([]);
  expect(signInServices({ ...ENV, GITHUB_ID: "id", GOOGLE_SECRET: "secret" })).toEqual([]);
  const env = { ...ENV, GITHUB_ID: "a", GITHUB_SECRET: "b", GOOGLE_ID: "c", GOOGLE_SECRET: "d" };
  expect(signInServices(env)).toEqual(["github", "google"]);
  expect(serviceProviders(env)).toHaveLength(2);
});

test("an address counts where the service vouches for it", () => {
  expect(verifiedEmail({ email: "a@b.test", email_verified: true })).toBe("a@b.test");
  expect(verifiedEmail({ email: "a@b.test", email_verified: false })).toBeNull();
  expect(verifiedEmail({ email: "a@b.test", email_verified: "true" })).toBeNull();
  expect(verifiedEmail({ email: "a@b.test" })).toBeNull();
  expect(verifiedEmail({ email: null, email_verified: true })).toBeNull();
});
