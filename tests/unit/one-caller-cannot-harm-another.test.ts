/**
 * One caller sends requests that the provider rejects because of what that caller chose: an account, a path, a name.
 * Others who share the pool notice nothing: every plain request is served, and no key goes into cooldown or is blocked.
 */
import { describe, expect, test } from "vitest";
import { customProvider } from "../../lib/providers/custom-provider.ts";
import {
  type ScriptedProxy,
  scriptedProxy,
  type UpstreamCall,
  unlimitedToken,
} from "../doors/scripted-proxy.ts";

interface Place {
  readonly provider: string;
  readonly path: string;
  readonly body: object;
}

const PLACES: readonly Place[] = [
  { provider: "openai", path: "/api/openai/chat/completions", body: chat("gpt-5-mini") },
  { provider: "anthropic", path: "/api/anthropic/v1/messages", body: chat("claude-haiku-4-5") },
  {
    provider: "google-ai-studio",
    path: "/api/google-ai-studio/v1beta/models/gemini-2.5-flash:generateContent",
    body: { contents: [{ role: "user", parts: [{ text: "Hello" }] }] },
  },
  {
    provider: "azure-openai",
    path: "/api/azure-openai/our-resource/gpt-5-mini/chat/completions?api-version=2024-10-21",
    body: chat("gpt-5-mini"),
  },
  { provider: "groq", path: "/api/groq/chat/completions", body: chat("llama-3.3-70b") },
  { provider: "our-llm", path: "/api/our-llm/chat/completions", body: chat("our-model") },
];

interface Poison {
  readonly name: string;
  /** Changes a valid request into the bad one. */
  readonly spoil: (place: Place) => { path: string; init: RequestInit };
  /** The provider's response to it; null if the bad part was withheld. */
  readonly refuse: (call: UpstreamCall) => Response | null;
}

const POISONS: readonly Poison[] = [
  header("openai-organization", "org-of-somebody-else", 401, "mismatched_organization"),
  header("openai-project", "proj_of_somebody_else", 401, "mismatched_project"),
  header("anthropic-workspace-id", "wrkspc_other", 401, "invalid_workspace"),
  header("x-goog-user-project", "another-project", 403, "USER_PROJECT_DENIED"),
  {
    name: "an access token of the caller's own in the query",
    spoil: (place) => ({
      path: `${place.path}${place.path.includes("?") ? "&" : "?"}access_token=their-own`,
      init: post(place.body),
    }),
    refuse: ({ url }) =>
      url.searchParams.has("access_token")
        ? error(401, "UNAUTHENTICATED", "Invalid credentials")
        : null,
  },
  {
    name: "a page of the provider's that refuses API keys",
    spoil: ({ provider, path }) => ({
      path:
        provider === "azure-openai"
          ? path.replace(/gpt-5-mini.*/, "dashboard/billing/subscription")
          : `/api/${provider}/dashboard/billing/subscription`,
      init: {},
    }),
    refuse: ({ url }) =>
      url.pathname.includes("billing")
        ? error(403, null, "Your request must be made with a session key.")
        : null,
  },
  {
    name: "an admin API that wants another kind of key",
    spoil: ({ provider, path }) => ({
      path:
        provider === "azure-openai"
          ? path.replace(/gpt-5-mini.*/, "organizations/users")
          : `/api/${provider}/v1/organizations/users`,
      init: {},
    }),
    refuse: ({ url }) =>
      url.pathname.includes("organizations")
        ? error(401, "invalid_api_key", "invalid x-api-key")
        : null,
  },
  {
    name: "a model named *, refused for the day",
    spoil: ({ path, body }) => ({
      path: path.replace(/gemini-2.5-flash/, "*").replace("gpt-5-mini/", "*/"),
      init: post({ ...body, model: "*" }),
    }),
    refuse: ({ url, body }) =>
      decodeURIComponent(url.pathname).includes("*") ||
      new TextDecoder().decode(body).includes('"*"')
        ? error(
            429,
            "rate_limit_exceeded",
            "Rate limit reached on requests per day (RPD): Limit 200.",
          )
        : null,
  },
  {
    name: "a model that does not exist",
    spoil: ({ path, body }) => ({
      path: path
        .replace("gemini-2.5-flash", "no-such-model")
        .replace("gpt-5-mini/", "no-such-model/"),
      init: post({ ...body, model: "no-such-model" }),
    }),
    refuse: ({ url, body }) =>
      url.pathname.includes("no-such-model") ||
      new TextDecoder().decode(body).includes("no-such-model")
        ? error(
            404,
            "model_not_found",
            "The model `no-such-model` does not exist or you do not have access to it.",
          )
        : null,
  },
  {
    name: "reasoning that another organization encrypted",
    spoil: ({ path, body }) => ({
      path,
      init: post({ ...body, input: [{ type: "reasoning", encrypted_content: "of-others" }] }),
    }),
    refuse: ({ body }) =>
      new TextDecoder().decode(body).includes("of-others")
        ? error(400, "invalid_encrypted_content", "The encrypted content could not be verified.")
        : null,
  },
];

/** Anything that is read back was written by a caller. */
const READ_BACK: readonly Poison[] = [
  [
    "a file that reads as an error",
    () => error(200, "insufficient_quota", "You exceeded your quota."),
  ],
  [
    "a stream that is read back and failed long ago",
    () =>
      new Response(
        'data: {"type":"response.failed","response":{"error":{"code":"insufficient_quota"}}}\n\n',
        { headers: { "content-type": "text/event-stream" } },
      ),
  ],
].map(([name, answer]) => ({
  name: name as string,
  spoil: ({ provider, path }) => ({
    path:
      provider === "azure-openai"
        ? path.replace(/gpt-5-mini.*/, "files/x/content")
        : `/api/${provider}/v1/files/x/content`,
    init: {},
  }),
  refuse: ({ method }) => (method === "GET" ? (answer as () => Response)() : null),
}));

/** Only if the path chooses the account. */
const WRONG_RESOURCE: Poison = {
  name: "a resource that these keys are not of",
  spoil: ({ path, body }) => ({
    path: path.replace("our-resource", "wrong-res"),
    init: post(body),
  }),
  refuse: ({ url }) =>
    url.href.includes("wrong-res")
      ? error(401, "401", "Access denied due to invalid subscription key or wrong API endpoint.")
      : null,
};

/** Requests with their own limit, which only similar requests reach. */
const COSTLIER: Readonly<Record<string, Poison>> = {
  openai: {
    name: "a cheap tier that is full",
    spoil: ({ path, body }) => ({ path, init: post({ ...body, service_tier: "flex" }) }),
    refuse: ({ body }) =>
      new TextDecoder().decode(body).includes('"flex"')
        ? error(429, "resource_unavailable", "Flex resources are not there at the moment.")
        : null,
  },
  anthropic: {
    name: "a context that costs extra",
    spoil: ({ path, body }) => ({ path, init: post({ ...body, system: "long ".repeat(500) }) }),
    refuse: ({ body }) =>
      body.length > 2_000
        ? error(429, "rate_limit_error", "Extra usage is required for long context requests.")
        : null,
  },
  "google-ai-studio": {
    name: "a search that has a day's quota",
    spoil: ({ path, body }) => ({ path, init: post({ ...body, tools: [{ google_search: {} }] }) }),
    refuse: ({ body }) =>
      new TextDecoder().decode(body).includes("google_search") ? searchesUsedUp() : null,
  },
};

/** With few keys each is tried often in fewer rounds. */
const roundsFor = (size: number) => (size > 3 ? 25 : 10);

describe.each([1, 3, 12])("in a pool of %i", (size) => {
  describe.each(PLACES)("of $provider", (place) => {
    const costlier = COSTLIER[place.provider];
    const poisons = [
      ...POISONS,
      ...READ_BACK,
      ...(place.provider === "azure-openai" ? [WRONG_RESOURCE] : []),
      ...(costlier === undefined ? [] : [costlier]),
    ];
    test.each(poisons)("$name", async (poison) => {
      const proxy = open(place.provider, size, poison);
      const spoiled = poison.spoil(place);
      const refused: number[] = [];
      for (let round = 0; round < roundsFor(size); round += 1) {
        const bad = {
          ...spoiled.init,
          headers: { ...spoiled.init.headers, authorization: "Bearer careless" },
        };
        await proxy.fetch(spoiled.path, bad);
        for (let turn = 0; turn < 3; turn += 1) {
          const { status } = await proxy.fetch(place.path, post(place.body));
          if (status !== 200) refused.push(status);
        }
        await proxy.clock.advance(round % 5 === 4 ? 7_000 : 300);
      }
      expect(refused).toEqual([]);
      expect(unfit(proxy, place.provider)).toEqual([]);
    });
  });
});

function open(provider: string, size: number, poison: Poison): ScriptedProxy {
  const keys = Array.from({ length: size }, (_, index) => `fake-key-${index}-of-the-pool`);
  return scriptedProxy({
    keys: { [provider]: keys },
    tokens: new Map([
      ["token", unlimitedToken("at_victim")],
      ["careless", unlimitedToken("at_careless")],
    ]),
    upstreams: {
      customProviders: [
        customProvider(
          {
            slug: "our-llm",
            label: "Our LLM",
            baseUrl: "https://llm.example.com/v1",
            keyHeader: "authorization",
            keyPrefix: "Bearer ",
            protocol: "openai",
          },
          false,
        ),
      ],
    },
    upstream: (call) =>
      poison.refuse(call) ?? Response.json({ id: "answer", object: "chat.completion" }),
  });
}

/** Keys that aren't ready. */
function unfit(proxy: ScriptedProxy, provider: string): string[] {
  const { nowMs } = proxy.clock;
  return proxy.keys(provider).flatMap(({ id, status, cooldowns }) => {
    const resting = [...cooldowns].filter(([, { untilMs }]) => untilMs > nowMs);
    return status === "active" && resting.length === 0
      ? []
      : [
          `${id}: ${status} ${resting.map(([model, { reason }]) => `${model} ${reason}`).join(", ")}`,
        ];
  });
}

function header(name: string, value: string, status: number, code: string): Poison {
  return {
    name: `${name} of the caller's environment`,
    spoil: ({ path, body }) => ({ path, init: post(body, { [name]: value }) }),
    refuse: ({ headers }) =>
      headers.has(name) ? error(status, code, `${name} does not match the API key.`) : null,
  };
}

function chat(model: string): object {
  return { model, messages: [{ role: "user", content: "Hello" }] };
}

function post(
  body: object,
  headers: Record<string, string> = {},
): RequestInit & { headers: Record<string, string> } {
  return {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

function error(status: number, code: string | null, message: string): Response {
  return Response.json({ error: { message, code, type: "invalid_request_error" } }, { status });
}

function searchesUsedUp(): Response {
  const violation = {
    quotaMetric: "generativelanguage.googleapis.com/search_grounding_requests",
    quotaId: "SearchGroundingRequestsPerDayPerProjectPerModel-FreeTier",
    quotaValue: "500",
  };
  const failure = {
    "@type": "type.googleapis.com/google.rpc.QuotaFailure",
    violations: [violation],
  };
  const message = "You exceeded your current quota, please check your plan and billing details.";
  return Response.json(
    { error: { code: 429, message, status: "RESOURCE_EXHAUSTED", details: [failure] } },
    { status: 429 },
  );
}
