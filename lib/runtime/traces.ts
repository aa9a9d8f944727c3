/**
 * Where this isolate sends traces: the receiver that variables name, otherwise the one that the team set.
 * @module
 */

import { openSealed, type SealingSecrets } from "../crypto/seal";
import { steadyClock } from "../db/state/steady-clock";
import { TRACE_HEADERS_PLACE, type TraceSettings } from "../db/team/settings";
import { allowsPrivateUpstreams, type Env, sealingSecrets } from "../env";
import { baseUrlProblem } from "../http/base-url-problem";
import type { HeaderFields } from "../http/read-headers";
import type { TraceDeployment } from "../manage/settings/trace-settings";
import type { TraceSource } from "../proxy/ports";
import { parseHeaders, type TraceReceiver, tracesUrl } from "../traces/receiver";
import { type TraceContext, traceOf } from "../traces/trace-context";
import { TraceExporter, type TraceFigures } from "../traces/trace-exporter";
import type { RequestEvent } from "../usage/request-event";
import { platform } from "./platform";
import { sharedRecorder, sharedState } from "./shared-state";

/** Shared by the proxy and the portal in one isolate, as in `shared-state.ts`. */
const shared = globalThis as { oneBalanceTraces?: WeakMap<D1Database, IsolateTraces> };

export function sharedTraces(env: Env): IsolateTraces {
  shared.oneBalanceTraces ??= new WeakMap();
  let traces = shared.oneBalanceTraces.get(env.DB);
  if (traces === undefined) {
    traces = new IsolateTraces(env);
    shared.oneBalanceTraces.set(env.DB, traces);
  }
  return traces;
}

export class IsolateTraces implements TraceSource {
  readonly #settings: () => TraceSettings;
  readonly #isByVariable: boolean;
  readonly #exporter: TraceExporter;

  constructor(env: Env) {
    const state = sharedState(env);
    this.#settings = () => state.settings.traces;
    this.#isByVariable = receiverByVariables(env) !== null;
    const receivers = new Receivers(env);
    this.#exporter = new TraceExporter({
      receiver: () => receivers.now(this.#settings()),
      fetch: platform.fetch,
      nowMs: steadyClock(platform.nowMs),
      sleep: (ms) => new Promise((resolve) => platform.setTimer(resolve, ms)),
      costNanoUsd: ({ provider, model, usage, atMs, statedNanoUsd = null }) => {
        const book = sharedRecorder(env).loadedPrices;
        if (book === null || provider === null || usage === null) return statedNanoUsd;
        return book.costNanoUsd(provider, model, usage, atMs) ?? statedNanoUsd;
      },
    });
  }

  begin(headers: HeaderFields): TraceContext | null {
    return this.#isByVariable || this.#settings().endpoint !== ""
      ? traceOf(headers, randomHex)
      : null;
  }

  add(event: RequestEvent): void {
    if (event.trace?.isSampled === true) this.#exporter.add(event);
  }

  flush(): Promise<void> | null {
    return this.#exporter.flush();
  }

  get figures(): TraceFigures {
    return this.#exporter.figures;
  }
}

/** Decrypts the headers once for each change of the settings. */
class Receivers {
  readonly #byVariable: TraceReceiver | null;
  readonly #secrets: SealingSecrets | null;
  readonly #allowPrivate: boolean;
  #last: { readonly settings: TraceSettings; readonly receiver: TraceReceiver } | null = null;

  constructor(env: Env) {
    this.#byVariable = receiverByVariables(env);
    this.#secrets = sealingSecrets(env);
    this.#allowPrivate = allowsPrivateUpstreams(env);
  }

  async now(settings: TraceSettings): Promise<TraceReceiver | null> {
    if (this.#byVariable !== null) return this.#byVariable;
    // What may be named may have changed since it was saved.
    if (baseUrlProblem(settings.endpoint, this.#allowPrivate) !== null) return null;
    if (this.#last?.settings !== settings) {
      const receiver = await receiverOf(settings, this.#secrets);
      this.#last = { settings, receiver };
    }
    return this.#last.receiver;
  }
}

/** Null if the variables name no valid receiver. */
export function receiverByVariables(
  env: Pick<Env, "OTEL_EXPORTER_OTLP_ENDPOINT" | "OTEL_EXPORTER_OTLP_HEADERS">,
): TraceReceiver | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers } = env;
  if (!endpoint || !/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint)) return null;
  const parsed = parseHeaders(headers ?? "");
  return parsed === null ? null : { url: tracesUrl(endpoint), headers: parsed };
}

/** @throws {SealError} where the headers cannot be opened. */
export async function receiverOf(
  { endpoint, headers }: TraceSettings,
  secrets: SealingSecrets | null,
): Promise<TraceReceiver> {
  const url = tracesUrl(endpoint);
  if (headers === "") return { url, headers: {} };
  if (secrets === null) throw new Error("KEY_ENCRYPTION_SECRET is not set");
  const opened = await openSealed(headers, secrets, TRACE_HEADERS_PLACE);
  return { url, headers: parseHeaders(opened) ?? {} };
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function randomHex(digits: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(digits / 2));
  let text = "";
  for (const byte of bytes) text += HEX[byte] ?? "";
  return text;
}

/** What the verbs for trace settings need. */
export function traceDeployment(env: Env): TraceDeployment {
  return { byVariable: receiverByVariables(env), receiverOf, fetch: platform.fetch };
}
