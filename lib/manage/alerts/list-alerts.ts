import type { AlertChannel } from "../../db/schema/alert-schema";
import { listAlerts as listStored } from "../../db/team/alerts";
import type { ManageContext } from "../manage-context";
import { type AlertLanguage, alertText } from "./alert-text";

export type { AlertChannel };

export interface AlertItem {
  readonly id: string;
  readonly text: string;
  readonly channel: AlertChannel;
  /** Epoch milliseconds. */
  readonly createdAtMs: number;
  readonly state: "waiting" | "delivered" | "failing" | "givenUp";
  readonly failures: number;
  /** Why the last delivery failed; empty if none did. */
  readonly problem: string;
}

const LIMIT = 20;

/** The newest alerts and their deliveries. */
export async function listAlerts(
  { db }: ManageContext,
  language: AlertLanguage,
): Promise<AlertItem[]> {
  const rows = await listStored(db, LIMIT);
  return rows.map(
    ({ id, kind, details, channel, createdAtMs, failures, nextTryMs, deliveredAtMs, problem }) => ({
      id,
      text: alertText(kind, details, language),
      channel,
      createdAtMs,
      state:
        deliveredAtMs !== null
          ? "delivered"
          : nextTryMs === null
            ? "givenUp"
            : failures > 0
              ? "failing"
              : "waiting",
      failures,
      problem: problem ?? "",
    }),
  );
}
