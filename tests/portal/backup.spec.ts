/** The instance as a file and back, and its secret changed, in the portal. */
import { readFile } from "node:fs/promises";
import { ADMIN, expect, expectAccessible, test } from "./portal.ts";

const PASSPHRASE = "a passphrase for tests";
const KEYS = Array.from({ length: 260 }, (_, index) => `sk-fake-backed-up-${index}`);

test("a backup is downloaded for the password, and brought back into the emptied instance", async ({
  admin,
  server,
}) => {
  await server.admin.addKeys("openai", KEYS);
  await admin.goto("/settings/backup");
  await expect(admin.getByText("Restore into a new one")).toBeVisible();
  const making = admin.getByRole("region", { name: "Make a backup" });
  const make = making.getByRole("button", { name: "Download backup" });
  await making.getByLabel("Passphrase for the file").fill(PASSPHRASE);
  await making.getByLabel("Your password").fill("not my password");
  await make.click();
  await expect(making.getByText("This is not your password.")).toBeVisible();
  await making.getByLabel("Your password").fill(ADMIN.password);
  const begun = admin.waitForEvent("download");
  await make.click();
  const download = await begun;
  expect(download.suggestedFilename()).toMatch(/^one-balance-\d{4}-\d\d-\d\d\.backup$/);
  const file = await download.path();
  expect((await readFile(file)).subarray(0, 8).toString()).toBe("OBBACKUP");

  await server.admin.call("POST", "provider-keys/delete", { filter: { provider: "openai" } });
  await admin.reload();
  const restoring = admin.getByRole("region", { name: "Restore" });
  await restoring.getByLabel("Backup file").setInputFiles(file);
  await restoring.getByLabel("Passphrase of the file").fill("another passphrase");
  await restoring.getByLabel("Your password").fill(ADMIN.password);
  const restore = restoring.getByRole("button", { name: "Restore backup" });
  await restore.click();
  await expect(
    restoring.getByText("the passphrase is wrong, or the file is damaged"),
  ).toBeVisible();
  await expectAccessible(admin);
  await restoring.getByLabel("Passphrase of the file").fill(PASSPHRASE);
  await restore.click();
  await expect(restoring.getByText(/rows are back/)).toBeVisible();
  expect(await server.admin.addKeys("openai", KEYS)).toMatchObject({
    added: 0,
    duplicates: KEYS.length,
  });
  await admin.goto("/audit");
  await expect(admin.getByText("Restored a backup").first()).toBeVisible();
});

test("keys are sealed under a new secret while serving, over a stop and a reload", async ({
  admin,
  server,
}) => {
  const more = Array.from({ length: 2_000 }, (_, index) => `sk-fake-rotated-${index}`);
  await server.admin.addKeys("openai", more);
  await server.restart({
    KEY_ENCRYPTION_SECRET: "the secret after the rotation",
    KEY_ENCRYPTION_SECRET_PREVIOUS: "test-encryption-secret",
  });
  // An isolate that has just begun notes its version after its first response.
  await expect(async () => {
    await admin.goto(`${server.url}/audit?action=deployment.start`);
    const deployed = admin.getByRole("row", { name: /system Deployed a version \d+\.\d+\.\d+\+/ });
    await expect(deployed).toHaveCount(1, { timeout: 2_000 });
  }).toPass();
  await admin.goto(`${server.url}/settings/maintenance`);
  const secret = admin.getByRole("region", { name: "Encryption secret" });
  const remaining = secret.getByText(/of [\d,]+ keys are still encrypted/);
  const all = await remaining.textContent();
  expect(all).toMatch(/^([\d,]+) of \1 /);
  await expectAccessible(admin);
  await secret.getByRole("button", { name: "Re-encrypt keys" }).click();
  await secret.getByRole("button", { name: "Stop" }).click();
  const run = secret.getByRole("button", { name: "Re-encrypt keys" });
  await expect(run).toBeVisible();
  const stopped = (await remaining.textContent()) ?? "";
  expect(stopped).not.toBe(all);
  await admin.reload();
  await expect(secret.getByText(stopped)).toBeVisible();
  await run.click();
  await expect(secret.getByText("No key needs the previous secret any more.")).toBeVisible({
    timeout: 60_000,
  });
});
