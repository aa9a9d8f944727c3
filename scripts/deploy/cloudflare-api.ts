/**
 * Cloudflare's REST API, for what wrangler has no command for. Called with wrangler's own login.
 * @module
 */
import { ExpectedError } from "../expected-error.ts";
import { adviceFor } from "./advice.ts";
import type { Journal } from "./journal.ts";
import type { Wrangler } from "./wrangler.ts";

/** What `wrangler auth token --json` prints. */
type Credential =
  | { readonly type: "api_token" | "oauth"; readonly token: string }
  | { readonly type: "api_key"; readonly key: string; readonly email: string };

/** A response of the API that isn't a success. */
export class CloudflareApiError extends ExpectedError {
  readonly status: number;

  constructor(call: string, status: number, words: string) {
    super(`${call} failed with ${status}: ${words}`);
    this.status = status;
  }

  /** Whether the login lacks the permission. */
  get isForbidden(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

export class CloudflareApi {
  readonly #wrangler: Wrangler;
  readonly #journal: Journal;
  #headers: Promise<Readonly<Record<string, string>>> | undefined;

  constructor(wrangler: Wrangler, journal: Journal) {
    this.#wrangler = wrangler;
    this.#journal = journal;
  }

  /** @param path Below `/client/v4`. @returns `result`; null if it doesn't exist. */
  async get<Result>(path: string): Promise<Result | null> {
    this.#journal.call(`GET ${path}`);
    return this.request<Result>("GET", path);
  }

  async post(path: string, body: unknown): Promise<void> {
    const isToRun = this.#journal.change(`POST ${path} ${JSON.stringify(body)}`);
    if (isToRun) await this.request("POST", path, body);
  }

  /** A call that isn't in the journal. @returns `result`; null for a GET of something that doesn't exist. */
  async request<Result>(method: string, path: string, body?: unknown): Promise<Result | null> {
    const base = process.env.CLOUDFLARE_API_BASE_URL || "https://api.cloudflare.com/client/v4";
    this.#headers ??= this.#logIn();
    let response: Response;
    try {
      response = await fetch(`${base}${path}`, {
        method,
        headers: { ...(await this.#headers), "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      if (error instanceof ExpectedError) throw error;
      throw new ExpectedError(`${method} ${path}: ${String(error)}${adviceFor("fetch failed")}`);
    }
    if (method === "GET" && response.status === 404) return null;
    const text = await response.text();
    if (!response.ok) {
      throw new CloudflareApiError(`${method} ${path}`, response.status, wordsOf(text));
    }
    const answer: { result: Result } = JSON.parse(text);
    return answer.result;
  }

  async #logIn(): Promise<Readonly<Record<string, string>>> {
    const credential = await this.#wrangler.readJson<Credential>(["auth", "token", "--json"]);
    return credential.type === "api_key"
      ? { "x-auth-key": credential.key, "x-auth-email": credential.email }
      : { authorization: `Bearer ${credential.token}` };
  }
}

/** Cloudflare's error messages, without the rest of the body. */
function wordsOf(text: string): string {
  try {
    const { errors }: { errors: readonly { code: number; message: string }[] } = JSON.parse(text);
    return errors.map(({ code, message }) => `${message} (code ${code})`).join("; ");
  } catch {
    return text.slice(0, 200);
  }
}
