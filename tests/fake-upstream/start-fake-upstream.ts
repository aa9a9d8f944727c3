/**
 * Cloudflare AI Gateway and the providers behind it, imitated on loopback: real paths, shapes and
 * error texts, no outside network. For tests, benchmarks and the demo.
 *
 * @example
 * const upstream = await startFakeUpstream({ keys: { "sk-fake-good": { kind: "ok" } } });
 * // AI_GATEWAY_URL=upstream.gatewayUrl
 * upstream.setKey("sk-fake-tired", { kind: "limited", requests: 3, windowMs: 60_000 });
 * await upstream.close();
 * @module
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { Duplex } from "node:stream";
import { handleRequest } from "./handle-request.ts";
import { handleUpgrade } from "./handle-upgrade.ts";
import { KeyBook } from "./key-book.ts";
import { GATEWAY_PATH } from "./target.ts";
import type { KeyBehaviour, LedgerEntry, RequestRecord } from "./types.ts";
import { UpstreamState } from "./upstream-state.ts";

/** The keys that it knows. */
export interface KnownKeys {
  /** Behavior by key text. */
  readonly keys?: Readonly<Record<string, KeyBehaviour>>;
  /** The behavior of an unlisted key, determined once per key. Default: the provider doesn't know it. */
  readonly unknownKey?: (key: string, provider: string) => KeyBehaviour;
}

export interface FakeUpstreamOptions extends KnownKeys {
  /** Default 0: any free port. */
  readonly port?: number;
  /** False for long runs: `requests` stays empty, `ledger` still counts. Default true. */
  readonly keepsRequests?: boolean;
  /** Gives each response its own `cf-aig-log-id`. Default false. */
  readonly namesAnswers?: boolean;
  /** `google`: upload URLs name Google's own host, as the real API's do. Default `own`: the fake's. */
  readonly uploadHost?: "own" | "google";
}

export interface FakeUpstream {
  /** Without a trailing slash. */
  readonly url: string;
  /** The value of `AI_GATEWAY_URL`; a provider's slug and path follow it. */
  readonly gatewayUrl: string;
  /** Every request seen, oldest first. */
  readonly requests: readonly RequestRecord[];
  /** Responses by key text. */
  readonly ledger: ReadonlyMap<string, LedgerEntry>;
  /** Gives a key a behavior, from its next request on. */
  setKey(key: string, behaviour: KeyBehaviour): void;
  /** Discards the requests seen; keys and their progress stay. */
  clear(): void;
  /** Discards the requests seen, and the behaviors of keys except these, which are initially those of the start. */
  forget(known?: KnownKeys): void;
  close(): Promise<void>;
}

const NO_KEY = () => ({ kind: "invalid" }) as const;

export async function startFakeUpstream(options: FakeUpstreamOptions = {}): Promise<FakeUpstream> {
  const server = createServer();
  // Longer than any pause of a keep-alive client, so that no connection is closed while in use.
  server.keepAliveTimeout = 300_000;
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No TCP address");
  const url = `http://127.0.0.1:${address.port}`;
  const gatewayUrl = `${url}${GATEWAY_PATH}`;
  const keys = new KeyBook(NO_KEY);
  let known: KnownKeys = options;
  const setKeys = () => {
    keys.clear(known.unknownKey ?? NO_KEY);
    for (const [key, behaviour] of Object.entries(known.keys ?? {})) keys.set(key, behaviour);
  };
  setKeys();
  const state = new UpstreamState({
    keys,
    gatewayUrl,
    googleUploadBase:
      options.uploadHost === "google"
        ? "https://generativelanguage.googleapis.com"
        : `${gatewayUrl}/google-ai-studio`,
    keepsRequests: options.keepsRequests ?? true,
    namesAnswers: options.namesAnswers ?? false,
  });

  server.on("request", (request, response) => {
    handleRequest(state, request, response).catch((error: unknown) => {
      process.stderr.write(`fake upstream: ${String(error)}\n`);
      response.destroy();
    });
  });
  const upgraded = new Set<Duplex>();
  server.on("upgrade", (request, socket, head) => {
    upgraded.add(socket);
    socket.on("close", () => upgraded.delete(socket));
    socket.on("error", () => socket.destroy());
    handleUpgrade(state, request, socket, head);
  });

  const clear = () => {
    state.requests.length = 0;
    state.ledger.clear();
  };

  return {
    url,
    gatewayUrl,
    requests: state.requests,
    ledger: state.ledger,
    setKey: (key, behaviour) => keys.set(key, behaviour),
    clear,
    forget(others = known) {
      clear();
      known = others;
      setKeys();
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
      await closed;
    },
  };
}
