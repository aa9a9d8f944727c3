/**
 * The keys with which a Cloudflare Access team signs, as this isolate knows them. Access rotates them every six weeks
 * and goes on accepting the previous one for a week.
 * @see https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/validating-json/
 * @module
 */
import { textUpTo } from "../http/text-up-to";

/** After this time keys are read again, so that one that was withdrawn ends. */
const FRESH_MS = 3_600_000;
/** An unknown key is no reason to read more often: anyone can invent one. */
const GAP_MS = 30_000;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 64 * 1024;
const MAX_KEYS = 10;
/** The most reads at the same time. */
const MAX_READS = 4;

export const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

export class AccessKeys {
  readonly #url: string;
  readonly #fetch: typeof fetch;
  #keys: ReadonlyMap<string, CryptoKey> = new Map();
  /** When they were read last, and when that was tried last. */
  #readMs = Number.NEGATIVE_INFINITY;
  #triedMs = Number.NEGATIVE_INFINITY;
  #reads = 0;

  /** @param issuer The team's address, without a slash at the end. */
  constructor(issuer: string, fetcher: typeof fetch) {
    this.#url = `${issuer}/cdn-cgi/access/certs`;
    this.#fetch = fetcher;
  }

  /**
   * The key with this id; undefined if the team has none. While the team's keys can't be read, known ones stay in use.
   */
  async find(id: string, nowMs: number): Promise<CryptoKey | undefined> {
    const known = this.#keys.get(id);
    const isFresh = nowMs - this.#readMs < FRESH_MS;
    if (known !== undefined && isFresh) return known;
    const mayRead = nowMs - this.#triedMs >= GAP_MS && this.#reads < MAX_READS;
    if (!mayRead) return known;
    this.#reads += 1;
    try {
      this.#keys = await this.#read();
      this.#readMs = nowMs;
    } catch (error) {
      console.error("sign-in: Cloudflare Access's keys can't be read:", String(error));
    } finally {
      this.#reads -= 1;
      this.#triedMs = nowMs;
    }
    return this.#keys.get(id);
  }

  async #read(): Promise<ReadonlyMap<string, CryptoKey>> {
    const fetchCerts = this.#fetch;
    const response = await fetchCerts(this.#url, {
      // One that is sent elsewhere is no answer: workerd has no `error` for it.
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await textUpTo(response, MAX_BYTES);
    if (!response.ok) throw new Error(`${this.#url} answers ${response.status}`);
    const { keys } = JSON.parse(text) as { readonly keys?: unknown };
    if (!Array.isArray(keys)) throw new Error(`${this.#url} has no keys`);
    const read = await Promise.all(keys.slice(0, MAX_KEYS).map(importKey));
    return new Map(read.filter((key) => key !== null));
  }
}

/** Null for a key of another kind. */
async function importKey(jwk: unknown): Promise<readonly [id: string, key: CryptoKey] | null> {
  const { kid, kty, n, e } = Object(jwk) as Readonly<Record<string, unknown>>;
  if (typeof kid !== "string" || kty !== "RSA") return null;
  if (typeof n !== "string" || typeof e !== "string") return null;
  const key = await crypto.subtle.importKey("jwk", { kty, n, e }, ALGORITHM, false, ["verify"]);
  return [kid, key];
}
