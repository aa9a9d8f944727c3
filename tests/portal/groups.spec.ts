/** Groups in the portal, from the first one to its deletion: their keys, members, tokens, limits and use. */
import { newMember } from "./people.ts";
import { expect, expectAccessible, test } from "./portal.ts";
import { askProxy, onceWritten } from "./proxy-call.ts";

const OWN = "sk-fake-groups-own-0123456789abcdef";
const ADDED = "sk-fake-groups-added-0123456789abcd";
const IMPORTED = "sk-fake-groups-imported-0123456789a";
const COMMON = "sk-fake-groups-common-0123456789abc";

test("a group is created, gets a key, a member, a limit and a token, and is deleted when it is empty", async ({
  admin,
  browser,
  server,
}) => {
  test.slow();
  server.upstream.setKey(OWN, { kind: "ok" });
  server.upstream.setKey(COMMON, { kind: "ok" });
  server.upstream.setKey(ADDED, { kind: "ok" });
  server.upstream.setKey(IMPORTED, { kind: "ok" });
  await server.admin.addKeys("openai", [
    { key: OWN, remark: "own" },
    { key: COMMON, remark: "common" },
  ]);
  const mary = await newMember(browser, admin, "member", "Mary");

  // Without groups, nothing but a link mentions them.
  await admin.goto("/keys/openai");
  await expect(admin.getByRole("columnheader", { name: "Serves" })).toHaveCount(0);
  await admin.goto("/tokens?new=true");
  await expect(admin.getByRole("dialog").getByLabel("Name")).toBeVisible();
  await expect(admin.getByRole("dialog").getByLabel("Group", { exact: true })).toHaveCount(0);

  await admin.goto("/team");
  await admin.getByRole("link", { name: "Groups" }).click();
  await expect(admin.getByText("No groups yet")).toBeVisible();
  await expectAccessible(admin);
  await admin.getByRole("button", { name: "Create group" }).click();
  const creating = admin.getByRole("dialog", { name: "Create a group" });
  await creating.getByRole("button", { name: "Create group" }).click();
  await expect(creating.getByRole("alert")).toHaveText("A name of 1 to 200 characters.");
  await expectAccessible(admin);
  await creating.getByLabel("Name").fill("search");
  await creating.getByRole("button", { name: "Create group" }).click();
  await expect(admin.getByRole("heading", { level: 1, name: "search" })).toBeVisible();
  await expectAccessible(admin);
  const path = new URL(admin.url()).pathname;

  // One key serves it alone from now on.
  await admin.goto("/keys/openai");
  await admin
    .getByRole("row", { name: /\bown\b/ })
    .getByRole("checkbox")
    .click();
  await admin.getByRole("button", { name: "Set", exact: true }).click();
  const setting = admin.getByRole("dialog", { name: "Set for many keys" });
  await setting.getByRole("combobox", { name: "Setting" }).click();
  await admin.getByRole("option", { name: "Serves" }).click();
  await setting.getByRole("button", { name: "Choose groups" }).click();
  await admin.getByRole("option", { name: "search" }).click();
  await admin.keyboard.press("Escape");
  await expectAccessible(admin);
  await setting.getByRole("button", { name: "Set for 1 key" }).click();
  await expect(admin.getByRole("row", { name: /\bown\b/ })).toContainText("search");
  await expect(admin.getByRole("row", { name: /\bcommon\b/ })).toContainText("Everyone");

  // It is shown to the group's members, and to no other member of the team.
  const [ownKey] = (await server.admin.listKeys("provider=openai")).filter(
    ({ remark }) => remark === "own",
  );
  const shownToMary = async () => {
    const { request } = mary.page;
    const [one, all] = await Promise.all(
      [`/keys/openai/${ownKey?.id}`, "/keys/openai"].map((page) => request.get(page)),
    );
    expect(await all?.text()).toContain("common");
    return [one?.status(), (await all?.text())?.includes(ownKey?.id ?? "")];
  };
  expect(await shownToMary()).toEqual([404, false]);

  await admin.goto(path);
  await admin.getByRole("button", { name: "Add member" }).click();
  const adding = admin.getByRole("dialog", { name: "Add a member to search" });
  await adding.getByRole("combobox", { name: "Member" }).click();
  await admin.getByRole("option", { name: /Mary/ }).click();
  await expectAccessible(admin);
  await adding.getByRole("button", { name: "Add member" }).click();
  const members = admin.getByRole("table", { name: "Members" });
  await expect(members.getByRole("row", { name: /Mary/ })).toBeVisible();
  await members.getByRole("combobox", { name: "Role of Mary in the group" }).click();
  await admin.getByRole("option", { name: "Group admin" }).click();
  await expect(admin.getByText("Mary now has the role Group admin in the group.")).toBeVisible();
  expect(await shownToMary()).toEqual([200, true]);

  await admin.getByRole("button", { name: /^Limits of search: / }).click();
  const limits = admin.getByRole("dialog", { name: "Limits of search" });
  await limits.getByLabel("Requests per day").fill("1");
  await limits.getByRole("button", { name: "Save limits" }).click();
  await expect(admin.getByRole("table", { name: "Budgets" })).toContainText("0 of 1");

  await admin.getByRole("link", { name: "Create token" }).click();
  const form = admin.getByRole("dialog");
  await form.getByLabel("Name").fill("finder");
  await expect(form.getByLabel("Group", { exact: true })).toHaveText("search");
  await form.getByRole("button", { name: "Create token" }).click();
  const token = (await form.getByTestId("token").textContent()) ?? "";

  // Its own key serves it; then its limit is named.
  expect((await askProxy(server, token)).status).toBe(200);
  const chats = server.upstream.requests.filter(({ path }) => path.endsWith("chat/completions"));
  expect(chats.map(({ key }) => key)).toEqual([OWN]);
  const rejected = await askProxy(server, token);
  expect(rejected.status).toBe(429);
  expect(rejected.text).toContain("search");

  await onceWritten(server, async () => {
    await admin.goto(path);
    const table = admin.getByRole("table", { name: "Budgets" });
    await expect(table).toContainText("1 of 1", { timeout: 2_000 });
    await expect(admin.getByRole("heading", { name: "Latest requests" })).toBeVisible({
      timeout: 2_000,
    });
  });
  await expectAccessible(admin);
  const keys = admin.getByRole("region", { name: "Keys" });
  await expect(keys.getByRole("listitem").getByRole("link")).toContainText("1 key");
  const changes = admin.getByRole("region", { name: "Changes" });
  await expect(changes.getByRole("row", { name: /finder/ })).toBeVisible();

  // Further keys are added and imported for it, and a name is tried as one of its tokens.
  await keys.getByRole("link", { name: "Add keys" }).click();
  const serves = admin.getByText("Groups whose tokens these keys serve.");
  await expect(serves).toBeVisible();
  await admin.getByRole("combobox", { name: "Provider" }).click();
  await admin.getByRole("option", { name: "OpenAI", exact: true }).click();
  await admin.getByLabel("Keys", { exact: true }).fill(ADDED);
  await expectAccessible(admin);
  await admin.getByRole("button", { name: "Preview" }).click();
  await admin.getByRole("button", { name: "Add 1 key" }).click();
  await expect(admin.getByRole("heading", { name: "1 key added" })).toBeVisible();
  await admin.goto(`/keys/import?group=${path.split("/").at(-1)}`);
  await expect(serves).toBeVisible();
  await admin.getByLabel("Data of the other program").fill(`OPENAI_API_KEY=${IMPORTED}`);
  await expectAccessible(admin);
  await admin.getByRole("button", { name: "Show the difference" }).click();
  await admin.getByRole("button", { name: "Import 1 key" }).click();
  await expect(admin.getByRole("heading", { name: "1 key imported" })).toBeVisible();
  const listed = await server.admin.listKeys("provider=openai");
  const added = listed.filter(({ remark }) => remark !== "own" && remark !== "common");
  expect(added).toMatchObject([{ groups: [expect.any(String)] }, { groups: [expect.any(String)] }]);
  await admin.goto("/routes?try=openai/gpt-4o");
  const target = admin.getByRole("list", { name: "Targets" });
  await expect(target).toContainText("1 of 1 keys ready");
  await admin.getByRole("combobox", { name: "As a token of" }).click();
  await admin.getByRole("option", { name: "search" }).click();
  await expect(target).toContainText("4 of 4 keys ready");
  await expectAccessible(admin);
  await admin.goto("/usage?by=group");
  await expect(admin.getByRole("row", { name: /^search/ })).toBeVisible();
  await expectAccessible(admin);
  await server.admin.call("DELETE", `provider-keys/${added[0]?.id}`);
  await server.admin.call("DELETE", `provider-keys/${added[1]?.id}`);
  await admin.goto("/team/groups");
  const row = admin.getByRole("row", { name: /search/ });
  await expect(row).toContainText("After its own");
  await expectAccessible(admin);
  await admin.goto("/tokens/budgets");
  await admin.getByRole("link", { name: "search", exact: true }).click();
  await expect(admin).toHaveURL(new RegExp(`${path}$`));

  // Renamed, and without common keys.
  await admin.getByRole("button", { name: "Edit", exact: true }).click();
  const editing = admin.getByRole("dialog", { name: "Edit search" });
  await editing.getByLabel("Name").fill("finding");
  await editing.getByRole("switch", { name: "Use the common keys too" }).click();
  await expectAccessible(admin);
  await editing.getByRole("button", { name: "Save" }).click();
  await expect(admin.getByRole("heading", { level: 1, name: "finding" })).toBeVisible();
  await expect(admin.getByText("Not used", { exact: true })).toBeVisible();

  // What it still has is named, and nothing is deleted.
  await admin.getByRole("button", { name: "Delete group" }).click();
  const blocked = admin.getByRole("alertdialog", { name: "Delete finding?" });
  await expect(blocked).toContainText("This group still has 1 key and 1 token.");
  await expect(blocked.getByRole("button", { name: "Delete group" })).toHaveCount(0);
  await expectAccessible(admin);
  await blocked.getByRole("button", { name: "Cancel" }).click();

  // The key's own form takes the group away.
  await admin.goto(`/keys/openai/${ownKey?.id}`);
  await expect(admin.getByRole("link", { name: "finding" })).toBeVisible();
  await admin.getByRole("button", { name: "Remove finding" }).click();
  await admin.getByRole("button", { name: "Save", exact: true }).click();
  await expect(admin.getByRole("link", { name: "finding" })).toHaveCount(0);
  await admin.goto("/tokens");
  await admin.getByRole("button", { name: /finder/ }).click();
  await admin.getByRole("menuitem", { name: "Revoke" }).click();
  await admin.getByRole("button", { name: "Revoke token" }).click();
  await expect(admin.getByRole("row", { name: /finder/ })).toHaveCount(0);

  await admin.goto(path);
  await admin.getByRole("button", { name: "Delete group" }).click();
  const deleting = admin.getByRole("alertdialog", { name: "Delete finding?" });
  await deleting.getByRole("button", { name: "Delete group" }).click();
  await expect(admin.getByText("No groups yet")).toBeVisible();
});
