/** Saved views: what a page shows, under a name, for oneself or for the team. */
import type { Page } from "@playwright/test";
import { newMember } from "./people.ts";
import { expect, expectAccessible, test } from "./portal.ts";

async function openViews(page: Page) {
  await page.getByRole("button", { name: "Views" }).click();
  return page.getByRole("dialog", { name: "Saved views" });
}

test("a view is saved, shared, opened by another, renamed by two at once, and deleted", async ({
  admin,
  browser,
}) => {
  const { page: member } = await newMember(browser, admin, "member", "Mona");
  await member.goto("/requests?status=500,502&retried=true");
  const saving = await openViews(member);
  await expect(saving.getByText("No views of this page yet.")).toBeVisible();
  await saving.getByLabel("Name").fill("Errors");
  await saving.getByLabel("Share with the team").click();
  await saving.getByRole("button", { name: "Save view" }).click();
  const own = saving.getByRole("link", { name: /^Errors/ });
  await expect(own).toHaveAttribute("aria-current", "page");
  await expectAccessible(member);

  await admin.goto("/requests?outcome=ok&page=");
  const views = await openViews(admin);
  await views.getByRole("link", { name: "Errors Shared by Mona" }).click();
  await expect(views).toBeHidden();
  await expect(admin).toHaveURL(/\/requests\?retried=true&status=500%2C502$/);
  await expect(admin.getByRole("combobox", { name: "Status" })).toHaveText("500 +1");

  await admin.goto("/");
  await admin.keyboard.press("Control+k");
  const palette = admin.getByRole("dialog", { name: "Go to" });
  await palette.getByRole("combobox").fill("errors");
  await palette.getByRole("option", { name: /^Errors\s*\/requests/ }).click();
  await expect(admin).toHaveURL(/\/requests\?retried=true&status=500%2C502$/);

  await openViews(admin);
  await views.getByRole("button", { name: "Edit Errors" }).click();
  await saving.getByRole("button", { name: "Edit Errors" }).click();
  const renamed = saving.getByRole("listitem");
  await renamed.getByLabel("Name").fill("Bad gateways");
  await renamed.getByRole("button", { name: "Save" }).click();
  await expect(saving.getByRole("link", { name: /^Bad gateways/ })).toBeVisible();

  const edited = views.getByRole("listitem").first();
  await edited.getByLabel("Name").fill("All errors");
  await edited.getByRole("button", { name: "Save" }).click();
  await expect(views.getByRole("alert")).toContainText("Bad gateways");
  await views.getByRole("button", { name: "Save mine" }).click();
  await expect(views.getByRole("link", { name: /^All errors/ })).toBeVisible();
  await expectAccessible(admin);

  await views.getByRole("button", { name: "Delete All errors" }).click();
  await admin.getByRole("alertdialog").getByRole("button", { name: "Delete view" }).click();
  await expect(views.getByText("No views of this page yet.")).toBeVisible();
  await member.context().close();
});
