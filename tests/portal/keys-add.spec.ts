/** Keys are pasted, previewed and added. */
import type { Page } from "@playwright/test";
import { removeKeys } from "../e2e/harness.ts";
import { expect, expectAccessible, test } from "./portal.ts";

test.beforeEach(({ server }) => removeKeys(server, ["openai", "groq", "anthropic"]));

const chooseFile = (page: Page, lines: readonly string[]) =>
  page.getByLabel("Choose a file").setInputFiles({
    name: "keys.txt",
    mimeType: "text/plain",
    buffer: Buffer.from(lines.join("\n")),
  });

const OPENAI = "sk-proj-fakeAAAAAAAAAAAAAAAAAAAA0001";

test("a mess is understood line by line before anything is added", async ({ admin, server }) => {
  await server.admin.addKeys("openai", ["sk-proj-fakeKNOWN0000000000000000001"]);
  await admin.goto("/keys/add?provider=openai");
  await expectAccessible(admin);
  await admin
    .getByLabel("Keys", { exact: true })
    .fill(
      [
        "# keys of the team",
        `"${OPENAI}", Team A`,
        OPENAI,
        "- sk-proj-fakeKNOWN0000000000000000001",
        "export GROQ_API_KEY='gsk_fakeGGGGGGGGGGGGGGGGGGGG01'",
        "sk-ant-fake0000000000000000000001",
        "DATABASE_URL=postgres://user:secret0123456789@db/x",
      ].join("\n"),
    );
  await admin.getByRole("button", { name: "Preview" }).click();
  const row = (line: number) => admin.getByRole("row", { name: new RegExp(`^${line} `) });
  await expect(row(2)).toContainText("Team A");
  await expect(row(2)).toContainText("Will be added");
  await expect(row(3)).toContainText("Same as line 2");
  await expect(row(4)).toContainText("In the pool already");
  await expect(row(5)).toContainText("Groq");
  await expect(row(5)).toContainText("Will be added");
  await expect(row(6)).toContainText("Looks like a key of Anthropic");
  await admin.getByText("2 lines contain no key and are skipped.").click();
  await expect(admin.getByRole("listitem").filter({ hasText: "Line 1: a comment" })).toBeVisible();
  await expect(admin.getByText("Line 7: its name says that it is")).toBeVisible();
  await expectAccessible(admin);
  expect(await server.admin.listKeys("")).toHaveLength(1);

  await admin.getByRole("checkbox", { name: "Also add the one that looks unusual" }).click();
  await admin.getByRole("checkbox", { name: "Check them right away" }).uncheck();
  await admin.getByRole("button", { name: "Add 3 keys" }).click();
  await expect(admin.getByRole("heading", { name: "3 keys added" })).toBeVisible();
  expect(await server.admin.listKeys("provider=groq")).toHaveLength(1);
  expect(await server.admin.listKeys("provider=openai&q=Team")).toHaveLength(1);
  await admin.getByRole("link", { name: "Show keys of OpenAI" }).click();
  await expect(admin.getByText("1–3 of 3")).toBeVisible();
  // The table says who added it.
  await expect(admin.getByRole("row", { name: /Team A/ })).toContainText("Ada Lovelace");
});

test("without a provider it is detected, or must be chosen", async ({ admin, server }) => {
  await admin.goto("/keys/add");
  await admin.getByLabel("Keys", { exact: true }).fill("gsk_fakeGGGG0001\nsome-fake-key-00000001");
  await admin.getByRole("button", { name: "Preview" }).click();
  await expect(admin.getByText("Provider unclear: choose one above")).toBeVisible();
  await expect(admin.getByRole("button", { name: "Add 1 key" })).toBeEnabled();
  await admin.getByRole("combobox", { name: "Provider" }).click();
  await admin.getByRole("option", { name: "Cohere" }).click();
  await admin.getByRole("button", { name: "Add 2 keys" }).click();
  await expect(admin.getByRole("heading", { name: "2 keys added" })).toBeVisible();
  expect(await server.admin.listKeys("provider=cohere")).toHaveLength(2);
});

test("keys are checked when they are added, and the rejected one is blocked", async ({
  admin,
  server,
}) => {
  server.upstream.setKey("sk-proj-fakeCheckedGood000000000001", { kind: "ok" });
  server.upstream.setKey("sk-proj-fakeCheckedBad0000000000001", { kind: "banned" });
  await admin.goto("/keys/add?provider=openai");
  await admin
    .getByLabel("Keys", { exact: true })
    .fill("sk-proj-fakeCheckedGood000000000001\nsk-proj-fakeCheckedBad0000000000001");
  await admin.getByRole("button", { name: "Preview" }).click();
  await admin.getByRole("button", { name: "Add 2 keys" }).click();
  await expect(admin.getByText("2 of 2 checked")).toBeVisible();
  await expect(admin.getByRole("definition")).toHaveText(["1", "1", "0", "0"]);
  expect(await server.admin.listKeys("provider=openai&status=blocked")).toHaveLength(1);
});

test("text without a key is reported, and kept", async ({ admin }) => {
  await admin.goto("/keys/add");
  const field = admin.getByLabel("Keys", { exact: true });
  await field.fill("these are no keys");
  await admin.getByRole("button", { name: "Preview" }).click();
  await expect(admin.getByRole("alert").filter({ hasText: "No key found" })).toBeVisible();
  await expect(field).toHaveValue("these are no keys");
});

test("a file of 5,000 keys is added in less than 10 s, with progress", async ({
  admin,
  server,
}) => {
  const lines = Array.from(
    { length: 5_000 },
    (_, index) => `sk-proj-fake${String(index).padStart(5, "0")}${"x".repeat(100)}, no. ${index}`,
  );
  await admin.goto("/keys/add?provider=openai");
  await chooseFile(admin, lines);
  await admin.getByRole("button", { name: "Preview" }).click();
  const add = admin.getByRole("button", { name: "Add 5,000 keys" });
  await expect(add).toBeVisible({ timeout: 20_000 });
  const beforeMs = Date.now();
  await add.click();
  await expect(admin.getByRole("progressbar")).toBeVisible();
  await expect(admin.getByRole("heading", { name: "5,000 keys added" })).toBeVisible({
    timeout: 20_000,
  });
  expect(Date.now() - beforeMs).toBeLessThan(10_000);
  expect(await server.admin.listPage("provider=openai&q=no.+4999")).toMatchObject({
    items: [{ remark: "no. 4999" }],
  });
});

test("adding can be cancelled; what was sent is kept and reported", async ({ admin, server }) => {
  const lines = Array.from(
    { length: 3_000 },
    (_, index) => `sk-proj-fake${String(index).padStart(5, "0")}${"y".repeat(100)}`,
  );
  await admin.goto("/keys/add?provider=openai");
  await chooseFile(admin, lines);
  await admin.getByRole("button", { name: "Preview" }).click();
  const add = admin.getByRole("button", { name: "Add 3,000 keys" });
  await expect(add).toBeVisible();
  // Only the first part reaches the server before "Cancel" is clicked.
  let parts = 0;
  const cancelled = Promise.withResolvers<void>();
  await admin.route("**/keys/add**", async (route) => {
    if (route.request().method() === "POST") parts += 1;
    if (parts > 1) await cancelled.promise;
    await route.continue();
  });
  await add.click();
  await expect(admin.getByText("500 of 3,000 keys")).toBeVisible();
  await admin.getByRole("button", { name: "Cancel" }).click();
  cancelled.resolve();
  await expect(admin.getByText(/^Cancelled\. [\d,]+ keys were not sent\.$/)).toBeVisible();
  const { added, left } = await admin.evaluate(() => {
    const numbers = document.querySelector("[role=status]")?.textContent?.match(/[\d,]+/g) ?? [];
    const [first = "", second = ""] = numbers.map((text) => text.replaceAll(",", ""));
    return { added: Number(first), left: Number(second) };
  });
  expect(added + left).toBe(3_000);
  expect(await server.admin.listKeys("provider=openai")).toHaveLength(added);
});
