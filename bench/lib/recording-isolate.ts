import type { Database } from "../../lib/db/open-database.ts";
import { DEFAULT_SETTINGS } from "../../lib/db/team/settings.ts";
import { UsageRecorder } from "../../lib/db/usage/usage-recorder.ts";
import type { SeededRandom } from "../../scripts/demo/seeded-random.ts";

/** The recorder of an isolate, with its own clock: it is advanced by hand, and by the recorder's waiting. */
export class RecordingIsolate {
  readonly recorder: UsageRecorder;
  clockMs: number;

  /** @param rollUp The tags that usage is counted by. */
  constructor(
    db: Database,
    requests: "all" | "none",
    startMs: number,
    random: SeededRandom,
    rollUp: readonly string[] = [],
  ) {
    this.clockMs = startMs;
    const settings = {
      ...DEFAULT_SETTINGS,
      logging: { ...DEFAULT_SETTINGS.logging, requests },
      metering: { dailyRowBudget: 0 },
      tags: { rollUp, limits: [] },
    };
    this.recorder = new UsageRecorder({
      db,
      nowMs: () => this.clockMs,
      sleep: async (ms) => {
        this.clockMs += ms;
      },
      random: random.next,
      settings: () => settings,
    });
  }
}
