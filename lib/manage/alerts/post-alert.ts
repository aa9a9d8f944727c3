/**
 * Sends one alert to the team's webhook, in the service's format.
 *
 * Every request has `x-one-balance-timestamp` (seconds) and, with a secret, `x-one-balance-signature`: `v1=` and the
 * hex HMAC-SHA256 of `{timestamp}.{body}`. Feishu's own signature goes into the body:
 * https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 * @module
 */
import { postToReceiver } from "./post-to-receiver";

export interface AlertWebhook {
  readonly url: string;
  /** Null: nothing is signed. */
  readonly secret: string | null;
  fetch(url: string, init: RequestInit): Promise<Response>;
}

export type WebhookForm = "slack" | "discord" | "feishu" | "generic";

export interface AlertMessage {
  /** The same for each repetition: a receiver may get it twice. */
  readonly id: string;
  readonly kind: string;
  readonly text: string;
  readonly details: Readonly<Record<string, string | number>>;
  readonly createdAtMs: number;
}

/** Determined by the address. */
export function webhookForm(url: string): WebhookForm {
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  if (host === "hooks.slack.com") return "slack";
  if (host === "discord.com" || host === "discordapp.com") return "discord";
  if (host === "open.feishu.cn" || host === "open.larksuite.com") return "feishu";
  return "generic";
}

/** @returns Why it wasn't accepted; null if it was. Never rejects. */
export async function postAlert(
  message: AlertMessage,
  { url, secret, fetch }: AlertWebhook,
  nowMs: number,
): Promise<string | null> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const form = webhookForm(url);
  const body = JSON.stringify(await bodyOf(form, message, secret, timestamp));
  return postToReceiver({
    url,
    headers: {
      "x-one-balance-timestamp": timestamp,
      ...(secret !== null && {
        "x-one-balance-signature": `v1=${hex(await hmac(secret, `${timestamp}.${body}`))}`,
      }),
    },
    body,
    // The address of a webhook is a secret, too.
    secrets: secret === null ? [url] : [url, secret],
    fetch,
    ...(form === "feishu" && { isTaken: isTakenByFeishu }),
  });
}

async function bodyOf(
  form: WebhookForm,
  { createdAtMs, ...message }: AlertMessage,
  secret: string | null,
  timestamp: string,
): Promise<object> {
  switch (form) {
    case "slack":
      return { text: message.text };
    case "discord":
      return { content: message.text, allowed_mentions: { parse: [] } };
    case "feishu": {
      const text = { msg_type: "text", content: { text: message.text } };
      if (secret === null) return text;
      const sign = await hmac(`${timestamp}\n${secret}`, "");
      return { ...text, timestamp, sign: btoa(String.fromCharCode(...sign)) };
    }
    case "generic":
      return { ...message, at: new Date(createdAtMs).toISOString() };
  }
}

/** Feishu rejects with status 200 and a `code` other than 0. */
function isTakenByFeishu(answer: string): boolean {
  return /"code"\s*:\s*0\b/.test(answer);
}

async function hmac(secret: string, text: string): Promise<Uint8Array> {
  const bytes = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes.encode(secret), algorithm, false, [
    "sign",
  ]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes.encode(text)));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
