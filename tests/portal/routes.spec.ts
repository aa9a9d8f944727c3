/** Model aliases: the page, and the proxy that applies them. */
import { newMember } from "./people.ts";
import { expect, expectAccessible, test } from "./portal.ts";

test("an alias is added, its mistakes are shown at the field, and the running proxy knows immediately", async ({
  admin,
  server,
}) => {
  server.upstream.setKey("sk-fake-routes", { kind: "ok" });
  await server.admin.addKeys("openai", ["sk-fake-routes"]);
  await admin.goto("/routes");
  await expect(admin.getByText("No aliases")).toBeVisible();
  await expectAccessible(admin);
  await admin.getByRole("button", { name: "Add alias" }).click();
  const dialog = admin.getByRole("dialog", { name: "Add an alias" });
  const submit = dialog.getByRole("button", { name: "Add alias" });

  await dialog.getByLabel("Alias").fill("openai/fast");
  await submit.click();
  await expect(dialog.getByLabel("Alias")).toHaveAccessibleDescription(/beginning with a letter/);
  await expect(dialog.getByText("Choose a provider.")).toBeVisible();
  await expect(dialog.getByText("Enter a model.")).toBeVisible();
  await expectAccessible(admin);

  await dialog.getByLabel("Alias").fill("fast");
  const target = (number: number) =>
    dialog.getByRole("group", { name: `Target ${number}`, exact: true });
  const choose = async (number: number, provider: string, model: string) => {
    await target(number).getByRole("combobox", { name: "Provider" }).click();
    await admin.getByRole("option", { name: provider, exact: true }).click();
    await target(number).getByLabel("Model").fill(model);
  };
  await choose(1, "OpenAI", "gpt-5-mini");
  await dialog.getByRole("button", { name: "Add target" }).click();
  await choose(2, "Groq", "llama-4");
  await target(2).getByLabel("Pictures").click();
  await dialog.getByRole("button", { name: "Move target 2 up" }).click();
  await expect(target(1).getByLabel("Model")).toHaveValue("llama-4");
  await submit.click();
  await expect(admin.getByText("Alias fast added.")).toBeVisible();

  const row = admin.getByRole("row", { name: /fast/ });
  const lines = row.getByRole("listitem");
  await expect(lines.nth(0)).toContainText("llama-4");
  await expect(lines.nth(0)).toContainText("not for pictures");
  await expect(lines.nth(0)).toContainText("No active key");
  await expect(lines.nth(1)).toContainText("1 of 1 keys ready");
  await expectAccessible(admin);

  const response = await fetch(`${server.url}/api/compat/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer test-admin-token", "content-type": "application/json" },
    body: JSON.stringify({ model: "fast", messages: [{ role: "user", content: "ping" }] }),
  });
  expect(response.headers.get("x-one-balance-target")).toBe("openai/gpt-5-mini");
});

test("an alias is changed and deleted, and the log tells of it", async ({ admin, server }) => {
  await server.admin.call("POST", "model-aliases", {
    name: "smart",
    targets: [{ provider: "openai", model: "gpt-5" }],
  });
  await admin.goto("/routes");
  await admin.getByRole("button", { name: "Edit smart" }).click();
  const dialog = admin.getByRole("dialog", { name: "Edit smart" });
  await expect(dialog.getByLabel("Alias")).toHaveAttribute("readonly");
  await dialog.getByRole("combobox", { name: "Targets are tried" }).click();
  await admin.getByRole("option", { name: "By weight" }).click();
  await dialog.getByLabel("Weight").fill("0");
  await dialog.getByLabel("Output").fill("1");
  await dialog.getByRole("button", { name: "Save alias" }).click();
  await expect(dialog.getByText("A whole number from 1 to 100.")).toBeVisible();
  await dialog.getByLabel("Weight").fill("5");
  await dialog.getByRole("combobox", { name: "Requests are converted" }).click();
  await admin.getByRole("option", { name: "Never" }).click();
  await expect(dialog.getByText("are passed over.", { exact: false }).first()).toBeVisible();
  await dialog.getByRole("button", { name: "Save alias" }).click();
  await expect(admin.getByText("Alias smart saved.")).toBeVisible();
  const row = admin.getByRole("row", { name: /smart/ });
  await expect(row).toContainText("By weight");
  await expect(row).toContainText("Never converted");
  await expect(row).toContainText("Above the highest price");

  await admin.getByRole("button", { name: "Delete smart" }).click();
  await expectAccessible(admin);
  await admin.getByRole("button", { name: "Delete alias" }).click();
  await expect(admin.getByText("Alias smart deleted.")).toBeVisible();
  await expect(row).toHaveCount(0);

  await admin.goto("/audit?q=smart");
  for (const action of ["Added", "Changed", "Deleted"]) {
    await expect(admin.getByText(`${action} model alias`).first()).toBeVisible();
  }
});

test("a viewer looks and changes nothing", async ({ admin, browser, server }) => {
  await server.admin.call("POST", "model-aliases", {
    name: "seen",
    targets: [{ provider: "openai", model: "gpt-5" }],
  });
  const { page } = await newMember(browser, admin, "viewer", "Vera");
  await page.goto("/routes");
  await expect(page.getByRole("row", { name: /seen/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /Add alias|Edit|Delete/ })).toHaveCount(0);
});

test("a name is tried: where it would go and why, then with a prompt", async ({
  admin,
  server,
}) => {
  server.upstream.setKey("sk-fake-try", { kind: "ok" });
  await server.admin.addKeys("openai", ["sk-fake-try"]);
  await server.admin.call("POST", "model-aliases", {
    name: "tried",
    targets: [
      { provider: "mistral", model: "mistral-small", capabilities: ["tools"] },
      { provider: "openai", model: "gpt-5-mini" },
    ],
  });
  await admin.goto("/routes");
  const section = admin.getByRole("region", { name: "Try it" });
  const picker = section.getByRole("combobox", { name: "Alias or model" });
  await expect(async () => {
    await picker.click();
    await admin.getByRole("option", { name: "tried" }).click({ timeout: 1000 });
  }).toPass();
  const targets = section.getByRole("list", { name: "Targets" }).getByRole("listitem");
  await expect(targets.nth(0)).toContainText("No active key for this model");
  await expect(targets.nth(1)).toContainText("keys ready");
  await expect(targets.nth(1)).toContainText("Would serve");
  await section.getByRole("checkbox", { name: "Pictures" }).click();
  await expect(targets.nth(0)).toContainText("Not marked for what the request needs");
  await expect(admin).toHaveURL(/try=tried&needs=vision/);
  await expectAccessible(admin);
  await section.getByRole("button", { name: "Send a prompt" }).click();
  await expect(section.getByTestId("answer")).toContainText("You said:");
  await expect(section).toContainText("openai/gpt-5-mini");
});
