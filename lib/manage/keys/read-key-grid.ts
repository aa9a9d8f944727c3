import { listGridCooldowns, listGridKeys } from "../../db/keys/key-grid";
import { sumCells } from "../../db/usage/read-usage-cells";
import { modelMatches } from "../../models/model-matches";
import { DAY_MS } from "../../usage/rollup";
import type { ManageContext } from "../manage-context";

/** A key's state for a model; `none`: it may not serve it. */
export type GridState = "ready" | "cooling" | "blocked" | "disabled" | "none";

export interface KeyGrid {
  /** Masked, the oldest first; the newest `MAX_KEYS`. */
  readonly keys: readonly string[];
  /** The number of keys and models, drawn or not. */
  readonly keyCount: number;
  readonly modelCount: number;
  /** Models in cooldown for a key or used within a day, the most used first. */
  readonly models: readonly {
    readonly model: string;
    /** One for each key. */
    readonly states: readonly GridState[];
    /** Ends of cooldowns by the key's index, in epoch milliseconds. */
    readonly untilMs: Readonly<Record<number, number>>;
  }[];
}

const MAX_KEYS = 500;
const MAX_MODELS = 12;

/** A provider's keys by models. */
export async function readKeyGrid(
  { db, shownTo, nowMs }: ManageContext,
  provider: string,
): Promise<KeyGrid> {
  const now = nowMs();
  const [{ keys, total }, cooldowns, [used = []]] = await Promise.all([
    listGridKeys(db, provider, MAX_KEYS, shownTo),
    listGridCooldowns(db, provider, now, shownTo),
    sumCells(db, [
      {
        side: "caller",
        grain: "hour",
        fromMs: now - DAY_MS,
        toMs: now + 1,
        by: ["model"],
        // A member is shown the models of their own requests.
        where: { provider, outcome: "ok", userId: shownTo },
        measures: ["requests"],
      },
    ]),
  ]);
  const models = new Set([...used.map((row) => row.model), ...cooldowns.map((rest) => rest.model)]);
  const untilOf = new Map(cooldowns.map((rest) => [`${rest.keyId} ${rest.model}`, rest.untilMs]));
  const named = [...models].filter((model) => model !== "" && model !== "*");
  return {
    keys: keys.map(({ masked }) => masked),
    keyCount: total,
    modelCount: named.length,
    models: named.slice(0, MAX_MODELS).map((model) => {
      const untilMs: Record<number, number> = {};
      const states = keys.map((key, index): GridState => {
        if (key.status !== "active") return key.status;
        if (!modelMatches(key.models, model)) return "none";
        const ends = [untilOf.get(`${key.id} ${model}`), untilOf.get(`${key.id} *`)];
        const until = Math.max(...ends.map((end) => end ?? 0));
        if (until === 0) return "ready";
        untilMs[index] = until;
        return "cooling";
      });
      return { model, states, untilMs };
    }),
  };
}
