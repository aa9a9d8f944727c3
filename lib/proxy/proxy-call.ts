/**
 * What a client's request asks of a provider, before a key is chosen.
 * @module
 */
import type { OutgoingRequest, Provider, Route } from "../providers/types";
import type { RequestBody } from "./request-body";

export interface ProxyCall {
  readonly provider: Provider;
  readonly route: Route;
  /** Null for calls that name none (model lists, files). */
  readonly model: string | null;
  readonly method: string;
  /** Upstream address without a key. */
  readonly url: string;
  /** The client's headers that may travel on, without a key. */
  readonly headers: Headers;
  readonly body: RequestBody;
  readonly isWebSocket: boolean;
  /** The key this call must use if it can: it continues something begun with that key. */
  readonly preferredKeyId: string | null;
  placeKey(request: OutgoingRequest, key: string): void;
}
