import { countModelKeys, type ModelKeyCounts } from "../../db/keys/count-model-keys";
import { listModelAliases } from "../../db/keys/model-aliases";
import { sumCells } from "../../db/usage/read-usage-cells";
import { DAY_MS } from "../../usage/rollup";
import { allProviders } from "../keys/known-provider";
import type { ManageContext } from "../manage-context";
import { scopeOf, type UsageReader } from "./usage-scope";

/** Who can serve a model now. */
export interface ModelServing {
  /** That served it recently, or that the page names; the most requests first. */
  readonly providers: readonly (ModelKeyCounts & {
    /** Its name. */
    readonly label: string;
    /** Of the last `DAYS` days. */
    readonly requests: number;
  })[];
  /** The names of aliases that route to it. */
  readonly aliases: readonly string[];
}

const DAYS = 30;
const MAX_PROVIDERS = 20;

/**
 * @param provider The one that is meant; undefined for all that served the model.
 * @returns Of a member's own requests, and of keys that may be shown to them.
 */
export async function readModelServing(
  context: ManageContext,
  reader: UsageReader,
  model: string,
  provider?: string,
): Promise<ModelServing> {
  const { db, shownTo } = context;
  const nowMs = context.nowMs();
  const todayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const [[used = []], aliases, known] = await Promise.all([
    sumCells(db, [
      {
        side: "caller",
        grain: "day",
        fromMs: todayMs - (DAYS - 1) * DAY_MS,
        toMs: nowMs + 1,
        by: ["provider"],
        where: { model, provider, userId: scopeOf(reader) },
        measures: ["requests"],
      },
    ]),
    listModelAliases(db),
    allProviders(context),
  ]);
  const isMeant = (slug: string) => slug !== "" && (provider === undefined || slug === provider);
  const routing = aliases.filter(({ targets }) =>
    targets.some((target) => target.model === model && isMeant(target.provider)),
  );
  const requests = new Map(used.map((row) => [row.provider, row.values.requests]));
  const slugs = new Set([
    ...requests.keys(),
    ...(provider === undefined ? [] : [provider]),
    ...routing.flatMap(({ targets }) =>
      targets.filter((target) => target.model === model).map((target) => target.provider),
    ),
  ]);
  const named = [...slugs].filter(isMeant).slice(0, MAX_PROVIDERS);
  const counts = await countModelKeys(db, model, named, nowMs, shownTo);
  const labels = new Map(known.map(({ slug, label }) => [slug, label]));
  return {
    providers: named
      .map((slug) => ({
        ...{ provider: slug, ready: 0, cooling: 0, blocked: 0, disabled: 0 },
        ...counts.find((each) => each.provider === slug),
        label: labels.get(slug) ?? slug,
        requests: requests.get(slug) ?? 0,
      }))
      .toSorted((a, b) => b.requests - a.requests),
    aliases: routing.map(({ name }) => name),
  };
}
