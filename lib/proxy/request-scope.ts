import type { ProxyConfig } from "./config";
import type { ProxyPorts } from "./ports";

/** One request's surroundings, handed down its story. */
export interface RequestScope {
  readonly requestId: string;
  /** Aborts when the client leaves. */
  readonly clientSignal: AbortSignal;
  readonly config: ProxyConfig;
  readonly ports: ProxyPorts;
  /** Attempts made so far. */
  attempts: number;
}
