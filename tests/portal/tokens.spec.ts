/** Access tokens: created, used, changed and ended on the page, and the proxy follows. */
import type { Page } from "@playwright/test";
import type { Stack } from "../e2e/harness.ts";
import { builtActions, callAction, outcomeOf } from "./actions.ts";
import { newMember } from "./people.ts";
import { expect, expectAccessible, test } from "./portal.ts";
import { askProxy, onceWritten } from "./proxy-call.ts";

const KEY = "sk-fake-tokens-spec-0123456789";

/** How soon a change must apply, on a running server. */
const HOLDS_WITHIN_MS = 5_000;

test.beforeEach(async ({ server }) => {
  server.upstream.setKey(KEY, { kind: "ok" });
  await server.admin.addKeys("openai", [KEY]);
});

/** Creates a token on the page. @returns Its text. */
async function makeToken(page: Page, name: string): Promise<string> {
  await page.goto("/tokens?new=true");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Create token" }).click();
  const token = await shownToken(page);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(rowOf(page, name)).toBeVisible();
  return token;
}

/** The token that a dialog shows. */
async function shownToken(page: Page): Promise<string> {
  return (await page.getByRole("dialog").getByTestId("token").textContent()) ?? "";
}

const rowOf = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(name) });

async function choose(page: Page, name: string, item: string): Promise<void> {
  await page
    .getByRole("button", { name: `Actions for ${name}` })
    .first()
    .click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

const expectStatus = (server: Stack, token: string, status: number) =>
  expect
    .poll(async () => (await askProxy(server, token)).status, { timeout: HOLDS_WITHIN_MS })
    .toBe(status);

test("a first token: from the empty page to an answer of the proxy", async ({ admin, server }) => {
  await admin.goto("/tokens");
  await expect(admin.getByText("No access tokens yet")).toBeVisible();
  await expectAccessible(admin);
  await admin.getByRole("button", { name: "Create token" }).click();
  const dialog = admin.getByRole("dialog");
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await expectAccessible(admin);

  await dialog.getByLabel("Name").fill("first-app");
  await dialog.getByRole("button", { name: "Create token" }).click();
  const token = await shownToken(admin);
  expect(token).toMatch(/^ob-[\w-]{43}$/);
  // The list behind the dialog is no longer empty; the token must still be there to be copied.
  await expect(admin.locator("tr", { hasText: "first-app" })).toBeAttached();
  await expect(dialog.getByText(`${server.url}/api/compat/chat/completions`)).toBeVisible();
  await dialog.getByRole("combobox", { name: "Client" }).click();
  await admin.getByRole("option", { name: "Claude Code" }).click();
  await expect(dialog.getByText(`ANTHROPIC_BASE_URL="${server.url}/api/anthropic"`)).toBeVisible();
  await expect(dialog.getByText(`ANTHROPIC_AUTH_TOKEN="${token}"`)).toBeVisible();
  await expectAccessible(admin);

  expect((await askProxy(server, token)).status).toBe(200);
  await dialog.getByRole("button", { name: "Done" }).click();
  await admin.reload();
  await expect(rowOf(admin, "first-app")).toContainText("Active");
  expect(await admin.content()).not.toContain(token);
  await expectAccessible(admin);
});

test("scopes come from the pool's real models, and hold", async ({ admin, server }) => {
  await admin.goto("/tokens?new=true");
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("Name").fill("scoped");
  await dialog.getByRole("button", { name: "Add provider" }).click();
  await admin.getByPlaceholder("Search providers").fill("openai");
  await admin.getByRole("option", { name: "OpenAI", exact: true }).click();
  await admin.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "Add model" }).click();
  await admin.getByRole("option", { name: "gpt-4o-mini", exact: true }).click();
  const search = admin.getByPlaceholder("Search or type, * matches anything");
  await search.fill("o4-*");
  await admin.getByRole("option", { name: "Use “o4-*”" }).click();
  await expectAccessible(admin);
  await admin.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "Create token" }).click();
  const token = await shownToken(admin);
  await expect(dialog.getByText('"openai/gpt-4o-mini"')).toBeVisible();

  expect((await askProxy(server, token, "openai/gpt-4o-mini")).status).toBe(200);
  expect((await askProxy(server, token, "openai/o4-mini")).status).toBe(200);
  expect((await askProxy(server, token, "openai/gpt-4o")).status).toBe(403);
  expect((await askProxy(server, token, "groq/gpt-4o-mini")).status).toBe(403);
});

test("what is wrong stands at its field, and nothing typed is lost", async ({ admin }) => {
  await admin.goto("/tokens?new=true");
  const dialog = admin.getByRole("dialog");
  await dialog.getByRole("button", { name: /^Limits/ }).click();
  await dialog.getByLabel("Requests per minute").fill("many");
  await dialog.getByLabel("US dollars per day").fill("2.50");
  await dialog.getByRole("combobox", { name: "Expires" }).click();
  await admin.getByRole("option", { name: "On a date" }).click();
  await dialog.getByRole("button", { name: "Create token" }).click();
  await expect(dialog.getByLabel("Name")).toHaveAccessibleDescription(/Enter a name/);
  await expect(dialog.getByLabel("Requests per minute")).toHaveAccessibleDescription(
    /whole number/,
  );
  await expect(dialog.getByLabel("Last day")).toHaveAccessibleDescription(/Choose the last day/);
  await expect(dialog.getByLabel("US dollars per day")).toHaveValue("2.50");
  await expect(dialog.getByLabel("Requests per minute")).toHaveValue("many");
  await expectAccessible(admin);
});

test("editing holds at once, and can be undone", async ({ admin, server }) => {
  const token = await makeToken(admin, "edited");
  await choose(admin, "edited", "Edit");
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("Name").fill("renamed");
  await dialog.getByRole("button", { name: "Add model" }).click();
  await admin.getByPlaceholder(/Search or type/).fill("gpt-5-nano");
  await admin
    .getByRole("option", { name: /gpt-5-nano/ })
    .first()
    .click();
  await admin.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(rowOf(admin, "renamed")).toContainText("gpt-5-nano");
  await expectStatus(server, token, 403);

  await admin.getByRole("button", { name: "Undo" }).click();
  await expect(rowOf(admin, "edited")).toContainText("Everything");
  await expectStatus(server, token, 200);
});

test("a paused token is rejected within 5 s and works again when resumed; a rotated one works for its overlap or no longer; a revoked one is rejected, and the dialog names it", async ({
  admin,
  server,
}) => {
  const names = ["paused-app", "rotated-app", "leaked-app", "revoked-app"] as const;
  const [paused, rotated, leaked, revoked] = await Promise.all(
    names.map((name) => server.admin.createToken({ name })),
  );
  if (!paused || !rotated || !leaked || !revoked) throw new Error("a token was not made");
  await admin.goto("/tokens?q=-app");
  const dialog = admin.getByRole("dialog");

  await test.step("paused and resumed", async () => {
    await expectStatus(server, paused.token, 200);
    await choose(admin, "paused-app", "Pause");
    await expect(rowOf(admin, "paused-app")).toContainText("Paused");
    await expectStatus(server, paused.token, 401);
    await admin.getByRole("button", { name: "Undo" }).click();
    await expect(rowOf(admin, "paused-app")).toContainText("Active");
    await expectStatus(server, paused.token, 200);
  });

  await test.step("rotated, both tokens work for the overlap", async () => {
    await choose(admin, "rotated-app", "Rotate");
    await dialog.getByRole("combobox", { name: "The old token works" }).click();
    await admin.getByRole("option", { name: "1 hour more" }).click();
    await expectAccessible(admin);
    await dialog.getByRole("button", { name: "Rotate token" }).click();
    const successor = await shownToken(admin);
    expect(successor).not.toBe(rotated.token);
    await expectStatus(server, successor, 200);
    await expectStatus(server, rotated.token, 200);
    await dialog.getByRole("button", { name: "Done" }).click();
    await expect(rowOf(admin, "rotated-app")).toHaveCount(2);
    await expect(rowOf(admin, "rotated-app").last()).toContainText(/Rotated, ends in\s*\d+m/);
  });

  await test.step("rotated without overlap, the old token ends within 5 s", async () => {
    await expectStatus(server, leaked.token, 200);
    await choose(admin, "leaked-app", "Rotate");
    await dialog.getByRole("combobox", { name: "The old token works" }).click();
    await admin.getByRole("option", { name: "no longer" }).click();
    await dialog.getByRole("button", { name: "Rotate token" }).click();
    const successor = await shownToken(admin);
    await expectStatus(server, leaked.token, 401);
    await expectStatus(server, successor, 200);
    await dialog.getByRole("button", { name: "Done" }).click();
  });

  await test.step("revoked", async () => {
    await expectStatus(server, revoked.token, 200);
    await choose(admin, "revoked-app", "Revoke");
    const question = admin.getByRole("alertdialog", { name: "Revoke revoked-app?" });
    await expectAccessible(admin);
    await question.getByRole("button", { name: "Revoke token" }).click();
    await expectStatus(server, revoked.token, 401);
    await expect(admin.getByText("Revoked revoked-app")).toBeVisible();
    await expect(rowOf(admin, "revoked-app")).toHaveCount(0);
  });

  await admin.goto("/tokens?state=revoked&q=revoked");
  await expect(rowOf(admin, "revoked-app")).toContainText("Revoked");
  await expect(admin.getByRole("button", { name: "Actions for revoked-app" })).toHaveCount(0);
});

test("search and state are in the URL and survive a reload", async ({ admin, server }) => {
  for (const name of ["alpha-one", "alpha-two", "beta"]) await server.admin.createToken({ name });
  await admin.goto("/tokens");
  const search = admin.getByRole("searchbox", { name: "Search tokens" });
  await search.pressSequentially("ALPHA");
  await expect(admin).toHaveURL(/q=ALPHA/);
  await expect(rowOf(admin, "beta")).toHaveCount(0);
  await expect(rowOf(admin, "alpha")).toHaveCount(2);
  await admin.getByRole("combobox", { name: "State" }).click();
  await admin.getByRole("option", { name: "Paused" }).click();
  await expect(admin.getByText("No token matches.")).toBeVisible();
  await expect(admin).toHaveURL(/q=ALPHA/);
  await expect(admin).toHaveURL(/state=paused/);
  await admin.reload();
  await expect(search).toHaveValue("ALPHA");
  await expect(admin.getByText("No token matches.")).toBeVisible();
});

test("long lists have pages", async ({ admin, server }) => {
  for (let index = 0; index < 51; index++) {
    await server.admin.createToken({ name: `page-${String(index).padStart(2, "0")}` });
  }
  await admin.goto("/tokens?q=page-");
  await expect(rowOf(admin, "page-50")).toBeVisible();
  await expect(rowOf(admin, "page-00")).toHaveCount(0);
  await admin.getByRole("link", { name: "Older" }).click();
  await expect(rowOf(admin, "page-00")).toBeVisible();
  await expect(rowOf(admin, "page-50")).toHaveCount(0);
  await admin.getByRole("link", { name: "Newest" }).click();
  await expect(rowOf(admin, "page-50")).toBeVisible();
});

test("a limit that an admin sets is a ceiling for its owner, shown with what is used", async ({
  admin,
  browser,
  server,
}) => {
  const { page } = await newMember(browser, admin, "member", "Cem");
  const token = await makeToken(page, "ceiling-app");
  await expect(rowOf(page, "ceiling-app")).toContainText("No limits");
  expect((await askProxy(server, token)).status).toBe(200);

  await admin.goto("/tokens");
  await choose(admin, "ceiling-app", "Edit");
  const form = admin.getByRole("dialog");
  await form.getByRole("button", { name: /^Limits/ }).click();
  await form.getByLabel("Requests per day").fill("100");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(rowOf(admin, "ceiling-app")).toContainText("of 100 requests today");
  await onceWritten(server, async () => {
    await admin.reload();
    await expect(rowOf(admin, "ceiling-app")).toContainText("1 of 100", { timeout: 2_000 });
  });

  await page.reload();
  await choose(page, "ceiling-app", "Edit");
  const field = page.getByRole("dialog").getByLabel("Requests per day");
  await expect(field).toHaveAccessibleDescription(/At most 100, set by an admin/);
  const save = page.getByRole("dialog").getByRole("button", { name: "Save" });
  for (const tooMuch of ["101", ""]) {
    await field.fill(tooMuch);
    await save.click();
    await expect(field).toHaveAccessibleDescription(/lower, not higher/);
  }
  await expectAccessible(page);
  await field.fill("50");
  await save.click();
  await expect(rowOf(page, "ceiling-app")).toContainText("of 50 requests today");
  await page.context().close();
});

test("a member sees and changes only own tokens", async ({ admin, browser, server }) => {
  const { id } = await server.admin.createToken({ name: "of-the-team" });
  const { page } = await newMember(browser, admin, "member", "Mary");
  await page.goto("/tokens");
  await expect(page.getByText("No access tokens yet")).toBeVisible();
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page.getByRole("dialog").getByLabel("Owner")).toHaveCount(0);
  const token = await makeToken(page, "of-mary");
  await expect(page.getByRole("row")).toHaveCount(2);
  expect((await askProxy(server, token)).status).toBe(200);

  const actions = builtActions();
  const refused = async (name: string, input: unknown) => {
    const action = actions.find((each) => each.name === name);
    if (action === undefined) throw new Error(`no action ${name}`);
    return outcomeOf((await callAction(page.request, server.url, action, input)).text);
  };
  expect(await refused("revokeToken", { id })).toBe("not_found");
  expect(await refused("rotateToken", { id })).toBe("not_found");
  expect(await refused("updateToken", { id, changes: { name: "mine" } })).toBe("not_found");
  expect(await refused("createToken", { name: "x", owner: null })).toBe("invalid_input");

  await admin.goto("/tokens?q=of-");
  await expect(rowOf(admin, "of-the-team")).toContainText("Team");
  await expect(rowOf(admin, "of-the-team")).toContainText("Active");
  await expect(rowOf(admin, "of-mary")).toContainText("Mary");
  await page.context().close();
});

test("an admin makes a token for a member, takes it over, and someone who leaves hands theirs on", async ({
  admin,
  browser,
  server,
}) => {
  const { page } = await newMember(browser, admin, "member", "Grace");
  await admin.goto("/tokens?new=true");
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("Name").fill("for-grace");
  await dialog.getByRole("combobox", { name: "Owner" }).click();
  await admin.getByRole("option", { name: "Grace" }).click();
  await dialog.getByRole("button", { name: "Create token" }).click();
  const token = await shownToken(admin);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(rowOf(admin, "for-grace")).toContainText("Grace");
  await page.goto("/tokens");
  await expect(rowOf(page, "for-grace")).toBeVisible();
  await page.context().close();

  await admin.goto("/team");
  await admin.getByRole("button", { name: "Remove Grace" }).click();
  const question = admin.getByRole("alertdialog");
  await question.getByRole("combobox").click();
  await admin.getByRole("option", { name: "Give to Ada Lovelace" }).click();
  await expectAccessible(admin);
  await question.getByRole("button", { name: "Remove member" }).click();
  await expect(admin.getByText("Grace was removed. 1 token goes on working.")).toBeVisible();
  expect((await askProxy(server, token)).status).toBe(200);

  await admin.goto("/tokens?q=for-grace");
  await expect(rowOf(admin, "for-grace")).toContainText("Ada Lovelace");
  await choose(admin, "for-grace", "Edit");
  await dialog.getByRole("combobox", { name: "Owner" }).click();
  await admin.getByRole("option", { name: "The team" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(rowOf(admin, "for-grace")).not.toContainText("Ada Lovelace");
});

test("a viewer makes none", async ({ admin, browser }) => {
  const { page } = await newMember(browser, admin, "viewer", "Vera");
  await page.goto("/tokens?new=true");
  await expect(page.getByText("No access tokens yet")).toBeVisible();
  await expect(page.getByRole("button", { name: "Create token" })).toHaveCount(0);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.context().close();
});
