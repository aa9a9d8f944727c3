/**
 * Checks a key by the provider's free call: a witness that needs no client's request.
 * @module
 */

import type { ByteStream } from "../../http/byte-stream";
import { judgeAnswer } from "../../providers/answers/judge-answer";
import { checkRequest } from "../../providers/check-request";
import type { Verdict } from "../../providers/types";
import { readHead } from "../answer/stream-head";
import type { RequestScope } from "../request-scope";
import type { ProxyCall } from "../route/proxy-call";

/** This much of the response is classified. */
const JUDGED_BYTES = 64 * 1024;

export interface KeyCheckAnswer {
  readonly verdict: Verdict;
  readonly status: number;
}

/**
 * The verdict on the key alone, whatever the request was; null if the provider has no such call, or didn't respond.
 * Never rejects.
 */
export async function checkKey(
  { provider }: ProxyCall,
  keyText: string,
  { config, ports, request }: RequestScope,
): Promise<KeyCheckAnswer | null> {
  if (provider.keyCheck === null) return null;
  try {
    const { url, init } = checkRequest(provider, provider.keyCheck, keyText, {
      gatewayUrl: config.gatewayUrl,
      gatewayToken: config.gatewayToken,
      goesDirect: (slug) => ports.state.goesDirect(slug),
    });
    const { status, headers, body } = await ports.fetch(url, init, request);
    const text = body === null ? "" : await beginningOf(body);
    return {
      verdict: judgeAnswer({ provider, status, headers, text, nowMs: ports.nowMs() }),
      status,
    };
  } catch {
    return null;
  }
}

async function beginningOf(body: ByteStream): Promise<string> {
  const { head, rest } = await readHead(body, JUDGED_BYTES);
  await rest?.cancel();
  return new TextDecoder().decode(head);
}
