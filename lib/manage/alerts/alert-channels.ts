import type { AlertChannel } from "../../db/schema/alert-schema";
import type { Settings } from "../../db/team/settings";
import type { ManageContext } from "../manage-context";
import { type MailApi, mailAlert, RESEND_URL } from "./mail-alert";
import { openTarget, targetProblem } from "./open-target";
import { type AlertMessage, type AlertWebhook, postAlert } from "./post-alert";

/** How this deployment can send alerts. What its variables say precedes the team's settings. */
export interface AlertSenders {
  /** Null if no variable has an address. */
  readonly alertWebhook: AlertWebhook | null;
  /** Null if no variable has a key. */
  readonly mailApi: MailApi | null;
  /** For the targets of the settings. */
  readonly alertFetch: (url: string, init: RequestInit) => Promise<Response>;
}

type AlertSettings = Pick<Settings, "alerts" | "alertTargets">;

/** The channels that are configured, by the deployment and by the team. */
export function alertChannels(
  { alertWebhook, mailApi }: AlertSenders,
  { alerts, alertTargets }: AlertSettings,
): readonly AlertChannel[] {
  const hasWebhook = alertWebhook !== null || alertTargets.webhookUrl !== "";
  const hasMailApi = mailApi !== null || alertTargets.mailKey !== "";
  const hasMail = hasMailApi && alerts.mailFrom !== "" && alerts.mailTo.length > 0;
  return [...(hasWebhook ? (["webhook"] as const) : []), ...(hasMail ? (["mail"] as const) : [])];
}

/** @returns Why it wasn't accepted; null if it was. Never rejects. */
export async function sendAlert(
  message: AlertMessage,
  channel: AlertChannel,
  context: AlertSenders & Pick<ManageContext, "secrets" | "allowPrivateUpstreams">,
  settings: AlertSettings,
  nowMs: number,
): Promise<string | null> {
  if (!alertChannels(context, settings).includes(channel)) return "not set up any more";
  try {
    if (channel === "webhook") {
      return await postAlert(message, await webhookOf(context, settings), nowMs);
    }
    const { mailFrom: from, mailTo: to } = settings.alerts;
    return await mailAlert(message, { from, to }, await mailApiOf(context, settings));
  } catch {
    // Sealed under another secret, or an address of a backup that may not be called here.
    return "the receiver can't be used: set it again under Settings > Alerts";
  }
}

type Opening = AlertSenders & Pick<ManageContext, "secrets" | "allowPrivateUpstreams">;

async function webhookOf(
  { alertWebhook, alertFetch: fetch, secrets, allowPrivateUpstreams = false }: Opening,
  { alertTargets }: AlertSettings,
): Promise<AlertWebhook> {
  if (alertWebhook !== null) return alertWebhook;
  const url = await openTarget(alertTargets, "webhookUrl", secrets);
  assertCallable(url, allowPrivateUpstreams);
  const hasSecret = alertTargets.webhookSecret !== "";
  const secret = hasSecret ? await openTarget(alertTargets, "webhookSecret", secrets) : null;
  return { url, secret, fetch };
}

async function mailApiOf(
  { mailApi, alertFetch: fetch, secrets, allowPrivateUpstreams = false }: Opening,
  { alertTargets }: AlertSettings,
): Promise<MailApi> {
  if (mailApi !== null) return mailApi;
  const url = alertTargets.mailUrl || RESEND_URL;
  assertCallable(url, allowPrivateUpstreams);
  return { url, key: await openTarget(alertTargets, "mailKey", secrets), fetch };
}

/** What may be called may have changed since it was saved. */
function assertCallable(url: string, allowPrivate: boolean): void {
  const problem = targetProblem(url, allowPrivate);
  if (problem !== null) throw new Error(problem);
}
