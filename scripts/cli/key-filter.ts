import type { ProviderKeyRow } from "../../lib/db/schema/schema.ts";
import { type GivenOptions, textOption } from "./command.ts";
import type { Connection } from "./connection.ts";

/** A key as the admin API lists it. */
export interface ListedKey {
  readonly id: string;
  readonly provider: string;
  readonly masked: string;
  readonly status: ProviderKeyRow["status"];
  readonly cooldowns: readonly { readonly model: string; readonly untilMs: number }[];
  readonly reason: string | null;
  readonly remark: string | null;
  readonly weight: number;
  readonly priority: number;
  readonly quotaDomain: string | null;
  readonly groups: readonly string[] | null;
  readonly models: readonly string[] | null;
  readonly concurrentRequests: number | null;
  readonly dailyCostUsd: number | null;
  readonly monthlyCostUsd: number | null;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

export const FILTER_OPTIONS = {
  provider: { type: "string" },
  status: { type: "string" },
  model: { type: "string" },
  group: { type: "string" },
  q: { type: "string" },
} as const;

export const FILTER_HELP = {
  "--provider <slug>": "of one provider",
  "--status <state>": "active, blocked, disabled, cooling or ready",
  "--model <name>": "that may serve this model",
  "--group <id>": "that serve this group; common: that serve everyone",
  "--q <text>": "part of the masked key or the note",
} as const;

/** Every key that matches the options, newest first, page by page. */
export async function* listedKeys(
  connection: Connection,
  options: GivenOptions,
): AsyncGenerator<readonly ListedKey[]> {
  const query = new URLSearchParams({ limit: "500" });
  for (const name of Object.keys(FILTER_OPTIONS)) {
    const value = textOption(options, name);
    if (value !== undefined) query.set(name, value);
  }
  for (;;) {
    const page = await connection.call<{
      readonly items: readonly ListedKey[];
      readonly nextCursor: string | null;
    }>("GET", `provider-keys?${query}`);
    yield page.items;
    if (page.nextCursor === null) return;
    query.set("cursor", page.nextCursor);
  }
}

/** All of them at once. */
export async function allListedKeys(
  connection: Connection,
  options: GivenOptions,
): Promise<readonly ListedKey[]> {
  const keys: ListedKey[] = [];
  for await (const page of listedKeys(connection, options)) keys.push(...page);
  return keys;
}

/** `blocked`, and `cooling` for an active one in cooldown. */
export function stateOf({ status, cooldowns }: ListedKey): string {
  return status === "active" ? (cooldowns.length > 0 ? "cooling" : "ready") : status;
}
