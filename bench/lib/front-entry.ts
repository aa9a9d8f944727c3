/**
 * The front Worker as it is deployed, with its store, and the portal's object where there is one, in another process.
 * @module
 */
import type { Env } from "../../lib/env";
import worker from "../../worker";
import { remoteD1 } from "./remote-d1";

interface FrontEnv extends Env {
  /** Of the process that has the database. */
  readonly STORE_URL: string;
}

let known: Env | undefined;

function envOf(env: FrontEnv): Env {
  known ??= { ...env, DB: remoteD1(env.STORE_URL) };
  return known;
}

export default {
  fetch: (request, env, context) => worker.fetch(request, envOf(env), context),
  scheduled: (event, env) => worker.scheduled(event, envOf(env)),
} satisfies ExportedHandler<FrontEnv>;
