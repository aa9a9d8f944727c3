import { deriveKeys } from "../../crypto/derived-keys";
import { countKeysBySecret } from "../../db/keys/reseal-provider-keys";
import { readMigrations } from "../../db/schema/read-migrations";
import { type ProviderSummary, summarizeProviderKeys } from "../keys/summarize-provider-keys";
import type { ManageContext } from "../manage-context";
import { readUpkeepView } from "../settings/read-upkeep";
import { hasAdmin } from "../team/has-admin";
import { poolHealth } from "../usage/pool-health";
import { readLogThinning } from "../usage/read-log-thinning";
import { about, type Finding } from "./examination";

export interface ExaminedStore {
  readonly findings: readonly Finding[];
  /** Of providers that have keys; empty if the database can't be read. */
  readonly pools: readonly ProviderSummary[];
}

/** What D1 reports. If it doesn't respond, or isn't migrated, there is nothing else to report. */
export async function examineStore(context: ManageContext): Promise<ExaminedStore> {
  const database = about("database");
  const startMs = context.nowMs();
  let migrations: Awaited<ReturnType<typeof readMigrations>>;
  try {
    migrations = await readMigrations(context.db);
  } catch {
    const advice =
      "see `npx wrangler d1 list`, and whether the day's limits of the plan are used up";
    return { findings: [database.fault("the database does not answer", advice)], pools: [] };
  }
  const answers = database.ok(`the database answers in ${context.nowMs() - startMs} ms`);
  const say = about("migrations");
  const { missing, unknown } = migrations;
  if (missing.length > 0) {
    const advice = "deploy again, or restart `npm start`: both migrate first";
    return {
      findings: [answers, say.fault(`not applied yet: ${missing.join(", ")}`, advice)],
      pools: [],
    };
  }
  const schema =
    unknown.length > 0
      ? say.warning(
          `the database was migrated by a later version: ${unknown.join(", ")}`,
          "deploy that version",
        )
      : say.ok("every migration is applied");
  const [sealed, admin, budget, upkeep, { withKeys }] = await Promise.all([
    sealedKeys(context),
    firstAdmin(context),
    writeBudget(context),
    maintenance(context),
    summarizeProviderKeys(context),
  ]);
  return {
    findings: [answers, schema, sealed, admin, budget, upkeep, ...pools(withKeys)],
    pools: withKeys,
  };
}

async function sealedKeys({ db, secrets }: ManageContext): Promise<Finding> {
  const say = about("sealed-keys");
  const bySecret = await countKeysBySecret(db);
  const all = bySecret.values().reduce((sum, keys) => sum + keys, 0);
  const openedBy = async (secret: string | null | undefined) =>
    secret ? (bySecret.get((await deriveKeys(secret)).keyId) ?? 0) : 0;
  const current = await openedBy(secrets?.current);
  const previous = secrets?.previous === secrets?.current ? 0 : await openedBy(secrets?.previous);
  const lost = all - current - previous;
  if (lost > 0) {
    return say.fault(
      `${lost} of ${all} keys were sealed under another KEY_ENCRYPTION_SECRET and do not open`,
      "give that secret as KEY_ENCRYPTION_SECRET_PREVIOUS",
    );
  }
  if (previous > 0) {
    return say.warning(
      `${previous} of ${all} keys are still sealed under the previous secret`,
      "go on with `POST provider-keys/reseal`, see docs/operations.md",
    );
  }
  return say.ok(all === 0 ? "there is no key yet" : `all ${all} keys open`);
}

async function firstAdmin(context: ManageContext): Promise<Finding> {
  const say = about("first-admin");
  return (await hasAdmin(context))
    ? say.ok("the portal has an admin")
    : say.warning(
        "the portal has no admin yet: its set-up page is open to anyone who has the token",
        "open /setup",
      );
}

async function writeBudget(context: ManageContext): Promise<Finding> {
  const say = about("write-budget");
  const { rowsWritten, budget, log } = await readLogThinning(context);
  if (budget === 0) return say.ok(`metering wrote ${rowsWritten} rows today, without a limit`);
  const used = `metering wrote ${rowsWritten} of today's ${budget} rows`;
  const advice = "raise the budget in Settings > Logging and retention on a paid plan";
  if (log === "none") return say.fault(`${used}: no request is logged any more today`, advice);
  if (log !== "full") return say.warning(`${used}: the request log is thinned out`, advice);
  return say.ok(used);
}

async function maintenance(context: ManageContext): Promise<Finding> {
  const say = about("maintenance");
  const { finishedAtMs, state } = await readUpkeepView(context);
  const advice = "see Maintenance in docs/operations.md; Settings > Maintenance runs it";
  if (finishedAtMs === null) return say.warning("maintenance has never run", advice);
  const hours = Math.floor((context.nowMs() - finishedAtMs) / 3_600_000);
  if (hours >= 24) return say.warning(`maintenance last ran ${hours} hours ago`, advice);
  if (state === "cut") return say.warning("the last maintenance run was cut short", advice);
  return say.ok(
    hours === 0 ? "maintenance ran within the hour" : `maintenance ran ${hours} hours ago`,
  );
}

function pools(summaries: readonly ProviderSummary[]): Finding[] {
  const say = about("pools");
  if (summaries.length === 0) {
    return [say.warning("there is no provider key: nothing can be served", "add keys")];
  }
  return summaries.map((pool) => {
    const { provider, label, ready, cooling, blocked, disabled } = pool;
    const counts = `${ready} ready, ${cooling} cooling, ${blocked} blocked, ${disabled} disabled`;
    switch (poolHealth(pool)) {
      case "dead":
        return say.fault(
          `${label} has no usable key: ${counts}`,
          "see why in the portal, or add keys",
          provider,
        );
      case "resting":
        return say.warning(
          `${label} has no key ready now: ${counts}`,
          "wait, or add keys",
          provider,
        );
      default:
        return say.ok(`${label}: ${counts}`, undefined, provider);
    }
  });
}
