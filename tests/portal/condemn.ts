/** Has the provider's invalid keys blocked, as traffic does it. @module */
import { expect } from "@playwright/test";
import type { Stack } from "../e2e/harness.ts";
import { askProxy } from "./proxy-call.ts";

/** A rejection blocks a key once another key has served the same request: one is added for that, and deleted again. */
export async function condemn(
  server: Stack,
  { provider, model }: { readonly provider: string; readonly model: string },
): Promise<void> {
  const witness = `sk-fake-witness-of-${provider}-0001`;
  server.upstream.setKey(witness, { kind: "ok" });
  await server.admin.addKeys(provider, [witness]);
  const bad = async () => server.admin.listKeys(`provider=${provider}&status=blocked`);
  await expect
    .poll(async () => {
      await askProxy(server, "test-admin-token", `${provider}/${model}`);
      return bad();
    })
    .not.toHaveLength(0);
  const keys = await server.admin.listKeys(`provider=${provider}`);
  const ids = keys.filter(({ status }) => status !== "blocked").map(({ id }) => id);
  for (const id of ids) await server.admin.call("DELETE", `provider-keys/${id}`);
}
