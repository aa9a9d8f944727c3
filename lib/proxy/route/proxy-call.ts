/**
 * What a client's request asks of a provider, before a key is chosen.
 * @module
 */
import type { Conversion } from "../../conversion/conversion";
import type { OutgoingRequest, Provider, Route } from "../../providers/types";
import type { RequestBody } from "../request/request-body";

export interface ProxyCall {
  readonly provider: Provider;
  readonly route: Route;
  /** Null for calls that name none (model lists, files). */
  readonly model: string | null;
  readonly method: string;
  /** Below the provider's slug, as the client could have written it, without a leading slash. */
  readonly path: string;
  /** Upstream address without a key. */
  readonly url: string;
  readonly body: RequestBody;
  readonly isWebSocket: boolean;
  /** The key this call must use if it can: it continues something begun with that key. */
  readonly preferredKeyId: string | null;
  /** Where the request was said in another form than the client's: the way back for its answer. */
  readonly conversion?: Conversion;
  /** The client's headers that may travel on, without a key; made again for each attempt. */
  headers(): Headers;
  placeKey(request: OutgoingRequest, key: string): void;
}

/**
 * Whether an error in a good answer is the provider's own word. What is read back (a file, a response that failed long
 * ago) may say anything, and so may what anybody's model made (fal).
 */
export function tellsErrors({ method, provider }: Pick<ProxyCall, "method" | "provider">): boolean {
  return method !== "GET" && method !== "HEAD" && provider.usageFormat !== "none";
}
