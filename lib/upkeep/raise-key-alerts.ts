import { countKeyStates, countSectionStates, type SectionStates } from "../db/keys/provider-keys";
import type { Database } from "../db/open-database";
import { isOlderSchema } from "../db/state/read-older-state";
import { listLasting, listUnreportedBlocks, type NewAlert, raiseAlerts } from "../db/team/alerts";
import { listGroupSettings } from "../db/team/group-parts";
import { alertChannels } from "../manage/alerts/alert-channels";
import { allProviders } from "../manage/keys/known-provider";
import { lowPools as findLowPools } from "./low-pools";
import { settingsOf, type UpkeepContext, type UpkeepJob } from "./upkeep-job";

/** The most alerts per run; the others follow later. */
const ALERTS_A_RUN = 5;
/** The most keys that an alert names. */
const NAMED_MAX = 5;

/** Alerts about blocked keys, and about pools with few ready keys, a group's too, until they have enough again. */
export const raiseKeyAlerts: UpkeepJob = {
  name: "raise-key-alerts",
  async run(context) {
    const { db, nowMs } = context;
    const settings = await settingsOf(context);
    const channels = alertChannels(context, settings);
    if (channels.length === 0) return {};
    const labels = new Map((await allProviders(context)).map(({ slug, label }) => [slug, label]));
    const labelOf = (slug: string) => labels.get(slug) ?? slug;
    const low = await lowPools(context, settings.alerts.readyKeysBelow, labelOf);
    const isLow = new Set(low.flatMap(({ topics }) => topics));
    const over = (await listLasting(db, "pool_low")).filter((topic) => !isLow.has(topic));
    const found = [...low, ...(await blockedKeys(context, labelOf))];
    const { muted } = settings.alerts;
    const raising = { channels, limit: ALERTS_A_RUN, over, muted };
    return { raisedAlerts: await raiseAlerts(db, found, raising, nowMs()) };
  },
};

type LabelOf = (slug: string) => string;

async function lowPools(
  { db, nowMs }: UpkeepContext,
  below: number,
  labelOf: LabelOf,
): Promise<NewAlert[]> {
  const sections = await sectionStates(db, nowMs());
  const hasGroups = sections.some(({ groups }) => groups !== null);
  const groups = hasGroups ? await listGroupSettings(db) : [];
  return findLowPools(sections, groups, below).map(({ provider, group, ready }): NewAlert => {
    const details = { provider: labelOf(provider), ready, below };
    return group === null
      ? { kind: "pool_low", details, topics: [`pool_low/${provider}`] }
      : {
          kind: "pool_low_group",
          details: { ...details, group: group.name },
          topics: [`pool_low/${provider}/${group.id}`],
        };
  });
}

/** A database without the migration has common keys only. */
async function sectionStates(db: Database, nowMs: number): Promise<readonly SectionStates[]> {
  try {
    return await countSectionStates(db, nowMs);
  } catch (error) {
    if (!isOlderSchema(error)) throw error;
    return (await countKeyStates(db, nowMs)).map((pool) => ({ ...pool, groups: null }));
  }
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
