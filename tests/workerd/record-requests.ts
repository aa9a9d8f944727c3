/** Stores requests as an isolate does. */
import { env } from "cloudflare:workers";
import { openDatabase } from "../../lib/db/open-database";
import { DEFAULT_SETTINGS } from "../../lib/db/team/settings";
import { UsageRecorder } from "../../lib/db/usage/usage-recorder";
import type { RequestEvent } from "../../lib/usage/request-event";

/** All at this time. */
export async function recordRequests(
  events: readonly RequestEvent[],
  startMs: number,
  /** The tags that usage is counted by. */
  rollUp: readonly string[] = [],
): Promise<void> {
  const { recorder } = startRecorder(startMs, rollUp);
  for (const event of events) recorder.add(event);
  while (recorder.isDue()) await recorder.flush();
}

/** Each when it happened, so that hours that end before the last one are in the rollups. */
export async function recordAsTheyCame(events: readonly RequestEvent[]): Promise<void> {
  const { recorder, until } = startRecorder(0);
  for (const event of events) {
    until(event.atMs);
    recorder.add(event);
    await recorder.flush();
  }
}

function startRecorder(startMs: number, rollUp: readonly string[] = []) {
  let nowMs = startMs;
  const recorder = new UsageRecorder({
    db: openDatabase(env.DB),
    nowMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
    random: () => 0.5,
    settings: () => ({ ...DEFAULT_SETTINGS, tags: { rollUp, limits: [] } }),
  });
  const until = (ms: number) => {
    nowMs = Math.max(nowMs, ms);
  };
  return { recorder, until };
}
