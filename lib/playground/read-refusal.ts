/** A response that isn't a completion. */
export interface Refusal {
  readonly status: number;
  /** One Balance's own (`docs/errors.md`), or the provider's; null if there is none. */
  readonly code: string | null;
  /** The response's message; empty if it has none. */
  readonly message: string;
  /** Seconds, from `Retry-After`; null if absent. */
  readonly retryAfterSeconds: number | null;
}

const LONGEST_WORDS = 500;

/** Reads an error in any shape that providers use with OpenAI's format. */
export async function readRefusal(response: Response): Promise<Refusal> {
  const text = await response.text();
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  return {
    status: response.status,
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : null,
    ...(wordsOf(text) ?? { code: null, message: text.slice(0, LONGEST_WORDS) }),
  };
}

interface ErrorBody {
  readonly error?: { readonly code?: unknown; readonly message?: unknown } | string;
  readonly message?: unknown;
  readonly detail?: unknown;
}

function wordsOf(text: string): Pick<Refusal, "code" | "message"> | null {
  let body: ErrorBody | readonly ErrorBody[] | null;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  // Google's OpenAI-compatible endpoint puts its error into a list.
  const { error, message, detail } = (Array.isArray(body) ? body[0] : body) ?? {};
  const inner = typeof error === "object" ? error : null;
  const words = inner?.message ?? message ?? detail ?? error;
  if (words === undefined) return null;
  return {
    code: typeof inner?.code === "string" ? inner.code : null,
    message: (typeof words === "string" ? words : JSON.stringify(words)).slice(0, LONGEST_WORDS),
  };
}
