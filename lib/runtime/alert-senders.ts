import type { Env } from "../env";
import type { AlertSenders } from "../manage/alerts/alert-channels";
import { RESEND_URL } from "../manage/alerts/mail-alert";
import { platform } from "./platform";

/** What this deployment's variables provide to send alerts. */
export function alertSenders(env: Env): AlertSenders {
  const { ALERT_WEBHOOK_URL, ALERT_WEBHOOK_SECRET, ALERT_MAIL_URL, ALERT_MAIL_KEY } = env;
  const { fetch } = platform;
  return {
    alertWebhook: ALERT_WEBHOOK_URL
      ? { url: ALERT_WEBHOOK_URL, secret: ALERT_WEBHOOK_SECRET || null, fetch }
      : null,
    mailApi: ALERT_MAIL_KEY
      ? { url: ALERT_MAIL_URL || RESEND_URL, key: ALERT_MAIL_KEY, fetch }
      : null,
    alertFetch: fetch,
  };
}
