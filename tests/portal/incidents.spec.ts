/** Many keys that fail alike: the overview shows that first, and later that it is over. */
import { expect, expectAccessible, test } from "./portal.ts";
import { askProxy } from "./proxy-call.ts";

const CLEARED = expect.objectContaining({ verdict: "acquitted" });

test("an incident stands first on the overview, and in the provider's list when it is over", async ({
  admin,
  server,
}) => {
  const keys = Array.from({ length: 6 }, (_, index) => `sk-fake-incident-${index}`);
  for (const key of keys) server.upstream.setKey(key, { kind: "invalid" });
  await server.admin.addKeys("openai", keys);
  const reported = async () => {
    await askProxy(server, "test-admin-token");
    return server.admin.call<{ items: readonly object[] }>("GET", "incidents?provider=openai");
  };
  await expect.poll(async () => (await reported()).items).toHaveLength(1);
  await admin.goto("/");
  const line = admin.getByRole("link", { name: /OpenAI: keys fail alike/ });
  await expect(line).toContainText(/[56] keys were rejected/);
  await expectAccessible(admin);
  await line.click();
  await expect(admin.getByRole("heading", { level: 1, name: "OpenAI" })).toBeVisible();
  const list = admin.getByRole("region", { name: "Incidents" });
  await expect(list).toContainText(/[56] keys were suspected, and not blocked/);
  await expect(list).toContainText("Going on");
  await expectAccessible(admin);

  for (const key of keys) server.upstream.setKey(key, { kind: "ok" });
  // A key that has served is shown as cleared.
  await expect
    .poll(reported)
    .toMatchObject({ items: [{ keys: expect.arrayContaining([CLEARED]), endedBy: "answer" }] });
  await admin.reload();
  await expect(list).toContainText("a key answered");
  await expect(list).toContainText(/keys? answered and (?:was|were) cleared/);
  await expect(line).toHaveCount(0);
  await expect(list).not.toContainText("blocked on a second witness");
  await expectAccessible(admin);
});
