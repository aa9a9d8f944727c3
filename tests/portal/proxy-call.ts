/** A chat completion through the proxy, as an app requests it, and when pages know of it. @module */
import { expect } from "@playwright/test";
import { ADMIN_TOKEN, type Stack } from "../e2e/harness.ts";

export interface ProxyAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * @param model In the format of the OpenAI-compatible endpoint: `{provider}/{model}`.
 * @param more Headers.
 */
export async function askProxy(
  { url }: Stack,
  token: string,
  model = "openai/gpt-4o-mini",
  more: Readonly<Record<string, string>> = {},
): Promise<ProxyAnswer> {
  const response = await fetch(`${url}/api/compat/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...more },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/**
 * Has a page loaded, and looked at, once the database has what was counted: to load one sooner takes a second of the
 * processor's time for nothing. A response may end a moment before it is counted, so `look` may be called again.
 */
export async function onceWritten(server: Stack, look: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await untilWritten(server);
    await look();
  }).toPass();
}

/** Waits for the next flush, if there is something to write. */
export async function untilWritten(server: Stack): Promise<void> {
  await expect.poll(() => waitingRecords(server)).toBe(0);
}

async function waitingRecords({ url }: Stack): Promise<number> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const metrics = await (await fetch(`${url}/api/metrics`, { headers })).text();
  const counts = [...metrics.matchAll(/^one_balance_waiting_records\{.*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
