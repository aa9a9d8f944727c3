import type { Env } from "../env";
import type { AlertWebhook } from "../manage/post-alert";
import { platform } from "./platform";

/** Where this deployment's alerts go; null where no address is set. */
export function alertWebhook(env: Env): AlertWebhook | null {
  if (!env.ALERT_WEBHOOK_URL) return null;
  const { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: secret } = env;
  return { url, secret: secret || null, fetch: platform.fetch };
}
