/** Importing from another program: first the difference, then the keys. */
import { removeKeys } from "../e2e/harness.ts";
import { oneBalanceDump } from "../moving-in/one-balance-dump.ts";
import { expect, expectAccessible, test } from "./portal.ts";

const PROVIDERS = ["google-ai-studio", "openai", "groq"];

test.beforeEach(({ server }) => removeKeys(server, PROVIDERS));

test("a dump of 5,000 keys is compared, moved in with states, and adds nothing again", async ({
  admin,
  server,
}) => {
  const dump = oneBalanceDump(5_000, Date.now());
  const file = {
    name: "one-balance.sql",
    mimeType: "application/sql",
    buffer: Buffer.from(dump.sql),
  };
  await admin.goto("/keys");
  await admin.getByRole("link", { name: "Import keys" }).click();
  const choose = async () => {
    // Before the page is hydrated, a chosen file goes unnoticed.
    await expect(async () => {
      await admin.getByLabel("Choose a file").setInputFiles(file);
      await expect(admin.getByText("one-balance.sql")).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await admin.getByRole("button", { name: "Show the difference" }).click();
  };
  await choose();
  const submit = admin.getByRole("button", { name: "Import 5,000 keys" });
  await expect(submit).toBeVisible({ timeout: 30_000 });
  await expect(admin.getByText("5,000 keys found, read as one-balance.")).toBeVisible();
  await expectAccessible(admin);
  expect(await server.admin.listKeys("")).toHaveLength(0);

  await submit.click();
  await expect(admin.getByRole("progressbar")).toBeVisible();
  await expect(admin.getByRole("heading", { name: "5,000 keys imported" })).toBeVisible({
    timeout: 60_000,
  });
  await expectAccessible(admin);
  const blocked = dump.keys.filter(
    ({ provider, status }) => provider === "groq" && status === "blocked",
  );
  const row = admin.getByRole("row", { name: /^Groq/ });
  await expect(row.getByRole("cell").nth(2)).toHaveText(String(blocked.length));

  await admin.getByRole("button", { name: "Import more" }).click();
  await choose();
  await expect(admin.getByRole("button", { name: "Nothing to import" })).toBeDisabled({
    timeout: 30_000,
  });
});

test("keys of an unknown service wait until someone says whose they are", async ({
  admin,
  server,
}) => {
  await admin.goto("/keys/import");
  const config = `model_list:
  - model_name: fast
    litellm_params: { model: openai/llama, api_key: sk-fake-relay-00000001, api_base: "https://relay.example.com/v1" }
  - model_name: elsewhere
    litellm_params: { model: openai/gpt-5, api_key: os.environ/MISSING }`;
  const field = admin.getByLabel("Data of the other program");
  const compare = admin.getByRole("button", { name: "Show the difference" });
  await expect(async () => {
    await field.fill(config);
    await expect(compare).toBeEnabled({ timeout: 1_000 });
  }).toPass();
  await compare.click();
  await expect(admin.getByRole("heading", { name: "Services that are not known" })).toBeVisible();
  await expect(
    admin.getByText("the key is in a variable that the file doesn’t contain"),
  ).toBeVisible();
  await expect(admin.getByRole("button", { name: "Nothing to import" })).toBeDisabled();
  await expectAccessible(admin);

  await admin.getByRole("button", { name: "Add as provider" }).click();
  await expect(admin.getByLabel("Base URL")).toHaveValue("https://relay.example.com/v1");
  await admin.getByRole("button", { name: "Add provider" }).click();
  await admin.getByRole("button", { name: "Import 1 key" }).click();
  await expect(admin.getByRole("heading", { name: "1 key imported" })).toBeVisible();
  expect(await server.admin.listPage("provider=relay-example-com")).toMatchObject({
    items: [{ models: ["llama"], status: "active" }],
  });
});
