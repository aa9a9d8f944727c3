/**
 * The front Worker as deployed, with its store and the portal's object in another process.
 * @module
 */
import type { Env } from "../../lib/env";
import worker from "../../worker";
import { CONVERT_PATH, CRON_PATH, FACTS_HEADER, remoteD1 } from "./remote-d1";

interface FrontEnv extends Env {
  /** Of the process that has the database and the portal. */
  readonly STORE_URL: string;
}

let known: Env | undefined;

function envOf(env: FrontEnv): Env {
  known ??= { ...env, DB: remoteD1(env.STORE_URL), PORTAL: remoteObject(env.STORE_URL) };
  return known;
}

/** The object's stub, as far as it is called: it forwards everything by HTTP. */
function remoteObject(objectUrl: string): NonNullable<Env["PORTAL"]> {
  const stub = {
    fetch: (request: Request) => {
      const { pathname, search } = new URL(request.url);
      return fetch(new Request(objectUrl + pathname + search, request), { redirect: "manual" });
    },
    callUpkeep: async (call: unknown) => {
      const body = JSON.stringify(call);
      const response = await fetch(`${objectUrl}${CRON_PATH}`, { method: "POST", body });
      await response.arrayBuffer();
    },
    hasRoomForStream: async () => true,
    convertStream: async (facts: string, stream: ReadableStream) => {
      const headers = { [FACTS_HEADER]: encodeURIComponent(facts) };
      const sent = { method: "POST", headers, body: stream };
      const response = await fetch(`${objectUrl}${CONVERT_PATH}`, sent);
      if (response.body === null || !response.ok) throw new Error("not converted");
      return response.body;
    },
  };
  const namespace = { getByName: () => stub, jurisdiction: () => namespace };
  // Only these parts are used.
  return namespace as unknown as NonNullable<Env["PORTAL"]>;
}

export default {
  async fetch(request, env, context) {
    if (!request.url.endsWith(CRON_PATH)) return worker.fetch(request, envOf(env), context);
    await worker.scheduled({ cron: "", scheduledTime: 0, noRetry() {} }, envOf(env));
    return new Response(null, { status: 204 });
  },
} satisfies ExportedHandler<FrontEnv>;
