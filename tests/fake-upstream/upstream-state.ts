/**
 * What one fake upstream knows and has seen.
 * @module
 */
import type { IncomingMessage } from "node:http";
import { FileStore } from "./file-store.ts";
import { findKey } from "./find-key.ts";
import type { KeyBook } from "./key-book.ts";
import type { Target } from "./target.ts";
import type { LedgerEntry, RequestRecord } from "./types.ts";

export class UpstreamState {
  readonly requests: RequestRecord[] = [];
  readonly ledger = new Map<string, LedgerEntry>();
  readonly files = new FileStore();
  readonly keys: KeyBook;
  readonly gatewayUrl: string;
  readonly googleUploadBase: string;
  readonly #keepsRequests: boolean;
  readonly #namesAnswers: boolean;
  #answers = 0;

  constructor(parts: {
    keys: KeyBook;
    gatewayUrl: string;
    googleUploadBase: string;
    keepsRequests: boolean;
    namesAnswers: boolean;
  }) {
    this.keys = parts.keys;
    this.gatewayUrl = parts.gatewayUrl;
    this.googleUploadBase = parts.googleUploadBase;
    this.#keepsRequests = parts.keepsRequests;
    this.#namesAnswers = parts.namesAnswers;
  }

  /** Starts the record of a request whose headers have arrived. */
  open(request: IncomingMessage, target: Target, isWebSocket: boolean): RequestRecord {
    const found = findKey(target.slug, request.headers, target.query);
    const record: RequestRecord = {
      atMs: Date.now(),
      slug: target.slug,
      method: request.method ?? "GET",
      path: target.path,
      query: target.search,
      headers: request.headers,
      key: found.text,
      keyFrom: found.from,
      isWebSocket,
      model: "",
      bodyBytes: 0,
      bodySha256: "",
      status: 0,
      usage: null,
      logId: this.#namesAnswers ? `log-${++this.#answers}` : "",
      abortedAtMs: null,
    };
    if (this.#keepsRequests) this.requests.push(record);
    return record;
  }

  /** Counts an answered request in its key's ledger. */
  note(record: RequestRecord): void {
    const entry = this.ledger.get(record.key) ?? { requests: 0, statuses: {} };
    entry.requests++;
    entry.statuses[record.status] = (entry.statuses[record.status] ?? 0) + 1;
    this.ledger.set(record.key, entry);
  }
}
