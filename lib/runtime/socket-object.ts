/**
 * Where a WebSocket's session runs. Each frame is an event of JavaScript, and on the free plan a session in the Worker
 * has 10 ms of CPU for all of them. An object has 30 s again with each frame that comes in, so the handshake is handed
 * over to one, which answers it as the Worker would; the platform couples the client with it natively.
 *
 * The objects are of the portal's class, beside the portal's own. One has few seats, and is paid for as long as any
 * session of it is open: so they are filled one after the other, on each continent by itself, where frames have a
 * short way.
 * @module
 */
import type { Env } from "../env";
import { handleProxyRequest, type ProxyInstance } from "../proxy/handle-request";
import { type ProxyPath, splitProxyPath } from "../proxy/request/proxy-path";
import { isWebSocket } from "../proxy/request/web-socket-handshake";
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

/** Cloudflare's two letters. */
const CONTINENT = /^[A-Z]{2}$/;

/**
 * Answers a WebSocket's handshake in an object; null where it is the Worker's to answer.
 * @param here Has it answered in the Worker, where no object does: the day's free allowance may be used up.
 */
export function answerInObject(
  request: Request,
  env: Env,
  here: () => Promise<Response>,
): Promise<Response> | null {
  if (!isWebSocket(request) || env.PORTAL === undefined || env.WEBSOCKETS === "worker") return null;
  return askObjects(request, env.PORTAL, env, here);
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

async function askObjects(
  request: Request,
  namespace: DurableObjectNamespace<PortalCalls>,
  env: Env,
  here: () => Promise<Response>,
): Promise<Response> {
  const jurisdiction = jurisdictionOf(env);
  const own = jurisdiction === undefined ? namespace : namespace.jurisdiction(jurisdiction);
  const { continent = "" } = (request.cf ?? {}) as { readonly continent?: string };
  const place = CONTINENT.test(continent) ? ` ${continent}` : "";
  try {
    for (let index = 0; index < MAX_OBJECTS; index += 1) {
      const answer = await own.getByName(`sockets${place} ${index}`).fetch(request);
      if (!answer.headers.has(FULL_HEADER)) return answer;
    }
  } catch (error) {
    console.error("sockets: their object does not answer, the Worker does:", error);
  }
  return here();
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
