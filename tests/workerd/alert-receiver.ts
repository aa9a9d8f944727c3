/**
 * A receiver of alerts, and the instance that sends them, on a controlled clock.
 * @module
 */
import { sql } from "drizzle-orm";
import { expect } from "vitest";
import { runBatch } from "../../lib/db/state/state-version";
import type { AlertWebhook } from "../../lib/manage/alerts/post-alert";
import { runUpkeep } from "../../lib/upkeep/run-upkeep";
import type { UpkeepContext } from "../../lib/upkeep/upkeep-job";
import { ACTOR, db, emptyUsage, SECRETS } from "./test-store";
import { emptyTeam } from "./test-team";

export const START_MS = Date.UTC(2026, 10, 20, 12, 30);
export const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 24 * 3_600_000];
export const WEBHOOK_SECRET = "webhook secret";

export interface Received {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

export class AlertReceiver {
  nowMs = START_MS;
  received: Received[] = [];
  answer: (url: string) => Response = () => new Response("ok");
  readonly context: UpkeepContext = this.contextWith(
    this.webhookAt("https://hooks.example.org/in?key=hidden"),
  );

  /** Starts over with an empty database. */
  async reset(): Promise<void> {
    this.nowMs = START_MS;
    this.received = [];
    this.answer = () => new Response("ok");
    await emptyTeam();
    await emptyUsage();
    const tables = ["upkeep", "key_rechecks", "alerts", "alert_topics"];
    await runBatch(
      db,
      tables.map((table) => sql.raw(`delete from ${table}`)),
    );
    // The first call of a new database only starts the clock.
    expect(await runUpkeep(this.context, { startedBy: "cron", idleMs: 1 })).toBeNull();
  }

  readonly fetch = async (url: string, { headers, body }: RequestInit): Promise<Response> => {
    this.received.push({ url, headers: new Headers(headers), body: String(body) });
    return this.answer(url);
  };

  webhookAt(url: string): AlertWebhook {
    return { url, secret: WEBHOOK_SECRET, fetch: (...asked) => this.fetch(...asked) };
  }

  contextWith(alertWebhook: AlertWebhook | null): UpkeepContext {
    return {
      db,
      secrets: SECRETS,
      nowMs: () => this.nowMs,
      actor: ACTOR,
      alertWebhook,
      mailApi: null,
      countUsage: async () => undefined,
      alertFetch: (...asked) => this.fetch(...asked),
      refreshModels: async () => 0,
      upstream: async () => ({
        fetch: async () => Response.json({ error: { code: "invalid_api_key" } }, { status: 401 }),
        gatewayUrl: null,
        gatewayToken: null,
        goesDirect: () => true,
      }),
    };
  }

  /** A run of maintenance, a quarter of an hour after the previous one. */
  async run(as = this.context) {
    this.nowMs += 15 * MINUTE_MS;
    const report = await runUpkeep(as, { startedBy: "cron", idleMs: 1 });
    expect(report?.failed).toEqual([]);
    return report?.figures;
  }

  texts(): string[] {
    return this.received.map(({ body }) => (JSON.parse(body) as { text: string }).text);
  }
}
