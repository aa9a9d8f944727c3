/**
 * The admin API as tests use it. Responses other than 2xx throw.
 * @module
 */

export interface NewKey {
  readonly key: string;
  readonly remark?: string;
  readonly weight?: number;
  readonly priority?: number;
  readonly quotaDomain?: string;
  readonly models?: readonly string[];
  readonly limits?: readonly object[];
  readonly groups?: readonly string[];
}

export interface AddedKeys {
  readonly added: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly reason: string }[];
}

export interface ListedKey {
  readonly id: string;
  readonly provider: string;
  readonly masked: string;
  readonly status: "active" | "blocked" | "disabled";
  readonly cooldowns: readonly {
    readonly model: string;
    readonly untilMs: number;
    readonly reason: string;
  }[];
  readonly reason: string | null;
  readonly remark: string | null;
  readonly weight: number;
  readonly priority: number;
  readonly quotaDomain: string | null;
  readonly models: readonly string[] | null;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export interface NewToken {
  readonly name: string;
  readonly providers?: readonly string[];
  readonly models?: readonly string[];
  readonly expiresAt?: number | string;
  readonly rpm?: number;
  readonly concurrentRequests?: number;
  readonly dailyRequests?: number;
  readonly dailyTokens?: number;
  readonly dailyCostUsd?: number;
  readonly monthlyCostUsd?: number;
  readonly weight?: number;
  readonly priorityClass?: "interactive" | "batch";
  readonly maxWaitSeconds?: number;
  readonly group?: string;
}

export class AdminApi {
  readonly #baseUrl: () => string;
  readonly #token: string;

  constructor(baseUrl: () => string, token: string) {
    this.#baseUrl = baseUrl;
    this.#token = token;
  }

  addKeys(provider: string, keys: readonly (string | NewKey)[]): Promise<AddedKeys> {
    return this.call("POST", "provider-keys", { provider, keys });
  }

  /** One page; `query` as in the contract (`provider=openai&status=blocked`). */
  listPage(query: string): Promise<Page<ListedKey>> {
    return this.call("GET", `provider-keys?${query}`);
  }

  /** All pages. */
  async listKeys(query = ""): Promise<ListedKey[]> {
    const keys: ListedKey[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: Page<ListedKey> = await this.listPage(
        `${query}&limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      keys.push(...page.items);
      cursor = page.nextCursor;
    }
    return keys;
  }

  createToken(token: NewToken): Promise<{ readonly id: string; readonly token: string }> {
    return this.call("POST", "access-tokens", token);
  }

  /** `path` below `/api/admin/`. The JSON of the response; null if it is empty. */
  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await this.request(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text || "null");
  }

  request(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.#baseUrl()}/api/admin/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }
}
