/**
 * Signing in through other services: with GitHub and Google as far as the browser is sent there, with an issuer there
 * and back.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { builtActions } from "../portal/actions.ts";
import { type AccessTeam, startAccessTeam } from "./access-team.ts";
import { ADMIN_TOKEN, type Stack, startStack } from "./harness.ts";
import { APP, type IdentityIssuer, startIdentityIssuer } from "./identity-issuer.ts";

let stack: Stack;
let issuer: IdentityIssuer;
let team: AccessTeam;

beforeAll(async () => {
  team = await startAccessTeam();
  issuer = await startIdentityIssuer();
  stack = await startStack({
    vars: {
      ...{ GITHUB_ID: "gh-app", GITHUB_SECRET: "x", GOOGLE_ID: "go-app", GOOGLE_SECRET: "x" },
      ...{ OIDC_ISSUER: issuer.url, OIDC_ID: APP.id, OIDC_SECRET: APP.secret },
      ...{ ACCESS_TEAM: team.url, ACCESS_AUD: team.audience },
      ACCESS_SERVICE_TOKENS: "robot.access=admin;reader.access=viewer",
      ...{ OIDC_NAME: "Acme", OIDC_ROLES: "platform=admin;engineering=member" },
    },
  });
  issuer.open(`${stack.url}/api/auth/callback/oidc`);
  const person = { name: "Ada", email: "ada@example.com", password: "a long password" };
  await act("setUp", "/setup", { ...person, secret: ADMIN_TOKEN });
});

afterAll(async () => {
  await stack.close();
  await issuer.close();
  await team.close();
});

function act(
  name: string,
  path: string,
  input: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const id = builtActions().find((action) => action.name === name)?.id ?? "";
  return fetch(`${stack.url}${path}`, {
    method: "POST",
    headers: { "next-action": id, origin: stack.url, "content-type": "text/plain", ...headers },
    body: JSON.stringify([input]),
    redirect: "manual",
  });
}

/** Where an action sends the browser. */
function target(answer: Response): URL {
  return new URL(answer.headers.get("x-action-redirect")?.split(";")[0] ?? "", stack.url);
}

describe("signing in through another service", () => {
  test("the login page offers those that are set", async () => {
    const page = await (await fetch(`${stack.url}/login`)).text();
    expect(page).toContain("Continue with GitHub");
    expect(page).toContain("Continue with Google");
    expect(page).toContain("Continue with Acme");
    expect(page).toContain("Continue with Cloudflare Access");
  });

  test("the service gets the app's id and the way back", async () => {
    const answer = await act("signInWithService", "/login", { service: "github", next: "/audit" });
    const { origin, pathname, searchParams } = target(answer);
    expect(origin + pathname).toBe("https://github.com/login/oauth/authorize");
    expect(searchParams.get("client_id")).toBe("gh-app");
    expect(searchParams.get("redirect_uri")).toBe(`${stack.url}/api/auth/callback/github`);
    expect(searchParams.get("code_challenge_method")).toBe("S256");
  });

  test("an invitation goes along, out of reach of scripts", async () => {
    const input = { service: "github", inviteToken: "the-link-secret" };
    const cookies = (await act("signInWithService", "/login", input)).headers.getSetCookie();
    const invitation = cookies.find((cookie) => cookie.startsWith("one-balance-invitation="));
    expect(invitation).toMatch(/=the-link-secret; Path=\/api\/auth;.*HttpOnly; SameSite=lax/);
  });

  test("the invitation is for https only where the portal is on https", async () => {
    const input = { service: "github", inviteToken: "the-link-secret" };
    const host = "keys.example.com";
    const cookies = await act("signInWithService", "/login", input, {
      ...{ host, origin: `https://${host}`, "x-forwarded-host": host },
      "x-forwarded-proto": "https, http",
    }).then((answer) => answer.headers.getSetCookie());
    expect(cookies.length).toBeGreaterThan(1);
    for (const cookie of cookies) expect(cookie).toMatch(/; Secure(?:;|$)/);
  });

  test("returning without having been sent is rejected", async () => {
    const answer = await fetch(`${stack.url}/api/auth/callback/github?code=guess&state=guess`, {
      redirect: "manual",
    });
    expect(answer.status).toBe(302);
    const location = new URL(answer.headers.get("location") ?? "");
    // The browser's own address: for localhost it has other cookies.
    expect(location.origin).toBe(stack.url);
    expect(location.pathname).toBe("/login");
    expect(location.searchParams.get("error")).not.toBeNull();
    expect(answer.headers.getSetCookie().join()).not.toMatch(/session-token=[^;]/);
  });
});

describe("Cloudflare Access", () => {
  const ADA = { sub: "person-1", email: "Ada@example.com" };

  /** As the button on the login page does, with what Access adds to the request. */
  async function signIn(claims: object | null) {
    const headers = claims === null ? {} : team.headers(claims);
    const answer = await act("signInWithService", "/login", { service: "access" }, headers);
    const session = answer.headers
      .getSetCookie()
      .map((cookie) => cookie.split(";", 1)[0] ?? "")
      .find((cookie) => /session-token=./.test(cookie));
    return { path: target(answer).pathname + target(answer).search, session };
  }
  const statusOf = async (path: string, session: string | undefined) =>
    (await fetch(`${stack.url}${path}`, { headers: { cookie: session ?? "" }, redirect: "manual" }))
      .status;

  test("a member with the verified address gets in", async () => {
    const { path, session } = await signIn(ADA);
    expect(path).toBe("/");
    expect(await statusOf("/team", session)).toBe(200);
    expect((await signIn(ADA)).path).toBe("/");
  });

  test.each([
    ["nobody, because Access was not asked", null],
    ["someone who is no member", { ...ADA, sub: "person-2", email: "eve@example.com" }],
    ["a member's address that was given to another person", { ...ADA, sub: "person-3" }],
    ["another application", { ...ADA, aud: ["of-another-application"] }],
    ["the day before", { ...ADA, exp: 1_700_000_000 }],
    ["a service token", { sub: "", common_name: "robot.access" }],
  ])("an assertion of %s opens nothing", async (_, claims) => {
    const { path, session } = await signIn(claims);
    expect(path).toBe("/login?error=no-member");
    expect(session).toBeUndefined();
  });

  test("service tokens use the admin API as their role says, and persons don't", async () => {
    const ask = async (method: string, claims: object) => {
      const changes = { section: "alerts", changes: { readyKeysBelow: 2 } };
      const answer = await fetch(`${stack.url}/api/admin/settings`, {
        method,
        headers: { ...team.headers(claims), "content-type": "application/json" },
        ...(method !== "GET" && { body: JSON.stringify(changes) }),
      });
      return answer.status;
    };
    const [robot, reader] = ["robot.access", "reader.access"].map((name) => ({
      sub: "",
      common_name: name,
    }));
    expect(await ask("GET", reader ?? {})).toBe(200);
    expect(await ask("PATCH", reader ?? {})).toBe(403);
    expect(await ask("PATCH", robot ?? {})).toBe(200);
    expect(await ask("GET", { sub: "", common_name: "other.access" })).toBe(401);
    expect(await ask("GET", ADA)).toBe(401);
  });
});

describe("signing in through an OpenID Connect issuer", () => {
  const GRACE = {
    sub: "grace",
    name: "Grace Hopper",
    email: "grace@example.com",
    email_verified: true,
    groups: ["engineering"],
  };

  beforeEach(() => {
    issuer.person = GRACE;
    issuer.forge = null;
  });

  test("who is in a group gets in with its role, and the next time with the next", async () => {
    const first = await signIn();
    expect(first.path).toBe("/");
    expect(await statusOf("/tokens", first.session)).toBe(200);
    expect(await statusOf("/team", first.session)).toBe(403);
    issuer.person = { ...GRACE, groups: ["platform"] };
    expect(await statusOf("/team", (await signIn()).session)).toBe(200);
  });

  test.each([
    ["is in no group that has a role", { groups: ["sales"] }],
    ["is in none at all", { groups: [] }],
    [
      "has an address that is not verified",
      { sub: "ada", email: "a2@b.test", email_verified: false },
    ],
    [
      "claims a member's address without proof",
      { sub: "x", email: "ada@example.com", email_verified: false },
    ],
  ])("who %s stays outside", async (_, changes) => {
    issuer.person = { ...GRACE, ...changes };
    const { path, session } = await signIn();
    expect(path).toBe("/login?error=no-member");
    expect(session).toBeNull();
  });

  const nowS = () => Math.floor(Date.now() / 1_000);
  test.each<[string, (claims: Record<string, unknown>) => Record<string, unknown>]>([
    ["is for another app", (claims) => ({ ...claims, aud: "another-app" })],
    ["is of another issuer", (claims) => ({ ...claims, iss: "https://id.example.com" })],
    ["has expired", (claims) => ({ ...claims, exp: nowS() - 300 })],
    ["answers another visit", (claims) => ({ ...claims, nonce: "of-another-visit" })],
    ["is another person's", (claims) => ({ ...claims, sub: "ada" })],
    ["says nothing of when", ({ exp: _, ...claims }) => claims],
  ])("an ID token that %s opens nothing", async (_, forge) => {
    issuer.forge = forge;
    const { path, session } = await signIn();
    expect(path).toMatch(/^\/login\?error=/);
    expect(session).toBeNull();
  });

  test("an issuer that signs with other keys goes on signing people in", async () => {
    issuer.rotate();
    expect((await signIn()).path).toBe("/");
  });

  test("a clock that is some seconds ahead is no reason to refuse", async () => {
    issuer.forge = (claims) => ({ ...claims, iat: nowS() + 10 });
    expect((await signIn()).path).toBe("/");
  });

  test("a way back that was gone once leads nowhere the second time", async () => {
    const { callback, cookies, session } = await signIn();
    expect(session).not.toBeNull();
    const again = await fetch(callback, { headers: { cookie: cookies }, redirect: "manual" });
    expect(pathOf(again)).toMatch(/^\/login\?error=/);
    const elsewhere = await fetch(callback, { redirect: "manual" });
    expect(pathOf(elsewhere)).toMatch(/^\/login\?error=/);
  });

  const pathOf = (answer: Response) => {
    const { pathname, search } = new URL(answer.headers.get("location") ?? "", stack.url);
    return pathname + search;
  };
  const cookiesOf = (answer: Response) =>
    answer.headers.getSetCookie().map((cookie) => cookie.split(";", 1)[0] ?? "");

  async function statusOf(path: string, session: string | null): Promise<number> {
    const headers = { cookie: session ?? "" };
    return (await fetch(`${stack.url}${path}`, { headers, redirect: "manual" })).status;
  }

  /** As a browser goes there and back. */
  async function signIn() {
    const sent = await act("signInWithService", "/login", { service: "oidc" });
    const cookies = cookiesOf(sent).join("; ");
    const jar = new Map<string, string>();
    let next = target(sent);
    while (next.origin !== stack.url) {
      const headers = { cookie: [...jar.values()].join("; ") };
      const answer: Response = await fetch(next, { headers, redirect: "manual" });
      for (const cookie of cookiesOf(answer)) jar.set(cookie.split("=", 1)[0] ?? "", cookie);
      next = new URL(answer.headers.get("location") ?? stack.url, next);
    }
    const answer = await fetch(next, { headers: { cookie: cookies }, redirect: "manual" });
    const session = cookiesOf(answer).find((cookie) => /session-token=./.test(cookie)) ?? null;
    return { path: pathOf(answer), session, callback: next, cookies };
  }
});
