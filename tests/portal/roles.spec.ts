/** Every page and every action, as each role: read from the folders and the build, so that none is forgotten. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { APIRequestContext } from "@playwright/test";
import { navigationEntryOf } from "../../components/shell/navigation.ts";
import { type Role, roleAllows } from "../../lib/auth/member.ts";
import { root } from "../../scripts/root.ts";
import { builtActions, callAction, outcomeOf } from "./actions.ts";
import { portalPages } from "./pages.ts";
import { newMember } from "./people.ts";
import { expect, test } from "./portal.ts";

/** Pages that the navigation doesn't list, or that fewer roles may open than the page above them. */
const OWN_ROLES: Readonly<Record<string, Role>> = {
  "/account": "viewer",
  "/keys/add": "admin",
  "/keys/import": "admin",
};

/** Actions that check no role, and why. */
const OPEN_ACTIONS: Readonly<Record<string, string>> = {
  chooseLocale: "sets a cookie of the caller's own",
  endSession: "ends the caller's own session",
};

function roleOfPage(path: string): Role {
  const role = OWN_ROLES[path] ?? navigationEntryOf(path)?.role;
  if (role === undefined) throw new Error(`who may open ${path}? add it to this test`);
  return role;
}

/** The lowest role for an action, as its source says; null for those of visitors. */
function roleOfAction(file: string, name: string): Role | null {
  const source = readFileSync(join(root, file), "utf8");
  const [, wrapper, role] =
    new RegExp(`export const ${name} = (\\w+)\\(\\s*(?:"(\\w+)")?`).exec(source) ?? [];
  if (wrapper === "portalAction") return role as Role;
  if (wrapper === "entranceAction" || name in OPEN_ACTIONS) return null;
  throw new Error(`${name} in ${file} is neither a portalAction nor an entranceAction`);
}

// Some hundred requests each.
test.setTimeout(240_000);

const ROLES = ["viewer", "member", "admin"] as const;

test("each role opens its own pages, and visitors are sent to sign in", async ({
  admin,
  browser,
  server,
  playwright,
}) => {
  const visitor = await playwright.request.newContext();
  const requests: Readonly<Record<Role, APIRequestContext>> = {
    admin: admin.request,
    member: (await newMember(browser, admin, "member", "Mary")).page.request,
    viewer: (await newMember(browser, admin, "viewer", "Vera")).page.request,
  };
  const pages = portalPages();
  expect(pages).toEqual(expect.arrayContaining(["/", "/team", "/audit", "/account"]));
  for (const path of [...pages, "/audit/export"]) {
    const least = path === "/audit/export" ? "admin" : roleOfPage(path);
    for (const role of ROLES) {
      const answer = await requests[role].get(server.url + path, { maxRedirects: 0 });
      // Some redirect to a page: settings to its first section. A request may not exist.
      const isOpen = [200, 307, 404].includes(answer.status());
      expect(isOpen, `${path} as ${role}: ${answer.status()}`).toBe(roleAllows(role, least));
      if (!isOpen) expect(answer.status(), `${path} as ${role}`).toBe(403);
    }
    const answer = await visitor.get(server.url + path, { maxRedirects: 0 });
    expect(answer.status(), `${path} as a visitor`).toBe(307);
    expect(answer.headers().location).toMatch(/^\/login/);
  }
  await visitor.dispose();
});

test("each action rejects visitors, other sites and lower roles, and says so in the log", async ({
  admin,
  browser,
  server,
  playwright,
}) => {
  const visitor = await playwright.request.newContext();
  const viewer = (await newMember(browser, admin, "viewer", "Victor")).page.request;
  const member = (await newMember(browser, admin, "member", "Max")).page.request;
  const requests: Readonly<Record<Role, APIRequestContext>> = {
    admin: admin.request,
    member,
    viewer,
  };
  // No schema accepts this, so that nothing happens if the call is let through.
  const nonsense = { "no such field": true };
  const call = async (
    request: APIRequestContext,
    action: ReturnType<typeof builtActions>[number],
    headers?: Readonly<Record<string, string>>,
  ) => outcomeOf((await callAction(request, server.url, action, nonsense, headers)).text);

  const guarded = builtActions().filter(({ file, name }) => roleOfAction(file, name) !== null);
  expect(guarded.map(({ name }) => name)).toEqual(expect.arrayContaining(["invite", "rename"]));
  let refusals = 0;
  for (const action of guarded) {
    const { name, file } = action;
    const least = roleOfAction(file, name) ?? "admin";
    for (const role of ROLES) {
      const isAllowed = roleAllows(role, least);
      if (!isAllowed) refusals++;
      expect(await call(requests[role], action), `${name} as ${role}`).toBe(
        isAllowed ? "invalid_input" : "forbidden",
      );
    }
    expect(await call(visitor, action), `${name} as a visitor`).toBe("signed_out");
    expect(await call(admin.request, action, {}), `${name} from nowhere`).toBe("cross_site");
  }
  const logged = await admin.request.get(
    `${server.url}/audit/export?format=json&action=page.refuse-action`,
  );
  const entries: { actorName: string }[] = await logged.json();
  expect(entries).toHaveLength(refusals);
  expect(new Set(entries.map(({ actorName }) => actorName))).toEqual(
    new Set(["victor@example.com", "max@example.com"]),
  );
  await visitor.dispose();
});

test("actions of visitors take calls of this site's pages only", async ({ admin, server }) => {
  for (const action of builtActions()) {
    const role = roleOfAction(action.file, action.name);
    if (role !== null || action.name in OPEN_ACTIONS) continue;
    const { text } = await callAction(admin.request, server.url, action, {}, {});
    expect(outcomeOf(text), action.name).toBe("cross_site");
  }
});
