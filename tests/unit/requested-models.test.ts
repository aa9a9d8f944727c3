/**
 * A token may use one model and not another. Requests with both names, in random places and spellings, are checked
 * against the scope; accepted ones are read by parsers of six kinds, none of which may see the other name.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findProvider } from "../../lib/providers/registry.ts";
import type { Provider } from "../../lib/providers/types.ts";
import { authorizeModels } from "../../lib/proxy/account/authorize-call.ts";
import type { AccessToken } from "../../lib/proxy/ports.ts";
import { ProxyError } from "../../lib/proxy/proxy-error.ts";
import { withoutNeedlessEscapes } from "../../lib/proxy/request/path-readings.ts";
import type { ProxyCall } from "../../lib/proxy/route/proxy-call.ts";
import { scriptedProxy, unlimitedToken } from "../doors/scripted-proxy.ts";
import { type AskedRequest, GOOD, generator } from "./asked/generate-request.ts";
import { ALIAS, sharedGenerator } from "./asked/generate-shared.ts";
import { modelsSeen } from "./asked/reference-parsers.ts";

const REQUESTS = 200_000;
const WHOLE_REQUESTS = 2_000;
const SHARED_REQUESTS = 2_000;
/** One in this many rejected requests is also read by the parsers, which shows that the generator works. */
const REFUSED_SAMPLE = 16;

const token: AccessToken = {
  ...unlimitedToken("at_limited"),
  scopes: [{ provider: null, models: [GOOD] }],
};

const seed = Number(process.env.ASKED_SEED ?? Math.floor(Math.random() * 2 ** 31));

function builtIn(slug: string): Provider {
  const provider = findProvider(slug);
  if (provider === undefined) throw new Error(`no provider ${slug}`);
  return provider;
}

/** Whether the request would be sent. */
function passes(request: AskedRequest): boolean {
  const provider = builtIn(request.provider);
  const call: ProxyCall = {
    provider,
    route: "direct",
    model: GOOD,
    method: "POST",
    path: withoutNeedlessEscapes(request.path),
    url: `https://upstream.test/${request.path}${request.search}`,
    body: { kind: "kept", bytes: request.body },
    isWebSocket: false,
    preferredKeyId: null,
    headers: () => new Headers(request.headers),
    placeKey: () => {},
  };
  try {
    authorizeModels(token, call);
    return true;
  } catch (error) {
    if (error instanceof ProxyError) return false;
    throw error;
  }
}

// The stacks of a hundred thousand rejections would take a fifth of the time.
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

const shown = ({ provider, path, search, headers, body }: AskedRequest) =>
  JSON.stringify({ provider, path, search, headers, body: new TextDecoder().decode(body) });

const isForbidden = (name: string) => name.includes("bad-model");

describe(`ASKED_SEED=${seed}`, () => {
  test(`of ${REQUESTS} requests, no parser sees the forbidden model in one that passes`, {
    timeout: 300_000,
  }, () => {
    const next = generator(seed);
    let passed = 0;
    let refused = 0;
    let sampled = 0;
    let mixed = 0;
    for (let round = 0; round < REQUESTS; round += 1) {
      const request = next();
      if (passes(request)) {
        passed += 1;
        const forbidden = modelsSeen(request).find(isForbidden);
        if (forbidden !== undefined) throw new Error(`${forbidden} in ${shown(request)}`);
        continue;
      }
      // What any client writes for the allowed model must pass.
      if (request.isPlain) throw new Error(`refused: ${shown(request)}`);
      refused += 1;
      if (refused % REFUSED_SAMPLE !== 0) continue;
      sampled += 1;
      if (modelsSeen(request).some(isForbidden)) mixed += 1;
    }
    console.log(
      `${passed} of ${REQUESTS} passed; of ${sampled} refused ones a parser sees the forbidden name in ${mixed}`,
    );
    // Neither rejects all nor had nothing to reject.
    expect(passed).toBeGreaterThan(REQUESTS / 20);
    expect(mixed).toBeGreaterThan(sampled / 2);
  });

  test(`nor in what the whole proxy sends, of ${WHOLE_REQUESTS}`, {
    timeout: 120_000,
  }, async () => {
    const slugs = generator.providers;
    const proxy = scriptedProxy({
      upstream: () => Response.json({}),
      keys: Object.fromEntries(slugs.map((slug) => [slug, [`fake-key-of-${slug}`]])),
      tokens: new Map([["ob-limited-token-0001", token]]),
    });
    const next = generator(seed + 1);
    for (let round = 0; round < WHOLE_REQUESTS; round += 1) {
      const request = next();
      const before = proxy.calls.length;
      const response = await proxy.fetch(
        `/api/${request.provider}/${request.path}${request.search}`,
        {
          method: "POST",
          headers: { ...request.headers, authorization: "Bearer ob-limited-token-0001" },
          body: request.body,
        },
      );
      await response.arrayBuffer();
      const sent = proxy.calls[before];
      if (sent === undefined) {
        if (request.isPlain) throw new Error(`${response.status} to ${shown(request)}`);
        continue;
      }
      const asSent = {
        ...request,
        path: sent.url.pathname.replace(/^\/v1\/account\/gateway\/[^/]+\//, ""),
        search: sent.url.search,
        headers: Object.fromEntries(sent.headers),
        body: new Uint8Array(sent.body),
      };
      const forbidden = modelsSeen(asSent).find(isForbidden);
      if (forbidden !== undefined) throw new Error(`${forbidden} in ${shown(asSent)}`);
    }
    expect(proxy.calls.length).toBeGreaterThan(WHOLE_REQUESTS / 20);
  });

  test(`nor through the doors that providers share, of ${SHARED_REQUESTS}`, {
    timeout: 120_000,
  }, async () => {
    const proxy = scriptedProxy({
      upstream: () => Response.json(ANSWER),
      keys: Object.fromEntries(Object.values(SHARING).map((slug) => [slug, [`fake-key-${slug}`]])),
      config: { gatewayUrl: null },
      tokens: new Map([
        [
          "ob-limited-token-0001",
          { ...token, scopes: [{ provider: null, models: [GOOD, ALIAS] }] },
        ],
      ]),
    });
    const target = { model: GOOD, weight: 1, capabilities: [] };
    proxy.state.setAliases({
      name: ALIAS,
      choice: "ordered",
      targets: Object.values(SHARING).map((provider) => ({ ...target, provider })),
      conversion: "needed",
      maxInputUsd: null,
      maxOutputUsd: null,
    });
    const next = sharedGenerator(seed + 2);
    for (let round = 0; round < SHARED_REQUESTS; round += 1) {
      const { path, headers, body } = next();
      const before = proxy.calls.length;
      const authorization = "Bearer ob-limited-token-0001";
      const init = { method: "POST", headers: { ...headers, authorization }, body };
      await (await proxy.fetch(path, init)).arrayBuffer();
      for (const { url, headers, body } of proxy.calls.slice(before)) {
        const sent: AskedRequest = {
          provider: SHARING[url.hostname] ?? url.hostname,
          path: url.pathname.slice(1),
          search: url.search,
          headers: Object.fromEntries(headers),
          body: new Uint8Array(body),
          isPlain: false,
        };
        const forbidden = modelsSeen(sent).find(isForbidden);
        if (forbidden !== undefined) throw new Error(`${forbidden} in ${shown(sent)}, of ${path}`);
      }
    }
    expect(proxy.calls.length).toBeGreaterThan(SHARED_REQUESTS / 20);
  });
});

/** Providers behind the shared entry points, by host; one of them is called in a converted format. */
const SHARING: Readonly<Record<string, string>> = {
  "api.openai.com": "openai",
  "api.anthropic.com": "anthropic",
  "generativelanguage.googleapis.com": "google-ai-studio",
  "openrouter.ai": "openrouter",
  "api.deepseek.com": "deepseek",
  "api.fireworks.ai": "fireworks",
};

const ANSWER = { choices: [{ index: 0, message: { content: "Hello" }, finish_reason: "stop" }] };
