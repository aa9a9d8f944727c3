/** Members, invitations, and their audit log. */
import { invite, newMember } from "./people.ts";
import { ADMIN, expect, expectAccessible, test } from "./portal.ts";

test("the team page shows everyone, and the last admin stays", async ({ admin, browser }) => {
  await newMember(browser, admin, "member", "Hedy");
  await admin.goto("/team");
  const members = admin.getByRole("table", { name: "Team" });
  await expect(members.getByRole("row")).toHaveCount(3);
  await expect(members.getByRole("row", { name: /Hedy/ })).toContainText("Member");
  await expect(admin.getByRole("button", { name: "Remove Ada Lovelace" })).toHaveCount(0);
  await expectAccessible(admin);

  await admin.getByRole("button", { name: "Role of Ada Lovelace: Admin. Change" }).click();
  await admin.getByRole("radio", { name: "Member" }).click();
  await expectAccessible(admin);
  await admin.getByRole("button", { name: "Change role" }).click();
  await expect(admin.getByText("Ada Lovelace is the last admin.")).toBeVisible();
});

test("an invitation is listed until it is taken back", async ({ admin, page }) => {
  const link = await invite(admin, "admin", "ivan@example.com");
  const table = admin.getByRole("table", { name: "1 open invitation" });
  await expect(table.getByRole("row", { name: /ivan@example.com/ })).toContainText("Admin");
  expect(await admin.content()).not.toContain(link.split("/").at(-1));
  await admin.getByRole("button", { name: /Revoke the invitation/ }).click();
  await admin.getByRole("button", { name: "Revoke invitation" }).click();
  await expect(admin.getByText("Invitation revoked.")).toBeVisible();
  expect((await page.goto(link))?.status()).toBe(404);
});

test("the name changes in the account and in the log", async ({ admin, browser }) => {
  const { page } = await newMember(browser, admin, "viewer", "Jo");
  await page.goto("/account");
  await expectAccessible(page);
  await page.getByLabel("Name").fill("Josephine");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Name saved.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Menu of Josephine" })).toBeVisible();

  await admin.goto("/audit?q=jo@example.com");
  await admin.getByRole("button", { name: "Details: Changed name" }).click();
  const entry = admin.getByRole("dialog", { name: "Changed name" });
  await expect(entry.getByRole("row", { name: "name Jo Josephine" })).toBeVisible();
  await expectAccessible(admin);
  await entry.getByRole("link", { name: "All by them" }).click();
  await expect(admin).toHaveURL(/\/audit\?actor=us_/);
  await expect(admin.getByRole("cell", { name: ADMIN.email })).toHaveCount(0);
});

test("the log is narrowed in the URL and taken along as a file", async ({ admin, server }) => {
  await admin.goto("/audit");
  await expectAccessible(admin);
  await admin.getByLabel("Search log").fill("set-up");
  await expect(admin).toHaveURL(/q=set-up/);
  await expect(admin.getByRole("row")).toHaveCount(2);
  await admin.reload();
  await expect(admin.getByLabel("Search log")).toHaveValue("set-up");
  // What is typed before the page is hydrated is lost.
  await expect(async () => {
    await admin.getByLabel("From").fill("");
    await admin.getByLabel("From").fill("2020-01-01");
    await expect(admin).toHaveURL(/from=2020-01-01/, { timeout: 2_000 });
  }).toPass();
  await expect(admin.getByRole("row")).toHaveCount(2);
  await admin.getByLabel("To", { exact: true }).fill("2020-01-02");
  await expect(admin.getByText("No entry matches")).toBeVisible();

  await admin.goto("/audit?q=set-up");
  await admin.getByRole("button", { name: "Export" }).click();
  const started = admin.waitForEvent("download");
  await admin.getByRole("menuitem", { name: "As CSV" }).click();
  const download = await started;
  expect(download.suggestedFilename()).toMatch(/^audit-log-\d{4}-\d{2}-\d{2}\.csv$/);

  const csv = await admin.request.get(`${server.url}/audit/export?format=csv&q=set-up`);
  const lines = (await csv.text()).trimEnd().split("\r\n");
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain("time,actorKind,actorId,actorName,action");
  expect(lines[1]).toContain("member.set-up");
  const json = await admin.request.get(`${server.url}/audit/export?format=json&q=set-up`);
  expect(await json.json()).toMatchObject([{ action: "member.set-up", count: 1 }]);
});
