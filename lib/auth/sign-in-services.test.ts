import { expect, test } from "vitest";
import { toBase64Url } from "../crypto/base64url";
import type { Env } from "../env";
import {
  allowsPasswords,
  claimsOf,
  directoryOf,
  issuerOf,
  placesByGroups,
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

test("an address in the ID token is not verified by what userinfo says of none", () => {
  const text = '{"sub":"1","email":"admin@b.test","email_verified":false}';
  const idToken = `head.${toBase64Url(new TextEncoder().encode(text))}.signature`;
  expect(verifiedEmail(claimsOf({ sub: "1", email_verified: true }, idToken))).toBeNull();
});

test("an account is one of its issuer, and brings a short name and a picture on the web", async () => {
  const of = (issuer: string, claims: object) => {
    const own = { ...ENV, OIDC_ISSUER: issuer, OIDC_ID: "e", OIDC_SECRET: "f" };
    const [provider] = serviceProviders(own);
    if (typeof provider !== "object" || provider.type !== "oidc") throw new Error("no issuer");
    return provider.profile?.({ sub: "1", ...claims }, {});
  };
  const one = await of("https://one.test/", {});
  expect(one).toEqual({ id: "https://one.test 1", name: null, image: null });
  expect((await of("https://two.test", {}))?.id).not.toBe(one?.id);
  expect(issuerOf(String(one?.id))).toBe("https://one.test");
  expect((await of("https://one.test", { name: "x".repeat(9_000) }))?.name).toHaveLength(100);
  for (const picture of [
    "javascript:alert(1)",
    "data:text/html,x",
    "/me",
    {},
    `https://x/${"y".repeat(500)}`,
  ]) {
    expect((await of("https://one.test", { picture }))?.image).toBeNull();
  }
});

test("groups count of the own issuer only, and where roles are set for them", () => {
  const env = { ...ENV, OIDC_ROLES: "admins=admin" };
  expect(roleByGroups(env, "oidc", { groups: ["admins"] })).toBe("admin");
  expect(roleByGroups(env, "oidc", { roles: ["admins"] })).toBeNull();
  const named = { ...env, OIDC_GROUPS_CLAIM: "roles" };
  expect(roleByGroups(named, "oidc", { roles: ["admins"] })).toBe("admin");
  expect(roleByGroups(env, "github", { groups: ["admins"] })).toBeUndefined();
  expect(roleByGroups(ENV, "oidc", { groups: ["admins"] })).toBeUndefined();
  const issuer = { OIDC_ISSUER: "https://id.test", OIDC_ID: "a", OIDC_SECRET: "b" };
  expect(directoryOf({ ...env, ...issuer })).toBe("oidc");
  expect(directoryOf({ ...ENV, ...issuer })).toBeNull();
  expect(directoryOf(env)).toBeNull();
});

test("an address counts where the service vouches for it", () => {
  expect(verifiedEmail({ email: "a@b.test", email_verified: true })).toBe("a@b.test");
  expect(verifiedEmail({ email: "a@b.test", email_verified: false })).toBeNull();
  expect(verifiedEmail({ email: "a@b.test", email_verified: "true" })).toBeNull();
  expect(verifiedEmail({ email: "a@b.test" })).toBeNull();
  expect(verifiedEmail({ email: null, email_verified: true })).toBeNull();
  for (const email of [
    "",
    "a",
    "a@",
    " a@b.test",
    "a@b.test ",
    "a@b@c.test",
    `${"a".repeat(70)}@b`,
  ]) {
    expect(verifiedEmail({ email, email_verified: true })).toBeNull();
  }
});

test("places in groups are the own issuer's, and none are lost where it leaves groups out", () => {
  const env = { ...ENV, OIDC_GROUPS: "search-team=search" };
  const inSearch = { groups: ["search-team"] };
  expect(placesByGroups(env, "oidc", inSearch)?.get("search")).toBe("member");
  expect(placesByGroups(env, "oidc", {})?.get("search")).toBeNull();
  expect(placesByGroups(env, "github", inSearch)).toBeNull();
  expect(placesByGroups(ENV, "oidc", inSearch)).toBeNull();
  expect(placesByGroups(env, "oidc", { _claim_names: { groups: "src1" } })).toBeNull();
});

test("an issuer without TLS is none, but on this machine", () => {
  const app = { OIDC_ID: "a", OIDC_SECRET: "b" };
  const isOffered = (issuer: string) =>
    signInServices({ ...ENV, ...app, OIDC_ISSUER: issuer }).length === 1;
  expect(isOffered("http://id.example.com")).toBe(false);
  expect(isOffered("http://127.0.0.1:9000")).toBe(true);
});
