import { z } from "zod";
import { newRowId } from "../../db/new-row-id";
import { runBatch } from "../../db/state/state-version";
import { auditEvent } from "../../db/team/audit-log";
import { readSettings } from "../../db/team/settings";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { type AlertSenders, alertChannels, sendAlert } from "./alert-channels";
import { alertText } from "./alert-text";

export const testAlertInput = z.strictObject({ channel: z.enum(["webhook", "mail"]) });
export type TestAlertInput = z.output<typeof testAlertInput>;

/**
 * Sends a test message, at any hour.
 * @returns Why the channel didn't accept it; null if it did.
 * @throws {ManageError} `not_configured` if the channel isn't configured.
 */
export async function sendTestAlert(
  context: ManageContext,
  { channel }: TestAlertInput,
  senders: AlertSenders,
): Promise<string | null> {
  const { db, nowMs, actor } = context;
  const { settings } = await readSettings(db);
  if (!alertChannels(senders, settings).includes(channel)) {
    throw new ManageError("not_configured", `alerts by ${channel} are not set up`);
  }
  const text = alertText("test", {}, settings.appearance.language === "zh" ? "zh" : "en");
  const atMs = nowMs();
  const message = { id: newRowId("al", atMs), kind: "test", text, details: {}, createdAtMs: atMs };
  const problem = await sendAlert(message, channel, { ...context, ...senders }, settings, atMs);
  const subject = { kind: "alerts", id: null, name: channel };
  const entry = { action: "alerts.test", subject, after: { problem } };
  await runBatch(db, [auditEvent(actor, entry, nowMs())]);
  return problem;
}
