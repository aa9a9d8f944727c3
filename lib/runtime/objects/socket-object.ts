/**
 * Where a WebSocket session runs. Each frame is a JavaScript event, and on the free plan a session in the Worker has 10
 * ms of CPU for all of them. An object gets 30 s again with each incoming frame, so the handshake is passed to one,
 * which responds as the Worker would; the platform couples the client with it natively.
 *
 * The objects are of the portal's class, next to the portal's own, and share its daily allowance: only callers with a
 * token reach them. One has few seats, and is billed as long as any of its sessions is open: so they are filled one
 * after the other, separately for each continent, to keep the distance of frames short.
 * @module
 */
import type { Env } from "../../env";
import { handleProxyRequest, type ProxyInstance } from "../../proxy/handle-request";
import type { KeepAlive } from "../../proxy/ports";
import { type ProxyPath, splitProxyPath } from "../../proxy/request/proxy-path";
import { identifyCaller } from "../../proxy/request/request-credential";
import { isWebSocket } from "../../proxy/request/web-socket-handshake";
import { calledProvider } from "../../proxy/route/known-provider";
import { isolateProxy } from "../isolate-proxy";
import { misconfigured } from "../misconfigured";
import type { PortalCalls } from "../object-calls";
import { platform } from "../platform";
import { jurisdictionOf } from "../portal-stub";
import type { SocketSeats } from "./socket-seats";

/** Per continent. Further sessions run in the Worker. */
const MAX_OBJECTS = 8;

/** On an object's response: it has no seat left. Removed by the Worker. */
const FULL_HEADER = "x-one-balance-full";

/** How long a full object isn't called again, because each call is one of the day's requests. */
const FULL_MS = 10_000;

/** Cloudflare's two letters. */
const CONTINENT = /^[A-Z]{2}$/;

/** Until when this isolate considers an object full, by its name. Bounded by the number of continents. */
const fullUntilMs = new Map<string, number>();

/**
 * Responds to a WebSocket handshake in an object; null if the Worker should do it.
 * @param host Keeps a read of the store alive if this client leaves: other requests wait for it too.
 * @param here Handles it in the Worker: if no object does, because the day's free allowance may be used up, and if the
 * caller has no token.
 */
export function answerInObject(
  request: Request,
  env: Env,
  host: Pick<ExecutionContext, "waitUntil">,
  here: () => Promise<Response>,
): Promise<Response> | null {
  if (!isWebSocket(request) || env.PORTAL === undefined || env.WEBSOCKETS === "worker") return null;
  const { PORTAL } = env;
  return isOfCaller(request, env, (work) => host.waitUntil(work)).then((isKnown) =>
    isKnown ? askObjects(request, PORTAL, env, here) : here(),
  );
}

/**
 * Responds in an object to what the Worker passed on; null if it isn't a proxied handshake.
 * @param seats The object's.
 */
export function answerHandshake(
  request: Request,
  env: Env,
  host: Pick<ExecutionContext, "waitUntil">,
  seats: SocketSeats,
): Promise<Response> | null {
  if (!isWebSocket(request)) return null;
  const url = new URL(request.url);
  const path = splitProxyPath(url.pathname);
  if (path === null) return null;
  if (!seats.isFull) return handshake(request, url, path, env, host, seats);
  return Promise.resolve(new Response(null, { status: 503, headers: { [FULL_HEADER]: "1" } }));
}

/** Whether it has a valid token. Never rejects: the proxy reports what is wrong. */
async function isOfCaller(request: Request, env: Env, keep: KeepAlive): Promise<boolean> {
  const url = new URL(request.url);
  const segment = splitProxyPath(url.pathname)?.segment ?? "";
  try {
    const { ports } = await isolateProxy(env, platform.fetch);
    await ports.state.ready(keep);
    await identifyCaller(request, url, calledProvider(segment, { ports }), ports, keep);
    return true;
  } catch {
    return false;
  }
}

async function askObjects(
  request: Request,
  namespace: DurableObjectNamespace<PortalCalls>,
  env: Env,
  here: () => Promise<Response>,
): Promise<Response> {
  const jurisdiction = jurisdictionOf(env);
  const own = jurisdiction === undefined ? namespace : namespace.jurisdiction(jurisdiction);
  try {
    for (const name of namesNear(request)) {
      if (platform.nowMs() < (fullUntilMs.get(name) ?? 0)) continue;
      const answer = await own.getByName(name).fetch(request);
      if (!answer.headers.has(FULL_HEADER)) return answer;
      fullUntilMs.set(name, platform.nowMs() + FULL_MS);
    }
  } catch (error) {
    console.error("sockets: their object does not answer, the Worker does:", error);
  }
  return here();
}

/** The objects' names on the caller's continent, in the order in which they are filled. */
function namesNear(request: Request): string[] {
  const { continent = "" } = (request.cf ?? {}) as { readonly continent?: string };
  const place = CONTINENT.test(continent) ? ` ${continent}` : "";
  return Array.from({ length: MAX_OBJECTS }, (_, index) => `sockets${place} ${index}`);
}

async function handshake(
  request: Request,
  url: URL,
  path: ProxyPath,
  env: Env,
  host: Pick<ExecutionContext, "waitUntil">,
  seats: SocketSeats,
): Promise<Response> {
  const leave = seats.take();
  try {
    const proxy = seated(await isolateProxy(env, platform.fetch), seats);
    return await handleProxyRequest(request, url, path, proxy, (work) => host.waitUntil(work));
  } catch (error) {
    return misconfigured(error);
  } finally {
    leave();
  }
}

/** The proxy, with sessions that take a seat while they are open. */
function seated(proxy: ProxyInstance, seats: SocketSeats): ProxyInstance {
  const sessions = { opened: () => seats.take() };
  return { ...proxy, ports: { ...proxy.ports, sessions } };
}
