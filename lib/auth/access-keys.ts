/**
 * The keys with which a Cloudflare Access team signs, as this isolate knows them. Access rotates them every six weeks
 * and goes on accepting the previous one for a week.
 * @see https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/validating-json/
 * @module
 */
import { SharedRead } from "../db/state/shared-read";
import { textUpTo } from "../http/text-up-to";

/** After this time keys are read again, so that one that was withdrawn ends. */
const FRESH_MS = 3_600_000;
/** An unknown key is no reason to read more often: anyone can invent one. */
const GAP_MS = 30_000;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 64 * 1024;
const MAX_KEYS = 10;
/** A read that takes longer than its timeout allows. */
const LOST_MS = TIMEOUT_MS + 1_000;

export const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

export class AccessKeys {
  readonly #url: string;
  readonly #fetch: typeof fetch;
  #keys: ReadonlyMap<string, CryptoKey> = new Map();
  /** When they were read last, and when that was tried last. */
  #readMs = Number.NEGATIVE_INFINITY;
  #triedMs = Number.NEGATIVE_INFINITY;
  /** The read that is under way: there is one at a time, for which all requests wait that need it. */
  #reading: SharedRead | null = null;

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
    if (known !== undefined && nowMs - this.#readMs < FRESH_MS) return known;
    const reading = this.#reading;
    // The request that started it may have ended with its client: the read is lost then.
    if (reading !== null && nowMs - reading.sinceMs < LOST_MS) {
      await reading.endsWithin(TIMEOUT_MS);
    } else if (nowMs - this.#triedMs >= GAP_MS) {
      const read = new SharedRead(nowMs, () => this.#refresh(nowMs));
      this.#reading = read;
      await read.done;
      if (this.#reading === read) this.#reading = null;
    }
    return this.#keys.get(id);
  }

  async #refresh(nowMs: number): Promise<void> {
    try {
      this.#keys = await this.#read();
      this.#readMs = nowMs;
    } catch (error) {
      console.error("sign-in: Cloudflare Access's keys can't be read:", String(error));
    } finally {
      this.#triedMs = nowMs;
    }
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

/** Null for a key of another kind, and for one that is damaged: the others count nevertheless. */
async function importKey(jwk: unknown): Promise<readonly [id: string, key: CryptoKey] | null> {
  const { kid, kty, n, e } = Object(jwk) as Readonly<Record<string, unknown>>;
  if (typeof kid !== "string" || kty !== "RSA") return null;
  if (typeof n !== "string" || typeof e !== "string") return null;
  try {
    return [kid, await crypto.subtle.importKey("jwk", { kty, n, e }, ALGORITHM, false, ["verify"])];
  } catch {
    return null;
  }
}
