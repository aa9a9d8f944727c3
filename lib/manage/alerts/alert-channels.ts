import type { AlertChannel } from "../../db/schema/alert-schema";
import type { Settings } from "../../db/team/settings";
import { type MailApi, mailAlert } from "./mail-alert";
import { type AlertMessage, type AlertWebhook, postAlert } from "./post-alert";

/** How this deployment can send alerts. */
export interface AlertSenders {
  /** Null if no address is set. */
  readonly alertWebhook: AlertWebhook | null;
  /** Null if no key is set. */
  readonly mailApi: MailApi | null;
}

/** The channels that are configured, by the deployment and by the team. */
export function alertChannels(
  { alertWebhook, mailApi }: AlertSenders,
  { alerts }: Pick<Settings, "alerts">,
): readonly AlertChannel[] {
  const hasMail = mailApi !== null && alerts.mailFrom !== "" && alerts.mailTo.length > 0;
  return [
    ...(alertWebhook === null ? [] : (["webhook"] as const)),
    ...(hasMail ? (["mail"] as const) : []),
  ];
}

/** @returns Why it wasn't accepted; null if it was. Never rejects. */
export async function sendAlert(
  message: AlertMessage,
  channel: AlertChannel,
  senders: AlertSenders,
  settings: Pick<Settings, "alerts">,
  nowMs: number,
): Promise<string | null> {
  const { alertWebhook, mailApi } = senders;
  const { mailFrom: from, mailTo: to } = settings.alerts;
  if (channel === "webhook" && alertWebhook !== null) {
    return postAlert(message, alertWebhook, nowMs);
  }
  const isSetUp = alertChannels(senders, settings).includes(channel);
  if (channel === "mail" && mailApi !== null && isSetUp) {
    return mailAlert(message, { from, to }, mailApi);
  }
  return "not set up any more";
}
