import { expect, test } from "vitest";
import { toBase64Url } from "../crypto/base64url";
import type { Env } from "../env";
import {
  allowsPasswords,
  claimsOf,
  roleByGroups,
  serviceProviders,
  signInServices,
  verifiedEmail,
} from "./sign-in-services";

const ENV = { DB: {} as D1Database } satisfies Env;

test("a service is there when both its values are set", () => {
  expect(signInServices(ENV)).toEqual([]);
  expect(signInServices({ ...ENV, GITHUB_ID: "id", GOOGLE_SECRET: "secret" })).toEqual([]);
  const env = { ...ENV, GITHUB_ID: "a", GITHUB_SECRET: "b", GOOGLE_ID: "c", GOOGLE_SECRET: "d" };
  expect(signInServices(env).map(({ id }) => id)).toEqual(["github", "google"]);
  expect(serviceProviders(env)).toHaveLength(2);
  const issuer = { OIDC_ISSUER: "https://id.example.com/realms/a", OIDC_ID: "e" };
  expect(signInServices({ ...env, ...issuer })).toHaveLength(2);
  const own = { ...env, ...issuer, OIDC_SECRET: "f" };
  expect(signInServices(own)[0]).toEqual({ id: "oidc", name: "id.example.com" });
  expect(signInServices({ ...own, OIDC_NAME: "Acme" })[0]?.name).toBe("Acme");
  expect(serviceProviders(own)).toHaveLength(3);
});

test("passwords can be turned off where there is another way in", () => {
  expect(allowsPasswords(ENV)).toBe(true);
  expect(allowsPasswords({ ...ENV, PASSWORDS: "off" })).toBe(true);
  const withGitHub = { ...ENV, GITHUB_ID: "a", GITHUB_SECRET: "b" };
  expect(allowsPasswords(withGitHub)).toBe(true);
  expect(allowsPasswords({ ...withGitHub, PASSWORDS: "off" })).toBe(false);
});

test("what an issuer says stands in its ID token, in its userinfo, or in both", () => {
  const payload = toBase64Url(new TextEncoder().encode('{"sub":"1","groups":["ü"],"email":"x"}'));
  const claims = claimsOf({ sub: "1", email: "a@b.test" }, `head.${payload}.signature`);
  expect(claims).toEqual({ sub: "1", groups: ["ü"], email: "a@b.test" });
  expect(claimsOf({ sub: "1" }, undefined)).toEqual({ sub: "1" });
});

test("no address is verified by what is said of another", () => {
  const text = '{"sub":"1","email":"own@b.test","email_verified":true}';
  const idToken = `head.${toBase64Url(new TextEncoder().encode(text))}.signature`;
  expect(verifiedEmail(claimsOf({ sub: "1" }, idToken))).toBe("own@b.test");
  expect(verifiedEmail(claimsOf({ sub: "1", email: "admin@b.test" }, idToken))).toBeNull();
  const own = { sub: "1", email: "admin@b.test", email_verified: true };
  expect(verifiedEmail(claimsOf(own, idToken))).toBe("admin@b.test");
});

test("groups count of the own issuer only, and where roles are set for them", () => {
  const env = { ...ENV, OIDC_ROLES: "admins=admin" };
  expect(roleByGroups(env, "oidc", { groups: ["admins"] })).toBe("admin");
  expect(roleByGroups(env, "oidc", { roles: ["admins"] })).toBeNull();
  const named = { ...env, OIDC_GROUPS_CLAIM: "roles" };
  expect(roleByGroups(named, "oidc", { roles: ["admins"] })).toBe("admin");
  expect(roleByGroups(env, "github", { groups: ["admins"] })).toBeUndefined();
  expect(roleByGroups(ENV, "oidc", { groups: ["admins"] })).toBeUndefined();
});

test("an address counts where the service vouches for it", () => {
  expect(verifiedEmail({ email: "a@b.test", email_verified: true })).toBe("a@b.test");
  expect(verifiedEmail({ email: "a@b.test", email_verified: false })).toBeNull();
  expect(verifiedEmail({ email: "a@b.test", email_verified: "true" })).toBeNull();
  expect(verifiedEmail({ email: "a@b.test" })).toBeNull();
  expect(verifiedEmail({ email: null, email_verified: true })).toBeNull();
});
