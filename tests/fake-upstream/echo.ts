/** The response of a provider without its own imitation: the request, as it arrived. @module */
import { createHash } from "node:crypto";
import { sendJson } from "./reply.ts";
import type { Exchange } from "./types.ts";

export function answerEcho(exchange: Exchange): void {
  sendJson(exchange, {
    method: exchange.method,
    path: exchange.path,
    query: exchange.query.toString(),
    headers: exchange.headers,
    bodyBytes: exchange.body.length,
    bodySha256: createHash("sha256").update(exchange.body).digest("hex"),
  });
}
