/**
 * The Worker's entry around the built one (`product.js`, beside it), whose binding of the portal's object is a fake:
 * `POST` to `OBJECT_MODE_PATH` sets what happens to requests to it. The errors are those of the platform:
 * https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
 */
import { OBJECT_MODE_PATH, type ObjectMode } from "./object-mode.ts";

interface Product {
  readonly default: {
    fetch(request: Request, env: object, context: ExecutionContext): Promise<Response>;
  };
}

const ERRORS: Readonly<Record<Exclude<ObjectMode, "none">, () => Error>> = {
  stopped: () =>
    Object.assign(new Error("Network connection lost."), { retryable: true, remote: false }),
  overloaded: () =>
    Object.assign(new Error("Durable Object is overloaded. Too many requests queued."), {
      overloaded: true,
    }),
  "over-requests": () =>
    new Error("Exceeded allowed volume of requests in Durable Objects free tier."),
  "over-duration": () => new Error("Exceeded allowed duration in Durable Objects free tier."),
  faulty: () => Object.assign(new Error("undefined is not a function"), { remote: true }),
};

let mode: ObjectMode = "none";

const double = {
  getByName: () => ({
    fetch: () =>
      mode === "none" ? Promise.resolve(new Response()) : Promise.reject(ERRORS[mode]()),
  }),
};

const envs = new WeakMap<object, object>();

/** The environment with the fake; the same for each request, like the platform's. */
function withDouble(env: object): object {
  const known = envs.get(env) ?? { ...env, PORTAL: double };
  envs.set(env, known);
  return known;
}

export default {
  async fetch(request: Request, env: object, context: ExecutionContext): Promise<Response> {
    if (new URL(request.url).pathname === OBJECT_MODE_PATH) {
      mode = (await request.text()) as ObjectMode;
      return new Response(null, { status: 204 });
    }
    // Named as a plain string, so that only the bundle resolves it.
    const { default: product }: Product = await import("./product.js" as string);
    return product.fetch(request, mode === "none" ? env : withDouble(env), context);
  },
};
