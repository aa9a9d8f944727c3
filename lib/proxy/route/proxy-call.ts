/**
 * What a client's request calls at a provider, before a key is chosen.
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
  /** The part after the provider's slug, as the client could have written it, without a leading slash. */
  readonly path: string;
  /** Upstream address without a key. */
  readonly url: string;
  readonly body: RequestBody;
  readonly isWebSocket: boolean;
  /** The key that this call should use if possible: it continues something begun with that key. */
  readonly preferredKeyId: string | null;
  /** If the request was converted to another API format: how to convert its response back. */
  readonly conversion?: Conversion;
  /** The client's headers that may be sent on, without a key; created again for each attempt. */
  headers(): Headers;
  placeKey(request: OutgoingRequest, key: string): void;
}

/**
 * Whether an error in a successful response is the provider's own. Something that is read back (a file, a response that
 * failed long ago) can contain anything, and so can the output of any user's model (fal).
 */
export function reportsErrors({
  method,
  provider,
}: Pick<ProxyCall, "method" | "provider">): boolean {
  return method !== "GET" && method !== "HEAD" && provider.usageFormat !== "none";
}
