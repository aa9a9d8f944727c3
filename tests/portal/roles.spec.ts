/**
 * Every page, every action and every call of the admin API, as each role and as the admin of a group: read from the
 * folders, the build and the API's document, so that none is forgotten.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { APIRequestContext, Browser, Page } from "@playwright/test";
import { rightOfCall } from "../../app/api/admin/call-rights.ts";
import { navigationEntryOf } from "../../components/shell/navigation.ts";
import { type Right, roleAllows } from "../../lib/auth/member.ts";
import { root } from "../../scripts/root.ts";
import type { Stack } from "../e2e/harness.ts";
import { act, builtActions, callAction, outcomeOf } from "./actions.ts";
import { portalHandlers, portalPages } from "./pages.ts";
import { newMember } from "./people.ts";
import { expect, test } from "./portal.ts";
import { askProxy } from "./proxy-call.ts";

/** Pages that the navigation doesn't list, or that fewer roles may open than the page above them. */
const OWN_RIGHTS: Readonly<Record<string, Right>> = {
  "/account": "viewer",
  "/keys/add": "groupAdmin",
  "/keys/import": "groupAdmin",
};

/** Who may call what is no page. */
const HANDLERS: Readonly<Record<string, Right>> = {
  "/audit/export": "admin",
  "/keys/export": "admin",
  "/known-models": "member",
  "/palette": "viewer",
  "/playground/price": "member",
  "/requests/export": "viewer",
  "/requests/tail": "viewer",
  "/stamp": "viewer",
  "/settings/backup/download": "admin",
  "/settings/backup/restore": "admin",
  "/views": "viewer",
};

/** Actions that check no role, and why. */
const OPEN_ACTIONS: Readonly<Record<string, string>> = {
  chooseLocale: "sets a cookie of the caller's own",
  endSession: "ends the caller's own session",
};

function rightOfPage(path: string): Right {
  const role = OWN_RIGHTS[path] ?? navigationEntryOf(path)?.role;
  if (role === undefined) throw new Error(`who may open ${path}? add it to this test`);
  return role;
}

/** The least right for an action, as its source says; null for those of visitors. */
function rightOfAction(file: string, name: string): Right | null {
  const source = readFileSync(join(root, file), "utf8");
  const [, wrapper, right] =
    new RegExp(`export const ${name} = (\\w+)\\(\\s*(?:"(\\w+)")?`).exec(source) ?? [];
  if (wrapper === "portalAction") return right as Right;
  if (wrapper === "entranceAction" || name in OPEN_ACTIONS) return null;
  throw new Error(`${name} in ${file} is neither a portalAction nor an entranceAction`);
}

// Some hundred requests each.
test.setTimeout(240_000);

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

const RIGHTS = ["viewer", "member", "groupAdmin", "admin"] as const satisfies readonly Right[];

/** What each page, action and call is asked with. */
type Requests = Readonly<Record<Right, APIRequestContext>>;

/** Members with each right, of whom Grace is the admin of a group. */
async function people(
  browser: Browser,
  admin: Page,
  server: Stack,
  [viewer, member, groupAdmin]: readonly [viewer: string, member: string, groupAdmin: string],
): Promise<Requests> {
  const { id } = await server.admin.call<{ id: string }>("POST", "groups", { name: groupAdmin });
  const requests = {
    admin: admin.request,
    viewer: (await newMember(browser, admin, "viewer", viewer)).page.request,
    member: (await newMember(browser, admin, "member", member)).page.request,
    groupAdmin: (await newMember(browser, admin, "member", groupAdmin)).page.request,
  };
  const userId = await userIdOf(admin, server, groupAdmin);
  await act(admin.request, server.url, "putMember", { id, member: { userId, role: "admin" } });
  return requests;
}

/** By the entry of who joined. */
async function userIdOf(admin: Page, { url }: Stack, name: string): Promise<string> {
  const query = `format=json&q=${name.toLowerCase()}@example.com`;
  const entries: { actorId: string; actorName: string }[] = await (
    await admin.request.get(`${url}/audit/export?${query}`)
  ).json();
  const own = entries.find(({ actorName }) => actorName.startsWith(`${name.toLowerCase()}@`));
  if (own === undefined) throw new Error(`${name} has done nothing`);
  return own.actorId;
}

test("each role opens its own pages, and visitors are sent to sign in", async ({
  admin,
  browser,
  server,
  playwright,
}) => {
  const visitor = await playwright.request.newContext();
  const requests = await people(browser, admin, server, ["Vera", "Mary", "Grace"]);
  const pages = portalPages();
  expect(pages).toEqual(expect.arrayContaining(["/", "/team", "/audit", "/account"]));
  for (const path of pages) {
    const least = rightOfPage(path);
    for (const role of RIGHTS) {
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
  const handlers = portalHandlers();
  expect([...new Set(handlers.map(({ path }) => path))]).toEqual(Object.keys(HANDLERS).sort());
  for (const { path, method } of handlers) {
    const least = HANDLERS[path] ?? "admin";
    for (const role of RIGHTS) {
      const answer = await requests[role].fetch(server.url + path, { method, maxRedirects: 0 });
      expect(answer.status() !== 403, `${method} ${path} as ${role}: ${answer.status()}`).toBe(
        roleAllows(role, least),
      );
    }
    const answer = await visitor.fetch(server.url + path, { method, maxRedirects: 0 });
    expect(answer.status(), `${method} ${path} as a visitor`).toBe(307);
  }
  await visitor.dispose();
});

test("no call of the admin API takes a session, whoever's, or no token", async ({
  admin,
  browser,
  server,
  playwright,
}) => {
  const visitor = await playwright.request.newContext();
  const requests = await people(browser, admin, server, ["Violet", "Molly", "Gwen"]);
  const { paths }: { paths: Readonly<Record<string, object>> } = await (
    await visitor.get(`${server.url}/api/openapi.json`)
  ).json();
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    path.startsWith("/api/admin/")
      ? METHODS.filter((method) => method in methods).map(
          (method) => [method.toUpperCase(), path.replace(/\{\w+\}/g, "x")] as const,
        )
      : [],
  );
  expect(calls.length).toBeGreaterThan(40);
  for (const [method, path] of calls) {
    for (const asker of [...Object.values(requests), visitor]) {
      const answer = await asker.fetch(server.url + path, { method, maxRedirects: 0 });
      expect(answer.status(), `${method} ${path}`).toBe(401);
    }
  }
  await visitor.dispose();
});

/** A token for the admin API, which acts as its owner. */
async function apiToken(asker: APIRequestContext, { url }: Stack): Promise<string> {
  const input = { name: "script", forAdminApi: true };
  const text = await act(asker, url, "createToken", input);
  return /"token":"(ob-[\w-]+)"/.exec(text)?.[1] ?? "";
}

test("a token for the admin API makes the calls that its owner may make, and no other", async ({
  admin,
  browser,
  server,
}) => {
  const requests = await people(browser, admin, server, ["Velma", "Moira", "egret"]);
  const { id: foreign } = await server.admin.call<{ id: string }>("POST", "groups", {
    name: "yak",
  });
  const { items: groups } = await server.admin.call<{ items: { id: string; name: string }[] }>(
    "GET",
    "groups",
  );
  const own = groups.find(({ name }) => name === "egret")?.id ?? "";
  await server.admin.addKeys("openai", [
    { key: "sk-fake-roles-egret-0123456789abcdef", remark: "egret key", groups: [own] },
    { key: "sk-fake-roles-yak-00123456789abcdef", remark: "yak key", groups: [foreign] },
  ]);
  const yak = await server.admin.createToken({ name: "yak app", group: foreign });
  await server.admin.createToken({ name: "egret app", group: own });
  server.upstream.setKey("sk-fake-roles-yak-00123456789abcdef", { kind: "ok" });
  await askProxy(server, yak.token, "openai/gpt-4o-yak");
  const tokens = {
    member: await apiToken(requests.member, server),
    groupAdmin: await apiToken(requests.groupAdmin, server),
    admin: await apiToken(requests.admin, server),
  };
  const { paths }: { paths: Readonly<Record<string, object>> } = await (
    await admin.request.get(`${server.url}/api/openapi.json`)
  ).json();
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    path.startsWith("/api/admin/")
      ? METHODS.filter((method) => method in methods).map(
          (method) => [method.toUpperCase(), path] as const,
        )
      : [],
  );
  const ask = (token: string, method: string, path: string, data?: object) =>
    admin.request.fetch(server.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, cookie: "" },
      ...(data !== undefined && { data }),
    });
  let allowed = 0;
  for (const [method, path] of calls) {
    const least = rightOfCall(`${method} ${path.slice("/api/admin/".length)}`);
    for (const right of ["member", "groupAdmin", "admin"] as const) {
      // No body that is one: nothing happens where the call is let through.
      const answer = await ask(tokens[right], method, path.replace(/\{\w+\}/g, "x"));
      const isAllowed = roleAllows(right, least);
      expect(answer.status() !== 403, `${method} ${path} as ${right}: ${answer.status()}`).toBe(
        isAllowed,
      );
      expect(answer.status()).not.toBe(401);
      if (right !== "groupAdmin" || !isAllowed) continue;
      allowed += 1;
      expect(await answer.text(), `${method} ${path}`).not.toMatch(/yak/);
    }
  }
  expect(allowed).toBeGreaterThan(10);
  const answerOf = async (method: string, path: string, data?: object) => {
    const answer = await ask(tokens.groupAdmin, method, path, data);
    return `${answer.status()} ${await answer.text()}`;
  };
  expect(await answerOf("GET", "/api/admin/groups")).toContain("egret");
  expect(await answerOf("GET", "/api/admin/provider-keys")).toContain("egret key");
  expect(await answerOf("GET", "/api/admin/access-tokens")).toContain("egret app");
  expect(await answerOf("GET", `/api/admin/requests?group=${foreign}`)).not.toContain("yak");
  const keys = await server.admin.listKeys("provider=openai");
  const keyOf = (name: string) => keys.find(({ remark }) => remark === `${name} key`)?.id ?? "";
  for (const [name, changed] of [
    ["egret", 1],
    ["yak", 0],
  ] as const) {
    const change = { target: { ids: [keyOf(name)] }, change: { kind: "disable" } };
    const answer = await answerOf("POST", "/api/admin/provider-keys/change", change);
    expect(answer).toContain(`"changed":${changed}`);
  }
  expect(await answerOf("PATCH", `/api/admin/access-tokens/${yak.id}`, { name: "mine" })).toMatch(
    /^404/,
  );
  // It calls no provider, and ends with its owner's right.
  const call = await admin.request.post(`${server.url}/api/openai/v1/chat/completions`, {
    headers: { authorization: `Bearer ${tokens.admin}` },
    data: { model: "gpt-4o", messages: [] },
  });
  expect(call.status()).toBe(403);
  const userId = await userIdOf(admin, server, "egret");
  await act(admin.request, server.url, "putMember", { id: own, member: { userId, role: null } });
  expect(await answerOf("GET", "/api/admin/groups")).toMatch(/^403/);
});

test("a group's admin meets nothing of another group, on no page", async ({
  admin,
  browser,
  server,
}) => {
  const requests = await people(browser, admin, server, ["Vicky", "Mia", "heron"]);
  const { items: groups } = await server.admin.call<{ items: { id: string; name: string }[] }>(
    "GET",
    "groups",
  );
  const own = groups.find(({ name }) => name === "heron")?.id ?? "";
  const { id: foreign } = await server.admin.call<{ id: string }>("POST", "groups", {
    name: "zebra",
    dailyRequests: 9,
  });
  await server.admin.addKeys("openai", [
    { key: "sk-fake-roles-heron-0123456789abcdef", remark: "heron key", groups: [own] },
    { key: "sk-fake-roles-zebra-0123456789abcdef", remark: "zebra key", groups: [foreign] },
  ]);
  const keys = await server.admin.listKeys("provider=openai");
  const keyOf = (name: string) => keys.find(({ remark }) => remark === `${name} key`)?.id ?? "";
  const ids = { own: keyOf("heron"), foreign: keyOf("zebra") };
  const made = await server.admin.createToken({ name: "zebra app", group: foreign });
  await server.admin.createToken({ name: "heron app", group: own });
  server.upstream.setKey("sk-fake-roles-zebra-0123456789abcdef", { kind: "ok" });
  await askProxy(server, made.token, "openai/gpt-4o-zebra");
  let logged: { readonly id: string } | undefined;
  await expect
    .poll(async () => {
      const query = `requests?group=${foreign}`;
      [logged] = (await server.admin.call<{ items: { id: string }[] }>("GET", query)).items;
      return logged !== undefined;
    })
    .toBe(true);
  const paths = [
    ...portalPages(),
    `/keys/openai?key=${ids.foreign}`,
    `/keys/openai?group=${foreign}`,
    `/keys/openai/${ids.foreign}`,
    `/team/groups/${foreign}`,
    `/tokens/${made.id}`,
    `/tokens?group=${foreign}`,
    `/requests?group=${foreign}`,
    `/requests?key=${ids.foreign}`,
    `/requests/${logged?.id}`,
    `/requests/export?group=${foreign}`,
    `/requests/tail?group=${foreign}`,
    `/usage?groupBy=group`,
    `/usage?groupBy=key`,
    `/keys/add?group=${foreign}`,
    "/palette",
    "/audit/export?format=json",
  ];
  for (const path of paths) {
    for (const who of ["groupAdmin", "member"] as const) {
      const text = await (await requests[who].get(server.url + path)).text();
      // The address is a part of each page.
      const rest = text.replaceAll(path, "").replaceAll(encodeURIComponent(path), "");
      expect(rest, `${path} as ${who}`).not.toMatch(/zebra/);
    }
  }
  const opens = async (path: string, words: string) => {
    const answer = await requests.groupAdmin.get(server.url + path);
    expect(answer.status(), path).toBe(200);
    expect(await answer.text(), path).toContain(words);
  };
  await opens("/team/groups", "heron");
  await opens(`/team/groups/${own}`, "heron app");
  await opens(`/keys/openai/${ids.own}`, "heron key");
  await opens(`/keys/add?group=${own}`, "heron");
  const change = (id: string) =>
    act(requests.groupAdmin, server.url, "changeKeys", {
      target: { ids: [id] },
      change: { kind: "disable" },
    });
  expect(await change(ids.foreign)).toContain('"changed":0');
  expect(await change(ids.own)).toContain('"changed":1');
});

test("each action rejects visitors, other sites and lower roles, and says so in the log", async ({
  admin,
  browser,
  server,
  playwright,
}) => {
  const visitor = await playwright.request.newContext();
  const requests = await people(browser, admin, server, ["Victor", "Max", "Gina"]);
  // No schema accepts this, so that nothing happens if the call is let through.
  const nonsense = { "no such field": true };
  const call = async (
    request: APIRequestContext,
    action: ReturnType<typeof builtActions>[number],
    headers?: Readonly<Record<string, string>>,
  ) => outcomeOf((await callAction(request, server.url, action, nonsense, headers)).text);

  const guarded = builtActions().filter(({ file, name }) => rightOfAction(file, name) !== null);
  expect(guarded.map(({ name }) => name)).toEqual(expect.arrayContaining(["invite", "rename"]));
  let refusals = 0;
  for (const action of guarded) {
    const { name, file } = action;
    const least = rightOfAction(file, name) ?? "admin";
    for (const role of RIGHTS) {
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
    new Set(["victor@example.com", "max@example.com", "gina@example.com"]),
  );
  await visitor.dispose();
});

test("actions of visitors take calls of this site's pages only", async ({ admin, server }) => {
  for (const action of builtActions()) {
    const role = rightOfAction(action.file, action.name);
    if (role !== null || action.name in OPEN_ACTIONS) continue;
    const { text } = await callAction(admin.request, server.url, action, {}, {});
    expect(outcomeOf(text), action.name).toBe("cross_site");
  }
});
