/** Keys that are limited together: suggested as one quota domain, undone, dismissed. */
import { removeKeys } from "../e2e/harness.ts";
import { expect, expectAccessible, test } from "./portal.ts";
import { askProxy, onceWritten } from "./proxy-call.ts";

const MODELS = ["gpt-4o-mini", "gpt-5-mini", "gpt-5"];

test("two keys that are always rejected together are offered to be merged", async ({
  admin,
  server,
}) => {
  await removeKeys(server, ["openai"]);
  const spent = ["sk-fake-twin-1", "sk-fake-twin-2"];
  for (const key of spent) {
    server.upstream.setKey(key, { kind: "limited", requests: 0, windowMs: 3_600_000 });
  }
  const others = Array.from({ length: 5 }, (_, index) => `sk-fake-other-${index}`);
  for (const key of others) server.upstream.setKey(key, { kind: "ok" });
  await server.admin.addKeys("openai", [
    ...spent.map((key) => ({ key, priority: 0 })),
    ...others.map((key) => ({ key, priority: 1 })),
  ]);
  // For each model both are tried first and rejected, then another key serves.
  for (const model of MODELS) await askProxy(server, "test-admin-token", `openai/${model}`);
  const hint = admin.getByRole("region", { name: "Keys limited together" });
  await onceWritten(server, async () => {
    await admin.goto("/keys/openai");
    await expect(hint).toBeVisible({ timeout: 2_000 });
  });
  await expect(hint).toContainText("These 2 keys are limited together 3 times of 3");
  await expectAccessible(admin);
  await expect(async () => {
    await hint.getByRole("button", { name: "Put into quota domain shared-1" }).click();
    await expect(hint).toBeHidden({ timeout: 2000 });
  }).toPass();
  const domains = async () =>
    (await server.admin.listKeys("provider=openai")).map(({ quotaDomain }) => quotaDomain);
  expect((await domains()).filter((domain) => domain === "shared-1")).toHaveLength(2);
  await admin.getByRole("button", { name: "Undo" }).click();
  await expect(hint).toBeVisible();
  expect(await domains()).toEqual(Array(7).fill(null));
  await hint.getByRole("button", { name: "Dismiss" }).click();
  await expect(hint).toBeHidden();
  await admin.reload();
  await expect(hint).toBeHidden();
});
