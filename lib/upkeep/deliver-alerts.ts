import type { AlertRow } from "../db/schema/alert-schema";
import { type AlertDelivery, listDueAlerts, writeDeliveries } from "../db/team/alerts";
import { alertChannels, sendAlert } from "../manage/alerts/alert-channels";
import { alertText } from "../manage/alerts/alert-text";
import { isQuietAt } from "./quiet-hours";
import { settingsOf, type UpkeepJob } from "./upkeep-job";

const SENT_A_RUN = 10;
const FIRST_RETRY_MS = 10 * 60_000;
const LONGEST_RETRY_MS = 6 * 3_600_000;
/** A week-old alert helps no one. */
const LIFE_MS = 7 * 24 * 3_600_000;

/**
 * Sends pending alerts; in quiet hours they keep waiting. One that can't be delivered is retried, ever more rarely, for
 * a week. A run that crashes after sending one sends it again, under the same id.
 */
export const deliverAlerts: UpkeepJob = {
  name: "deliver-alerts",
  isFull: ({ sentAlerts = 0 }) => sentAlerts >= SENT_A_RUN,
  async run(context) {
    const { db, nowMs } = context;
    const settings = await settingsOf(context);
    if (alertChannels(context, settings).length === 0) return {};
    if (isQuietAt(nowMs(), settings.alerts)) return {};
    const language = settings.appearance.language === "zh" ? "zh" : "en";
    const due = await listDueAlerts(db, SENT_A_RUN, nowMs());
    const deliveries = await Promise.all(
      due.map(async (alert) => {
        const { id, kind, details, channel, createdAtMs } = alert;
        const text = alertText(kind, details, language);
        const message = { id, kind, text, details, createdAtMs };
        const problem = await sendAlert(message, channel, context, settings, nowMs());
        return outcomeOf(alert, problem, nowMs());
      }),
    );
    if (deliveries.length > 0) await writeDeliveries(db, deliveries);
    return { sentAlerts: deliveries.filter(({ problem }) => problem === null).length };
  },
};

function outcomeOf(
  { id, failures, createdAtMs }: AlertRow,
  problem: string | null,
  nowMs: number,
): AlertDelivery {
  if (problem === null) return { id, failures, nextTryMs: null, deliveredAtMs: nowMs, problem };
  const gapMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
  const isGivenUp = nowMs + gapMs - createdAtMs > LIFE_MS;
  const nextTryMs = isGivenUp ? null : nowMs + gapMs;
  return { id, failures: failures + 1, nextTryMs, deliveredAtMs: null, problem };
}
