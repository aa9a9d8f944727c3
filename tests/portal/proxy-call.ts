/** A chat completion through the proxy, as an app requests it. @module */
import type { Stack } from "../e2e/harness.ts";

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
