import type { HeaderFields } from "../http/read-headers";
import type { KeySource } from "../pool/sections/joined-keys";
import type { RequestMeter } from "./account/request-meter";
import type { ProxyConfig } from "./config";
import type { AccessToken, KeepAlive, ModelCatalog, ProxyPorts } from "./ports";

/** What one request needs besides its own data: ports, settings and state, passed to every step. */
export interface RequestScope {
  readonly requestId: string;
  /** The client's request. Read its `signal` only after a failure: in workerd it is expensive. */
  readonly request: Request;
  /** Its headers. */
  readonly headers: HeaderFields;
  readonly config: ProxyConfig;
  readonly ports: ProxyPorts;
  readonly catalog: ModelCatalog;
  /** The caller's token as text, which must not be sent upstream; empty if no one outside calls. */
  credential: string;
  /** The caller; absent if it is One Balance itself. */
  caller?: AccessToken;
  /** Attempts so far. */
  attempts: number;
  /** Those that weren't cheap rejections; absent for none. */
  costly?: number;
  /** The most attempts in total; absent for the general limit. */
  readonly maxSends?: number;
  readonly meter: RequestMeter;
  /** Absent if the caller itself keeps started work alive. */
  readonly keep?: KeepAlive;
  /** When it began to wait, if for its budget or at another target: it has one wait in total. Epoch milliseconds. */
  askingSinceMs?: number;
}

/**
 * The keys of a provider that may serve a request: those of its caller's group, or the common ones. All of them for
 * requests of One Balance itself.
 */
export function poolFor(
  provider: string,
  { caller, ports: { state } }: Pick<RequestScope, "caller" | "ports">,
): KeySource {
  return caller === undefined ? state.everyKey(provider) : state.pool(provider, caller.group);
}
