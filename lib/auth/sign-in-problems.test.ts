import { expect, test } from "vitest";
import type { Env } from "../env";
import { signInProblems } from "./sign-in-problems";

const OIDC = { OIDC_ISSUER: "https://id.example.com", OIDC_ID: "id", OIDC_SECRET: "secret" };
const ACCESS = { ACCESS_TEAM: "acme", ACCESS_AUD: "tag" };

test.each<[Partial<Env>, readonly string[]]>([
  [{}, []],
  [{ GITHUB_ID: "", GITHUB_SECRET: "" }, []],
  [{ ...OIDC, ...ACCESS, GITHUB_ID: "id", GITHUB_SECRET: "secret" }, []],
  [{ GITHUB_ID: "id" }, ["GITHUB_ID needs GITHUB_SECRET too"]],
  [{ GOOGLE_SECRET: "secret" }, ["GOOGLE_SECRET needs GOOGLE_ID too"]],
  [{ OIDC_ID: "id" }, ["OIDC_ID needs OIDC_ISSUER and OIDC_SECRET too"]],
  [{ ACCESS_TEAM: "acme" }, ["ACCESS_TEAM needs ACCESS_AUD too"]],
  [
    { ...ACCESS, ACCESS_TEAM: "http://acme.example.com" },
    ["ACCESS_TEAM must be a team's name or https address, and ACCESS_AUD an audience tag"],
  ],
  [
    { ...ACCESS, ACCESS_AUD: " , " },
    ["ACCESS_TEAM must be a team's name or https address, and ACCESS_AUD an audience tag"],
  ],
  [{ OIDC_ROLES: "admins=admin" }, ["OIDC_ROLES needs OIDC_ISSUER too"]],
  [{ ...OIDC, OIDC_ROLES: "CN=admins,DC=example=admin; *=viewer;" }, []],
  [
    { ...OIDC, OIDC_ROLES: "admins=admin;engineering=owner;=viewer" },
    [2, 3].map((at) => `OIDC_ROLES, entry ${at}: must be name=admin, name=member or name=viewer`),
  ],
  [{ ...OIDC, OIDC_GROUPS: "search-team=search; leads=search:admin;" }, []],
  [{ OIDC_GROUPS: "a=b" }, ["OIDC_GROUPS needs OIDC_ISSUER too"]],
  [
    { ...OIDC, OIDC_GROUPS: "a=b;search" },
    ["OIDC_GROUPS, entry 2: must be name=group or name=group:admin"],
  ],
  [{ ...OIDC, OIDC_ISSUER: "http://id.example.com" }, ["OIDC_ISSUER must be an https address"]],
  [{ ACCESS_SERVICE_TOKENS: "a.access=admin" }, ["ACCESS_SERVICE_TOKENS needs ACCESS_TEAM too"]],
  [{ ...ACCESS, ACCESS_SERVICE_TOKENS: "a.access=admin;b.access=viewer" }, []],
  [
    { ...ACCESS, ACCESS_SERVICE_TOKENS: "a.access" },
    ["ACCESS_SERVICE_TOKENS, entry 1: must be name=admin, name=member or name=viewer"],
  ],
])("%o", (env, problems) => {
  expect(signInProblems(env as Env)).toEqual(problems);
});
