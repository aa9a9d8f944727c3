import { redact } from "../../crypto/redact";
import { textUpTo } from "../../http/text-up-to";

export interface ReceiverCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  /** Texts that must not be repeated, such as a secret address. */
  readonly secrets: readonly string[];
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Whether a successful response means acceptance; if absent, it does. */
  isTaken?(answer: string): boolean;
}

const PATIENCE_MS = 5_000;
const PROBLEM_MAX_CHARS = 200;
const ANSWER_MAX_BYTES = 2_000;

/** Posts an alert. @returns Why it wasn't accepted; null if it was. Never rejects. */
export async function postToReceiver({
  url,
  headers,
  body,
  secrets,
  fetch,
  isTaken = () => true,
}: ReceiverCall): Promise<string | null> {
  const problem = (text: string) => redact(text, secrets).slice(0, PROBLEM_MAX_CHARS);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "one-balance", ...headers },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer = await textUpTo(response, ANSWER_MAX_BYTES);
    return response.ok && isTaken(answer) ? null : problem(`${response.status} ${answer}`);
  } catch (error) {
    return problem(String(error));
  }
}
