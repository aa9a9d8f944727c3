/** Signing in through GitHub and Google, as far as the browser is sent there and returns. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { builtActions } from "../portal/actions.ts";
import { ADMIN_TOKEN, type Stack, startStack } from "./harness.ts";

let stack: Stack;

beforeAll(async () => {
  const vars = { GITHUB_ID: "gh-app", GITHUB_SECRET: "x", GOOGLE_ID: "go-app", GOOGLE_SECRET: "x" };
  stack = await startStack({ vars });
  const person = { name: "Ada", email: "ada@example.com", password: "a long password" };
  await act("setUp", "/setup", { ...person, secret: ADMIN_TOKEN });
});

afterAll(() => stack.close());

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
