/**
 * Sends one alert as email, through the HTTP API of a mail service.
 *
 * Resend accepts `{from, to, subject, text}` and drops a repeated `Idempotency-Key`
 * (https://resend.com/docs/api-reference/emails/send-email). Any other address gets the same fields in addition to
 * those of the webhook: `id`, `kind`, `details`, `at`. Both get the key as `Authorization: Bearer`.
 * @module
 */
import type { AlertMessage } from "./post-alert";
import { postToReceiver } from "./post-to-receiver";

export interface MailApi {
  readonly url: string;
  readonly key: string;
  fetch(url: string, init: RequestInit): Promise<Response>;
}

export interface MailAddresses {
  /** `alerts@example.org` or `One Balance <alerts@example.org>`. */
  readonly from: string;
  readonly to: readonly string[];
}

export type MailForm = "resend" | "generic";

export const RESEND_URL = "https://api.resend.com/emails";

const SUBJECT_MAX_CHARS = 120;

/** Determined by the address. */
export function mailForm(url: string): MailForm {
  return URL.canParse(url) && new URL(url).hostname === new URL(RESEND_URL).hostname
    ? "resend"
    : "generic";
}

/** @returns Why it wasn't accepted; null if it was. Never rejects. */
export function mailAlert(
  { createdAtMs, ...message }: AlertMessage,
  { from, to }: MailAddresses,
  { url, key, fetch }: MailApi,
): Promise<string | null> {
  const mail = { from, to, subject: subjectOf(message.text), text: message.text };
  const body =
    mailForm(url) === "resend"
      ? mail
      : { ...mail, ...message, at: new Date(createdAtMs).toISOString() };
  return postToReceiver({
    url,
    headers: { authorization: `Bearer ${key}`, "idempotency-key": message.id },
    body: JSON.stringify(body),
    secrets: [key],
    fetch,
  });
}

/** A single line, whatever a name in it contains. */
function subjectOf(text: string): string {
  const line = `One Balance: ${text}`.replace(/\s+/g, " ");
  return line.length > SUBJECT_MAX_CHARS ? `${line.slice(0, SUBJECT_MAX_CHARS - 1)}…` : line;
}
