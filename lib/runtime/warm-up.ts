/**
 * Sends a request through the proxy while the isolate starts. V8 compiles a function when it is first called, and
 * compiling everything a request calls takes many times the CPU of a request: the first one would exceed the free
 * plan's 10 ms, but startup has its own allowance.
 *
 * Nothing of it leaves the isolate or stays in it: database, upstream, clock and token are simulated. While an isolate
 * starts there are no timers, no network and no random numbers, so nothing that needs them is called.
 * @module
 */

import { openDatabase } from "../db/open-database";
import { createIsolateState } from "../db/state/isolate-state";
import { D1ModelCatalog } from "../db/state/model-lists";
import { D1TokenBudgets } from "../db/tokens/token-budgets";
import { UsageRecorder } from "../db/usage/usage-recorder";
import { readProxyConfig } from "../proxy/config";
import { handleProxyRequest, type ProxyInstance } from "../proxy/handle-request";
import { newRequestId } from "../proxy/new-request-id";
import type { ProxyPorts } from "../proxy/ports";
import { splitProxyPath } from "../proxy/request/proxy-path";
import { SECRET, sampleDatabase } from "./warm-up-database";

const NOW_MS = Date.UTC(2026, 0, 1);
const TOKEN = "warm-up";
const ADDRESS = "https://warm-up.invalid/api/openai/chat/completions";

const QUESTION = JSON.stringify({
  model: "gpt-4o-mini",
  messages: [
    { role: "user", content: "Hello" },
    { role: "assistant", content: "Hello" },
    { role: "user", content: "Goodbye" },
  ],
});
const ANSWER = JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "gpt-4o-mini",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

const encoder = new TextEncoder();

/** The platform reads bodies, and reports clients that leave, only within a request. */
class WarmRequest extends Request {
  override readonly signal = new AbortController().signal;
  override arrayBuffer() {
    return Promise.resolve(encoder.encode(QUESTION).buffer);
  }
}
class WarmResponse extends Response {
  override get body() {
    return new ReadableStream<Uint8Array<ArrayBuffer>>();
  }

  override arrayBuffer() {
    return Promise.resolve(encoder.encode(ANSWER).buffer);
  }
}

/** Nor does it accept bodies: the sample's response is delivered without one, and no other response is affected. */
class StartingResponse extends Response {
  constructor(body?: BodyInit | null, init?: ResponseInit) {
    super(init instanceof WarmResponse ? null : body, init);
  }
}

/**
 * Never rejects: if it fails, the first request is just slower.
 * @returns Whether the request was answered.
 */
export async function warmUp(): Promise<boolean> {
  const { Response: known } = globalThis;
  globalThis.Response = StartingResponse;
  try {
    return (await sendRequest()) === 200;
  } catch (error) {
    console.warn("warm-up: not done:", error);
    return false;
  } finally {
    globalThis.Response = known;
  }
}

/** @returns The response's status. */
async function sendRequest(): Promise<number> {
  const proxy = sampleProxy();
  await proxy.ports.state.afterResponse();
  const url = new URL(ADDRESS);
  const path = splitProxyPath(url.pathname);
  if (path === null) throw new Error("the sample's address is none of the proxy's");
  const request = new WarmRequest(url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${TOKEN}`,
      "content-type": "application/json",
      "content-length": String(QUESTION.length),
    },
  });
  const work: Promise<unknown>[] = [];
  const answer = await handleProxyRequest(request, url, path, proxy, (each) => work.push(each));
  await Promise.all(work);
  return answer.status;
}

function sampleProxy(): ProxyInstance {
  const nowMs = () => NOW_MS;
  const random = () => 0.5;
  const db = openDatabase(sampleDatabase());
  const secrets = { current: SECRET, previous: null };
  const state = createIsolateState({ db, secrets, authKey: TOKEN, nowMs, random });
  const recorder = new UsageRecorder({
    db,
    nowMs,
    sleep: async () => {},
    random,
    settings: () => state.settings,
    newFlushId: () => "uf_sample",
  });
  const headers = {
    "content-type": "application/json",
    "content-length": String(ANSWER.length),
  };
  const ports: ProxyPorts = {
    nowMs,
    random,
    fetch: async () => new WarmResponse(null, { headers }),
    setTimer: () => () => {},
    newRequestId: () => newRequestId(nowMs(), random()),
    state,
    usage: {
      add: (event) => recorder.add(event),
      flush: () => (recorder.isDue() ? recorder.flush() : null),
    },
    prices: () => recorder.prices(),
    budgets: new D1TokenBudgets(db, recorder),
    works: { begin: async () => {}, claim: async () => null, counted: async () => [] },
  };
  return {
    config: readProxyConfig({ AI_GATEWAY_URL: "https://warm-up.invalid" }, null),
    ports,
    catalog: new D1ModelCatalog(db, nowMs),
  };
}
