import { countKeyStates } from "../db/keys/provider-keys";
import { listLowPools, listUnreportedBlocks, type NewAlert, raiseAlerts } from "../db/team/alerts";
import { readSettings } from "../db/team/settings";
import { alertChannels } from "../manage/alerts/alert-channels";
import { allProviders } from "../manage/keys/known-provider";
import type { UpkeepContext, UpkeepJob } from "./upkeep-job";

/** The most alerts per run; the others follow later. */
const ALERTS_A_RUN = 5;
/** The most keys that an alert names. */
const NAMED_MAX = 5;

/** Alerts about blocked keys, and about pools with few ready keys until they have enough again. */
export const raiseKeyAlerts: UpkeepJob = {
  name: "raise-key-alerts",
  async run(context) {
    const { db, nowMs } = context;
    const { settings } = await readSettings(db);
    const channels = alertChannels(context, settings);
    if (channels.length === 0) return {};
    const labels = new Map((await allProviders(context)).map(({ slug, label }) => [slug, label]));
    const labelOf = (slug: string) => labels.get(slug) ?? slug;
    const low = await lowPools(context, settings.alerts.readyKeysBelow, labelOf);
    const isLow = new Set(low.flatMap(({ topics }) => topics));
    const over = (await listLowPools(db)).filter((topic) => !isLow.has(topic));
    const found = [...low, ...(await blockedKeys(context, labelOf))];
    const raising = { channels, limit: ALERTS_A_RUN, over };
    return { raisedAlerts: await raiseAlerts(db, found, raising, nowMs()) };
  },
};

type LabelOf = (slug: string) => string;

async function lowPools(
  { db, nowMs }: UpkeepContext,
  below: number,
  labelOf: LabelOf,
): Promise<NewAlert[]> {
  const pools = await countKeyStates(db, nowMs());
  return pools
    .filter(({ ready, cooling, blocked }) => ready < below && ready + cooling + blocked > 0)
    .map(({ provider, ready }) => ({
      kind: "pool_low",
      details: { provider: labelOf(provider), ready, below },
      topics: [`pool_low/${provider}`],
    }));
}

/** One alert per provider, however many keys. */
async function blockedKeys({ db, nowMs }: UpkeepContext, labelOf: LabelOf): Promise<NewAlert[]> {
  const blocks = Map.groupBy(await listUnreportedBlocks(db, nowMs()), ({ provider }) => provider);
  return [...blocks].map(([provider, events]) => {
    const keys = [...new Map(events.map(({ keyId, masked }) => [keyId, masked])).values()];
    const names = keys.slice(0, NAMED_MAX);
    return {
      kind: "key_blocked",
      details: {
        provider: labelOf(provider),
        count: keys.length,
        keys: [...names, ...(keys.length > NAMED_MAX ? ["…"] : [])].join(", "),
      },
      topics: events.map(({ id }) => id),
    };
  });
}
