/**
 * Where a WebSocket's session runs. Each frame is an event of JavaScript, and on the free plan a session in the Worker
 * has 10 ms of CPU for all of them. An object has 30 s again with each frame that comes in, so the handshake is handed
 * over to one, which answers it as the Worker would; the platform couples the client with it natively.
 *
 * The objects are of the portal's class, beside the portal's own, and share its daily allowance: only callers with a
 * token reach them. One has few seats, and is paid for as long as any session of it is open: so they are filled one
 * after the other, on each continent by itself, where frames have a short way.
 * @module
 */
import type { Env } from "../env";
import { handleProxyRequest, type ProxyInstance } from "../proxy/handle-request";
import { type ProxyPath, splitProxyPath } from "../proxy/request/proxy-path";
import { identifyCaller } from "../proxy/request/request-credential";
import { isWebSocket } from "../proxy/request/web-socket-handshake";
import { calledProvider } from "../proxy/route/known-provider";
import { isolateProxy } from "./isolate-proxy";
import { misconfigured } from "./misconfigured";
import type { PortalCalls } from "./object-calls";
import { platform } from "./platform";
import { jurisdictionOf } from "./portal-stub";
import type { SocketSeats } from "./socket-seats";

/** On each continent. What is more runs in the Worker. */
const MAX_OBJECTS = 8;

/** On an object's answer: it has no seat left. It goes no further than the Worker. */
const FULL_HEADER = "x-one-balance-full";

/** An object that was full is not asked again for so long: each question is one of the day's requests. */
const FULL_MS = 10_000;

/** Cloudflare's two letters. */
const CONTINENT = /^[A-Z]{2}$/;

/** Until when this isolate takes an object for full, by its name. Bounded by the number of continents. */
const fullUntilMs = new Map<string, number>();

/**
 * Answers a WebSocket's handshake in an object; null where it is the Worker's to answer.
 * @param url The request's, parsed.
 * @param here Has it answered in the Worker: where no object does, because the day's free allowance may be used up, and
 *   where the caller has no token.
 */
export function answerInObject(
  request: Request,
  url: URL,
  path: ProxyPath,
  env: Env,
  here: () => Promise<Response>,
): Promise<Response> | null {
  if (!isWebSocket(request) || env.PORTAL === undefined || env.WEBSOCKETS === "worker") return null;
  const { PORTAL } = env;
  return isOfCaller(request, url, path, env).then((isKnown) =>
    isKnown ? askObjects(request, PORTAL, env, here) : here(),
  );
}

/**
 * Answers in an object what the Worker handed over; null where it is no proxied handshake.
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

/** Whether a token came with it. Never rejects: what is wrong, the proxy says. */
async function isOfCaller(request: Request, url: URL, path: ProxyPath, env: Env): Promise<boolean> {
  try {
    const { ports } = await isolateProxy(env, platform.fetch);
    await ports.state.ready();
    await identifyCaller(request, url, calledProvider(path.segment, { ports }), ports);
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
