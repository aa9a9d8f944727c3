/** Many keys that fail alike: the overview shows that first, and later that it is over. */
import { expect, expectAccessible, test } from "./portal.ts";
import { askProxy } from "./proxy-call.ts";

test("an incident stands first on the overview, and in the provider's list when it is over", async ({
  admin,
  server,
}) => {
  const keys = Array.from({ length: 6 }, (_, index) => `sk-fake-incident-${index}`);
  for (const key of keys) server.upstream.setKey(key, { kind: "invalid" });
  await server.admin.addKeys("openai", keys);
  const line = admin.getByRole("link", { name: /OpenAI: keys fail alike/ });
  await expect(async () => {
    await askProxy(server, "test-admin-token");
    await admin.goto("/");
    await expect(line).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(line).toContainText(/[56] keys were rejected/);
  await expectAccessible(admin);
  await line.click();
  await expect(admin.getByRole("heading", { level: 1, name: "OpenAI" })).toBeVisible();
  const list = admin.getByRole("region", { name: "Incidents" });
  await expect(list).toContainText(/[56] keys were suspected, and not blocked/);
  await expect(list).toContainText("Going on");
  await expectAccessible(admin);

  for (const key of keys) server.upstream.setKey(key, { kind: "ok" });
  await expect(async () => {
    await askProxy(server, "test-admin-token");
    await admin.reload();
    await expect(list).toContainText("a key answered", { timeout: 500 });
  }).toPass();
  await expect(line).toHaveCount(0);
  // A key that has served is shown as cleared.
  await expect(async () => {
    await askProxy(server, "test-admin-token");
    await admin.reload();
    await expect(list).toContainText(/keys? answered and (?:was|were) cleared/, { timeout: 500 });
  }).toPass();
  await expect(list).not.toContainText("blocked on a second witness");
  await expectAccessible(admin);
});
