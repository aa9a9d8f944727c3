/**
 * The portal's entry: pages, actions, sign-in and the admin API, everything that Next serves. It is bundled separately
 * from `worker.ts`, so that an isolate that only proxies never compiles Next; `lib/runtime/run-portal.ts` imports it at
 * the first request that needs it.
 * @module
 */
import openNext from "#open-next";
import type { Env } from "./lib/env";
import { newNonce, securePage, withNonce, withoutSniffing } from "./lib/http/page-security";
import { expectBody, withLeftBody } from "./lib/runtime/left-body";
import { nextRequest } from "./lib/runtime/next-request";
import type { PortalModule } from "./lib/runtime/run-portal";

export const answerPortal: PortalModule["answerPortal"] = async (request, env: Env, host) => {
  const url = new URL(request.url);
  const asked = nextRequest(request, url);
  // One for each request, even if many share their host: the route stores its body in it.
  const context = {
    waitUntil: (work: Promise<unknown>) => host.waitUntil(work),
    passThroughOnException: () => {},
  };
  expectBody(context);
  if (url.pathname.startsWith("/api/")) {
    return withoutSniffing(withLeftBody(await openNext.fetch(asked, env, context), context));
  }
  const nonce = newNonce();
  const page = await openNext.fetch(withNonce(asked, nonce), env, context);
  return securePage(withLeftBody(page, context), nonce, url.protocol === "https:");
};
