import type { RequestMeter } from "./account/request-meter";
import type { ProxyConfig } from "./config";
import type { AccessToken, KeepAlive, ModelCatalog, ProxyPorts } from "./ports";

/** What one request needs besides its own data: ports, settings and state, passed to every step. */
export interface RequestScope {
  readonly requestId: string;
  /** The client's. Its `signal` is asked for only where something went wrong: in workerd it has its price. */
  readonly request: Request;
  readonly config: ProxyConfig;
  readonly ports: ProxyPorts;
  readonly catalog: ModelCatalog;
  /** The text of the caller's token, which must not go upstream; empty where nobody calls from outside. */
  credential: string;
  /** Who calls; absent where One Balance itself does. */
  caller?: AccessToken;
  /** Attempts made so far. */
  attempts: number;
  /** Those of them that were no cheap refusals; absent for none. */
  costly?: number;
  /** So many attempts may be made in all; absent for what holds for everybody. */
  readonly maxSends?: number;
  readonly meter: RequestMeter;
  /** Absent where what is begun is kept alive by the caller. */
  readonly keep?: KeepAlive;
  /** When it began to wait, where that was for its budget or at another target: it waits once for all. Epoch milliseconds. */
  askingSinceMs?: number;
}
