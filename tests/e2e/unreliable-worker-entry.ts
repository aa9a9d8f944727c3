/**
 * The Worker's entry around the built one (`product.js`, beside it): `POST` to `D1_MODE_PATH` sets what happens to its
 * D1.
 * @module
 */
import { type D1Mode, type UnreliableD1, unreliable } from "../workerd/unreliable-d1.ts";
import { D1_MODE_PATH } from "./d1-mode-path.ts";

interface Env {
  readonly DB: D1Database;
}

interface Product {
  readonly default: {
    fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response>;
  };
}

let known: { readonly connection: UnreliableD1; readonly env: Env } | undefined;

function wrapped(env: Env) {
  if (known === undefined) {
    const connection = unreliable(env.DB);
    known = { connection, env: { ...env, DB: connection.d1 } };
  }
  return known;
}

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const { connection, env: unreliableEnv } = wrapped(env);
    if (new URL(request.url).pathname === D1_MODE_PATH) {
      connection.mode = (await request.text()) as D1Mode;
      return new Response(null, { status: 204 });
    }
    // Named as a plain string, so that only the bundle resolves it.
    const { default: product }: Product = await import("./product.js" as string);
    return product.fetch(request, unreliableEnv, context);
  },
};
