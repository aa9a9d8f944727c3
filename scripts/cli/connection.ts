/** The instance rejected the request, or can't be reached. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  /** HTTP status; null without a response. */
  readonly status: number | null;

  constructor(message: string, status: number | null) {
    super(message);
    this.status = status;
  }
}

/** A check of many keys, or an import, takes a while. */
const TIMEOUT_MS = 120_000;

/** The admin API of one instance. */
export class Connection {
  readonly url: string;
  /** Empty if none was given. */
  readonly token: string;

  /** @throws {RefusedError} if the address is invalid. */
  constructor(url: string, token: string) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new RefusedError(`the instance's address must begin with http:// or https://`, null);
    }
    this.url = url.replace(/\/+$/, "");
    this.token = token;
  }

  /**
   * @param path Below `/api/admin/`, with its query.
   * @returns The response's JSON; undefined for 204. The caller knows its type, from `lib/manage`.
   * @throws {RefusedError}
   */
  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    if (this.token === "") {
      throw new RefusedError("give an admin token as ONE_BALANCE_TOKEN, or with --token", null);
    }
    const response = await this.#fetch(`/api/admin/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return (text === "" ? undefined : JSON.parse(text)) as Answer;
    throw new RefusedError(
      wordsOf(text) ?? platformWords(text) ?? `${this.url} answered ${response.status}`,
      response.status,
    );
  }

  /**
   * Reads below the instance's address with an access token.
   * @returns Null if the token isn't accepted.
   * @throws {RefusedError}
   */
  async get<Answer>(path: string, token: string): Promise<Answer | null> {
    const response = await this.#fetch(path, { headers: { authorization: `Bearer ${token}` } });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as Answer;
    if (response.status === 401) return null;
    const words = wordsOf(text) ?? `${this.url} answered ${response.status}`;
    throw new RefusedError(words, response.status);
  }

  /** Whether the token is an admin token. @throws {RefusedError} */
  async isAdmin(): Promise<boolean> {
    return (
      (await this.get("/api/admin/access-tokens?limit=1", this.token).catch(forbidden)) !== null
    );
  }

  /** Whether it is reachable. @returns Milliseconds until it responded. @throws {RefusedError} */
  async ping(): Promise<number> {
    const startMs = performance.now();
    const response = await this.#fetch("/api/health", {});
    const text = await response.text();
    if (!response.ok || !text.includes('"ok"')) {
      throw new RefusedError(
        `${this.url} doesn't look like One Balance: it responded with ${response.status}`,
        response.status,
      );
    }
    return Math.round(performance.now() - startMs);
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      // A redirect would send the token to another address.
      return await fetch(this.url + path, {
        ...init,
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const reason = cause instanceof Error && cause.message !== "" ? cause.message : String(cause);
      throw new RefusedError(`${this.url} cannot be reached: ${reason}`, null);
    }
  }
}

function forbidden(error: unknown): null {
  if (error instanceof RefusedError && error.status === 403) return null;
  throw error;
}

/** https://developers.cloudflare.com/workers/observability/errors/ */
function platformWords(text: string): string | undefined {
  return /error code: 1102|exceeded resource limits/i.test(text)
    ? "Cloudflare ended the call: it took more CPU than the Worker may have (error 1102)"
    : undefined;
}

/** The API's error message. */
function wordsOf(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly message?: string } };
    return error?.message;
  } catch {
    return undefined;
  }
}
