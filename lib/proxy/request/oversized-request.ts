/**
 * Handles requests larger than a key's whole quota. Other keys rarely allow more, so trying every key would only
 * exhaust the pool: keys of two accounts are tried, and no key goes into cooldown for it.
 * @module
 */
import { LARGER_THAN_QUOTA } from "../../providers/answers/common-error-rules";
import { ProxyError } from "../proxy-error";
import type { JudgedAttempt } from "../serve/apply-verdict";
import { guessTokens } from "../serve/quota-claim";

/** Whether a rejection may be the request's fault rather than the key's, which only another key can show. */
export function isAboutRequest(judged: JudgedAttempt): boolean {
  return judged.verdict.meaning === "model_denied" || mayBeOversized(judged);
}

/** Whether enough keys rejected the request to say that its size is the cause. */
export function isOversized(refusals: readonly JudgedAttempt[]): boolean {
  return refusals.filter(mayBeOversized).length >= 2;
}

export function oversized(judged: JudgedAttempt): ProxyError {
  const { provider } = judged.call;
  const { tokens, limit } = sizes(judged);
  const most = limit === null ? "" : ` (${limit} tokens per minute)`;
  return new ProxyError(
    "request_exceeds_limits",
    `This request of about ${tokens} tokens exceeds the limit of every ${provider.label} key that was asked${most}. Send less at once.`,
    { limitSource: "upstream" },
  );
}

/** The tokens per minute are used up, and this request alone needs a good part of them. */
function mayBeOversized(judged: JudgedAttempt): boolean {
  const { quota, rule } = judged.verdict;
  if (rule === LARGER_THAN_QUOTA) return true;
  if (quota === null || quota.unit !== "tokens" || quota.span !== "minute") return false;
  const { tokens, limit } = sizes(judged);
  return limit !== null && tokens > limit / 2;
}

function sizes({ call, verdict }: JudgedAttempt): { tokens: number; limit: number | null } {
  const tokens = verdict.quota?.requested ?? guessTokens(call.body);
  return { tokens, limit: verdict.quota?.limit ?? null };
}
