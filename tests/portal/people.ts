/**
 * Members of all roles, created as teams do it: an admin invites, and they join, on pages or by the pages' actions
 * alone.
 * @module
 */
import type { Browser, Page } from "@playwright/test";
import type { Role } from "../../lib/auth/member.ts";
import { act } from "./actions.ts";
import { expect, type Person } from "./portal.ts";
import { tellTimeZone } from "./time-zone.ts";

const ROLE_NAMES: Readonly<Record<Role, string>> = {
  admin: "Admin",
  member: "Member",
  viewer: "Viewer",
};

export const PASSWORD = "correct horse battery";

/** Invites on the team page. @returns The link. */
export async function invite(admin: Page, role: Role, email?: string): Promise<string> {
  await admin.goto("/team");
  await admin.getByRole("button", { name: "Invite member" }).click();
  const dialog = admin.getByRole("dialog");
  await dialog.getByRole("radio", { name: ROLE_NAMES[role] }).click();
  if (email !== undefined) await dialog.getByLabel("Email (optional)").fill(email);
  await dialog.getByRole("button", { name: "Create link" }).click();
  const link = await dialog.getByRole("textbox", { name: "Invitation link" }).inputValue();
  await dialog.getByRole("button", { name: "Done" }).click();
  return link;
}

/** Follows an invitation's link in a separate browser, and joins. @returns Its page, at the overview. */
export async function join(browser: Browser, link: string, { name, email, password }: Person) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await page.getByLabel("Name").fill(name);
  const field = page.getByLabel("Email");
  if (await field.isEditable()) await field.fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Join the team" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  return page;
}

/** A new member of this role, signed in without a page. @returns Their empty page. */
export async function newMember(browser: Browser, admin: Page, role: Role, name: string) {
  const person = { name, email: `${name.toLowerCase()}@example.com`, password: PASSWORD };
  const origin = await originOf(admin);
  const invited = await act(admin.request, origin, "invite", { role, expiresInDays: 1 });
  const [, token] = /"token":"([^"]+)"/.exec(invited) ?? [];
  const context = await browser.newContext();
  await act(context.request, origin, "joinTeam", { ...person, token });
  await tellTimeZone(context, origin);
  return { person, page: await context.newPage() };
}

/** Another browser in which this person signs in, without a page. @returns Their empty page. */
export async function signedIn(
  browser: Browser,
  admin: Page,
  { email, password }: Person,
): Promise<Page> {
  const origin = await originOf(admin);
  const context = await browser.newContext();
  await act(context.request, origin, "signInWithPassword", { email, password });
  await tellTimeZone(context, origin);
  return context.newPage();
}

/** The origin of the portal for which this page was created, wherever it is now. */
async function originOf(page: Page): Promise<string> {
  return new URL((await page.request.get("/api/health")).url()).origin;
}
