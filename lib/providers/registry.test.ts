import { describe, expect, test } from "vitest";
import { customProvider } from "./custom-provider";
import { ProviderPathError } from "./provider-path-error";
import {
  findProvider,
  isBuiltIn,
  providerForCompatModel,
  providerOf,
  providers,
  providersWith,
} from "./registry";
import type { OutgoingRequest, Provider } from "./types";

const KEY = "fake-key";
const ACCOUNT = "0123456789abcdef0123456789abcdef";
const GATEWAY = "https://gateway.example/v1/acct/gw";

function provider(slug: string): Provider {
  const found = findProvider(slug);
  if (found === undefined) throw new Error(`no provider ${slug}`);
  return found;
}

/** A request as the proxy passes it on: without the client's credentials, with its own for the gateway. */
function requestTo(
  url: string,
  route: OutgoingRequest["route"],
  headers: Record<string, string> = {},
): OutgoingRequest {
  return {
    url: new URL(url),
    route,
    headers: new Headers({ "cf-aig-authorization": "Bearer gateway", ...headers }),
  };
}

/** Everything in the request that contains the key. */
function placed({ url, headers }: OutgoingRequest, key = KEY): string[] {
  const found = [...headers]
    .filter(([, value]) => value.includes(key))
    .map(([name, value]) => `${name}: ${value}`);
  for (const [name, value] of url.searchParams)
    if (value.includes(key)) found.push(`?${name}=${value}`);
  return found;
}

/** Slug, path as a client may write it, at AI Gateway, at the provider, where the key goes. */
// biome-ignore format: one path a line
const TABLE: readonly [string, string, string, string, string][] = [
  ["anthropic", "v1/messages", "v1/messages", "https://api.anthropic.com/v1/messages", "x-api-key: fake-key"],
  ["anthropic", "v1/chat/completions", "v1/chat/completions", "https://api.anthropic.com/v1/chat/completions", "authorization: Bearer fake-key"],
  ["aws-bedrock", "bedrock-runtime/us-east-1/model/m/invoke", "bedrock-runtime/us-east-1/model/m/invoke", "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/invoke", "authorization: Bearer fake-key"],
  ["azure-openai", "res/dep/chat/completions", "res/dep/chat/completions", "https://res.openai.azure.com/openai/deployments/dep/chat/completions", "api-key: fake-key"],
  ["azure-openai", "res/openai/deployments/dep/chat/completions", "res/dep/chat/completions", "https://res.openai.azure.com/openai/deployments/dep/chat/completions", "api-key: fake-key"],
  ["azure-openai", "res/openai/v1/responses", "res/openai/v1/responses", "https://res.openai.azure.com/openai/v1/responses", "api-key: fake-key"],
  ["baseten", "v1/chat/completions", "v1/chat/completions", "https://inference.baseten.co/v1/chat/completions", "authorization: Bearer fake-key"],
  ["baseten", "model/abc123", "model/abc123", "https://model-abc123.api.baseten.co/production/predict", "authorization: Api-Key fake-key"],
  ["cartesia", "tts/bytes", "tts/bytes", "https://api.cartesia.ai/tts/bytes", "x-api-key: fake-key"],
  ["cerebras", "v1/chat/completions", "chat/completions", "https://api.cerebras.ai/v1/chat/completions", "authorization: Bearer fake-key"],
  ["cohere", "v1/chat", "v1/chat", "https://api.cohere.com/v1/chat", "authorization: Bearer fake-key"],
  ["cohere", "v2/chat", "v2/chat", "https://api.cohere.com/v2/chat", "authorization: Bearer fake-key"],
  ["cohere", "chat/completions", "compatibility/v1/chat/completions", "https://api.cohere.com/compatibility/v1/chat/completions", "authorization: Bearer fake-key"],
  ["deepgram", "v1/listen", "v1/listen", "https://api.deepgram.com/v1/listen", "authorization: Token fake-key"],
  ["deepseek", "v1/chat/completions", "chat/completions", "https://api.deepseek.com/chat/completions", "authorization: Bearer fake-key"],
  ["deepseek", "anthropic/v1/messages", "anthropic/v1/messages", "https://api.deepseek.com/anthropic/v1/messages", "authorization: Bearer fake-key"],
  ["elevenlabs", "v1/text-to-speech/voice", "v1/text-to-speech/voice", "https://api.elevenlabs.io/v1/text-to-speech/voice", "xi-api-key: fake-key"],
  ["fal", "fal-ai/fast-sdxl", "fal-ai/fast-sdxl", "https://fal.run/fal-ai/fast-sdxl", "authorization: Key fake-key"],
  ["fireworks", "inference/v1/chat/completions", "chat/completions", "https://api.fireworks.ai/inference/v1/chat/completions", "authorization: Bearer fake-key"],
  ["google-ai-studio", "v1beta/models/g:generateContent", "v1beta/models/g:generateContent", "https://generativelanguage.googleapis.com/v1beta/models/g:generateContent", "x-goog-api-key: fake-key"],
  ["google-ai-studio", "models/g:generateContent", "v1beta/models/g:generateContent", "https://generativelanguage.googleapis.com/v1beta/models/g:generateContent", "x-goog-api-key: fake-key"],
  ["google-ai-studio", "v1/models/g:generateContent", "v1/models/g:generateContent", "https://generativelanguage.googleapis.com/v1/models/g:generateContent", "x-goog-api-key: fake-key"],
  ["google-ai-studio", "upload/v1beta/files", "upload/v1beta/files", "https://generativelanguage.googleapis.com/upload/v1beta/files", "x-goog-api-key: fake-key"],
  ["google-ai-studio", "v1beta/openai/chat/completions", "v1beta/openai/chat/completions", "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions", "authorization: Bearer fake-key"],
  ["google-ai-studio", "chat/completions", "v1beta/openai/chat/completions", "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions", "authorization: Bearer fake-key"],
  ["google-vertex-ai", "v1/projects/p/locations/us-central1/publishers/google/models/g:generateContent", "v1/projects/p/locations/us-central1/publishers/google/models/g:generateContent", "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/publishers/google/models/g:generateContent", "authorization: Bearer fake-key"],
  ["google-vertex-ai", "v1/projects/p/locations/global/publishers/google/models/g:generateContent", "v1/projects/p/locations/global/publishers/google/models/g:generateContent", "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google/models/g:generateContent", "authorization: Bearer fake-key"],
  ["grok", "chat/completions", "v1/chat/completions", "https://api.x.ai/v1/chat/completions", "authorization: Bearer fake-key"],
  ["groq", "openai/v1/chat/completions", "chat/completions", "https://api.groq.com/openai/v1/chat/completions", "authorization: Bearer fake-key"],
  ["huggingface", "org/model", "org/model", "https://router.huggingface.co/hf-inference/models/org/model", "authorization: Bearer fake-key"],
  ["huggingface", "v1/chat/completions", "v1/chat/completions", "https://router.huggingface.co/v1/chat/completions", "authorization: Bearer fake-key"],
  ["ideogram", "v1/ideogram-v3/generate", "v1/ideogram-v3/generate", "https://api.ideogram.ai/v1/ideogram-v3/generate", "api-key: fake-key"],
  ["mistral", "chat/completions", "v1/chat/completions", "https://api.mistral.ai/v1/chat/completions", "authorization: Bearer fake-key"],
  ["openai", "v1/chat/completions", "chat/completions", "https://api.openai.com/v1/chat/completions", "authorization: Bearer fake-key"],
  ["openrouter", "api/v1/chat/completions", "chat/completions", "https://openrouter.ai/api/v1/chat/completions", "authorization: Bearer fake-key"],
  ["parallel", "v1/tasks/runs", "v1/tasks/runs", "https://api.parallel.ai/v1/tasks/runs", "x-api-key: fake-key"],
  ["perplexity-ai", "v1/chat/completions", "chat/completions", "https://api.perplexity.ai/chat/completions", "authorization: Bearer fake-key"],
  ["replicate", "v1/predictions", "predictions", "https://api.replicate.com/v1/predictions", "authorization: Bearer fake-key"],
  ["workers-ai", `accounts/${ACCOUNT}/ai/run/@cf/meta/llama`, "@cf/meta/llama", `https://api.cloudflare.com/client/v4/accounts/${ACCOUNT}/ai/run/@cf/meta/llama`, "authorization: Bearer fake-key"],
  ["workers-ai", `accounts/${ACCOUNT}/ai/v1/chat/completions`, "v1/chat/completions", `https://api.cloudflare.com/client/v4/accounts/${ACCOUNT}/ai/v1/chat/completions`, "authorization: Bearer fake-key"],
];

describe("paths and keys", () => {
  test.each(TABLE)("%s %s", (slug, path, gatewayPath, directUrl, keyPlace) => {
    const { gatewayPath: toGateway, directUrl: toDirect, placeKey } = provider(slug);
    expect(toGateway(path)).toBe(gatewayPath);
    expect(toDirect(path)).toBe(directUrl);
    const request = requestTo(directUrl, "direct");
    placeKey(request, KEY);
    expect(placed(request)).toEqual([keyPlace]);
    expect(request.headers.get("cf-aig-authorization")).toBe("Bearer gateway");
  });

  test("every provider is in the table", () => {
    expect(new Set(TABLE.map(([slug]) => slug))).toEqual(
      new Set(providers.map(({ slug }) => slug)),
    );
  });

  /** Other paths of theirs lie without `v1/`. */
  const prefixed = ["huggingface", "parallel", "workers-ai"];
  const unprefixed = providers.filter(
    ({ slug, openAiCompatible }) => openAiCompatible !== null && !prefixed.includes(slug),
  );

  test.each([...unprefixed.map(({ slug }) => slug), "replicate"])(
    "%s: with and without v1/ is the same",
    (slug) => {
      const { gatewayPath, directUrl } = provider(slug);
      expect(gatewayPath("v1/chat/completions")).toBe(gatewayPath("chat/completions"));
      expect(directUrl("v1/chat/completions")).toBe(directUrl("chat/completions"));
    },
  );

  test("a normalised path stays as it is when normalised again", () => {
    for (const [slug, path] of TABLE) {
      const { gatewayPath } = provider(slug);
      expect(gatewayPath(gatewayPath(path))).toBe(gatewayPath(path));
    }
  });
});

describe("special credentials", () => {
  const place = (
    slug: string,
    key: string,
    route: OutgoingRequest["route"] = "gateway",
    headers: Record<string, string> = {},
  ) => {
    const request = requestTo("https://upstream.example/v1/x", route, headers);
    provider(slug).placeKey(request, key);
    return request;
  };

  test("Anthropic: OAuth keys are Bearer, and the version is added only where it is missing", () => {
    expect(placed(place("anthropic", "sk-ant-oat01-fake"), "fake")).toEqual([
      "authorization: Bearer sk-ant-oat01-fake",
    ]);
    expect(place("anthropic", KEY).headers.get("anthropic-version")).toBe("2023-06-01");
    expect(
      place("anthropic", KEY, "gateway", { "anthropic-version": "2099-01-01" }).headers.get(
        "anthropic-version",
      ),
    ).toBe("2099-01-01");
  });

  test("Vertex AI: API keys, access tokens, and service accounts in base64 through AI Gateway only", () => {
    expect(placed(place("google-vertex-ai", "AQ.fake"), "fake")).toEqual([
      "x-goog-api-key: AQ.fake",
    ]);
    expect(placed(place("google-vertex-ai", "ya29.fake"), "fake")).toEqual([
      "authorization: Bearer ya29.fake",
    ]);
    const account = JSON.stringify({ type: "service_account", region: "us-central1", note: "é" });
    const header = place("google-vertex-ai", account).headers.get("authorization") ?? "";
    expect(Buffer.from(header.replace("Bearer ", ""), "base64").toString("utf8")).toBe(account);
    expect(() => place("google-vertex-ai", account, "direct")).toThrow(ProviderPathError);
  });

  test("Cartesia: a version is added only where it is missing", () => {
    expect(place("cartesia", KEY).headers.get("cartesia-version")).toBe("2024-06-10");
    expect(
      place("cartesia", KEY, "gateway", { "cartesia-version": "2025-04-16" }).headers.get(
        "cartesia-version",
      ),
    ).toBe("2025-04-16");
  });

  test.each(["https://queue.fal.run/fal-ai/x", "https://fal.run/x", "https://rest.fal.ai/x"])(
    "fal may be directed to %s",
    (target) => {
      expect(placed(place("fal", KEY, "gateway", { "x-fal-target-url": target }))).toEqual([
        "authorization: Key fake-key",
      ]);
    },
  );

  test.each([
    "https://evil.example/fal.run",
    "https://evil-fal.run/",
    "https://fal.run.evil.example/",
    "https://fal.run@evil.example/",
    "http://fal.run/",
    "//fal.run/",
  ])("fal may not be directed to %s", (target) => {
    expect(() => place("fal", KEY, "gateway", { "x-fal-target-url": target })).toThrow(
      ProviderPathError,
    );
  });
});

describe("WebSockets: URL and key", () => {
  // biome-ignore format: one socket a line
  test.each<[string, string, "gateway" | "direct", string, string]>([
    ["openai", "", "direct", "https://api.openai.com/v1/realtime", "authorization: Bearer fake-key"],
    ["openai", "v1/realtime", "direct", "https://api.openai.com/v1/realtime", "authorization: Bearer fake-key"],
    ["openai", "realtime", "gateway", `${GATEWAY}/openai`, "authorization: Bearer fake-key"],
    ["openai", "", "gateway", `${GATEWAY}/openai`, "authorization: Bearer fake-key"],
    ["google-ai-studio", "ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContent", "direct", "https://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContent", "x-goog-api-key: fake-key"],
    ["google-ai-studio", "ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent", "gateway", `${GATEWAY}/google`, "?api_key=fake-key"],
    ["google-ai-studio", "", "direct", "https://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent", "x-goog-api-key: fake-key"],
    ["elevenlabs", "v1/text-to-speech/voice/stream-input", "direct", "https://api.elevenlabs.io/v1/text-to-speech/voice/stream-input", "xi-api-key: fake-key"],
    ["elevenlabs", "v1/convai/conversation", "gateway", `${GATEWAY}/elevenlabs`, "sec-websocket-protocol: chat, xi-api-key.fake-key"],
    ["deepgram", "v1/listen", "direct", "https://api.deepgram.com/v1/listen", "authorization: Token fake-key"],
    ["deepgram", "", "gateway", `${GATEWAY}/deepgram/v1/listen`, "authorization: Token fake-key"],
    ["cartesia", "tts/websocket", "direct", "https://api.cartesia.ai/tts/websocket", "x-api-key: fake-key"],
    ["cartesia", "tts/websocket", "gateway", `${GATEWAY}/cartesia`, "?api_key=fake-key"],
    ["fal", "fal-ai/fast-lcm-diffusion", "gateway", `${GATEWAY}/fal/fal-ai/fast-lcm-diffusion`, "sec-websocket-protocol: chat, fal-api-key.fake-key"],
    ["fal", "fal-ai/fast-lcm-diffusion/realtime", "direct", "https://fal.run/fal-ai/fast-lcm-diffusion/realtime", "authorization: Key fake-key"],
    ["azure-openai", "res/openai/v1/realtime", "gateway", "https://res.openai.azure.com/openai/v1/realtime", "api-key: fake-key"],
    ["workers-ai", "", "gateway", `${GATEWAY}/workers-ai`, "authorization: Bearer fake-key"],
    ["workers-ai", `accounts/${ACCOUNT}/ai/run/@cf/deepgram/nova-3`, "direct", `https://api.cloudflare.com/client/v4/accounts/${ACCOUNT}/ai/run/@cf/deepgram/nova-3`, "authorization: Bearer fake-key"],
  ])("%s %j, %s", (slug, path, route, expectedUrl, keyPlace) => {
    const plan = provider(slug).webSocket;
    const url = plan?.upstreamUrl(path, route === "gateway" ? GATEWAY : null);
    expect(url).toBe(expectedUrl);
    const request = requestTo(expectedUrl, route, { "sec-websocket-protocol": "chat" });
    plan?.placeKey(request, KEY);
    expect(placed(request)).toEqual([keyPlace]);
  });
});

describe("the list", () => {
  test("is sorted, without doubles", () => {
    const slugs = providers.map(({ slug }) => slug);
    expect(slugs).toEqual([...new Set(slugs)].sort());
  });

  test("compat prefixes", () => {
    const slugOf = (prefix: string) => providerForCompatModel(prefix, () => undefined)?.slug;
    expect(slugOf("perplexity")).toBe("perplexity-ai");
    expect(slugOf("perplexity-ai")).toBe("perplexity-ai");
    expect(slugOf("openrouter")).toBe("openrouter");
    expect(slugOf("constructor")).toBeUndefined();
    expect(findProvider("nobody")).toBeUndefined();
  });

  test.each(providers.map(({ slug }) => slug))(
    "a team's own %s stays the team's when a version brings one",
    (slug) => {
      const protocol = "openai" as const;
      const place = { keyHeader: "authorization", keyPrefix: "Bearer ", protocol };
      const options = { slug, label: "Ours", baseUrl: "https://llm.example.org/v1", ...place };
      const ours = customProvider(options, false);
      const own = (asked: string) => (asked === slug ? ours : undefined);
      expect(providerOf(slug, own)).toBe(ours);
      expect(providerForCompatModel(slug, own)).toBe(ours);
      const all = providersWith([ours]);
      expect(all.filter((each) => each.slug === slug)).toEqual([ours]);
      expect(all).toHaveLength(providers.length);
      expect(isBuiltIn(slug)).toBe(true);
    },
  );

  test("the prefixes AI Gateway's compat endpoint knows", () => {
    const known = providers.flatMap(({ compatSlug }) => compatSlug ?? []);
    expect(known.sort()).toEqual([
      "anthropic",
      "baseten",
      "cerebras",
      "cohere",
      "deepseek",
      "google-ai-studio",
      "google-vertex-ai",
      "grok",
      "groq",
      "mistral",
      "openai",
      "parallel",
      "perplexity",
      "workers-ai",
    ]);
  });

  test("checks and compat endpoints are paths this provider can go to", () => {
    for (const { slug, keyCheck, openAiCompatible, directUrl } of providers) {
      // Its direct form needs an account.
      if (slug === "workers-ai") continue;
      for (const path of [
        keyCheck?.path,
        openAiCompatible?.chatCompletions,
        openAiCompatible?.embeddings,
        openAiCompatible?.models,
      ]) {
        if (path !== undefined) expect(new URL(directUrl(path)).protocol).toBe("https:");
      }
    }
  });

  test("rule names are unique", () => {
    for (const { errorRules } of providers) {
      const names = errorRules.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});
