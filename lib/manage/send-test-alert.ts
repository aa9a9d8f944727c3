import { auditEvent } from "../db/audit-log";
import { newRowId } from "../db/new-row-id";
import { readSettings } from "../db/settings";
import { runBatch } from "../db/state-version";
import { alertText } from "./alert-text";
import type { ManageContext } from "./manage-context";
import { ManageError } from "./manage-error";
import { type AlertWebhook, postAlert } from "./post-alert";

/**
 * Sends a message that says it is a test, at any hour.
 * @returns Why the webhook did not take it; null if it did.
 * @throws {ManageError} `not_configured` without `ALERT_WEBHOOK_URL`.
 */
export async function sendTestAlert(
  { db, nowMs, actor }: ManageContext,
  webhook: AlertWebhook | null,
): Promise<string | null> {
  if (webhook === null) throw new ManageError("not_configured", "ALERT_WEBHOOK_URL is not set");
  const { appearance } = (await readSettings(db)).settings;
  const text = alertText("test", {}, appearance.language === "zh" ? "zh" : "en");
  const atMs = nowMs();
  const message = { id: newRowId("al", atMs), kind: "test", text, details: {}, createdAtMs: atMs };
  const problem = await postAlert(message, webhook, atMs);
  const subject = { kind: "alerts", id: null, name: "webhook" };
  const entry = { action: "alerts.test", subject, after: { problem } };
  await runBatch(db, [auditEvent(actor, entry, nowMs())]);
  return problem;
}
