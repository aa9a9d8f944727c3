/**
 * The Worker's entry on a D1 whose connection is as slow, or as broken, as a `POST` to `D1_MODE_PATH` says.
 * @module
 */
import type { Env } from "../../lib/env.ts";
import worker from "../../worker.ts";
import { type D1Mode, type UnreliableD1, unreliable } from "../workerd/unreliable-d1.ts";
import { D1_MODE_PATH } from "./d1-mode-path.ts";

let known: { readonly connection: UnreliableD1; readonly env: Env } | undefined;

function wrapped(env: Env) {
  if (known === undefined) {
    const connection = unreliable(env.DB);
    known = { connection, env: { ...env, DB: connection.d1 } };
  }
  return known;
}

export default {
  async fetch(request, env, context) {
    const { connection, env: unreliableEnv } = wrapped(env);
    if (new URL(request.url).pathname !== D1_MODE_PATH) {
      return worker.fetch(request, unreliableEnv, context);
    }
    connection.mode = (await request.text()) as D1Mode;
    return new Response(null, { status: 204 });
  },
} satisfies ExportedHandler<Env>;
