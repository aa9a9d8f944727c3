/**
 * The process that has the database and the portal: the built product, which does the portal's work itself, with an
 * endpoint for the front Worker's statements.
 * @module
 */
import { StreamSeats } from "../../lib/runtime/objects/stream-object.ts";
import { answerStoreCall, CONVERT_PATH, CRON_PATH, FACTS_HEADER, STORE_PATH } from "./remote-d1.ts";

const seats = new StreamSeats();

interface StoreEnv {
  readonly DB: D1Database;
}

interface Product {
  readonly default: {
    fetch(request: Request, env: StoreEnv, context: ExecutionContext): Promise<Response>;
  };
}

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === STORE_PATH) return answerStoreCall(request, env.DB);
    if (pathname === CONVERT_PATH && request.body !== null) {
      const facts = decodeURIComponent(request.headers.get(FACTS_HEADER) ?? "");
      const keep = (work: Promise<unknown>) => context.waitUntil(work);
      return new Response(seats.convert(facts, request.body, keep));
    }
    if (pathname === CRON_PATH) return new Response(null, { status: 204 });
    // Named as a plain string, so that only the bundle resolves it.
    const { default: product }: Product = await import("./product.js" as string);
    return product.fetch(request, env, context);
  },
} satisfies ExportedHandler<StoreEnv>;
