/**
 * The pages on providers, from the registry.
 * @module
 */
import { CALLER_GATEWAY_SETTINGS } from "../../lib/providers/gateway-settings.ts";
import { providers } from "../../lib/providers/registry.ts";
import type { ModelPlaces, OutgoingRequest, Provider } from "../../lib/providers/types.ts";
import { curlChat } from "../../lib/snippets/client-snippets.ts";
import { EXAMPLE_MODELS } from "../../lib/snippets/example-model.ts";
import { hasPriceList } from "../../lib/usage/price-names.ts";
import { EXAMPLE_PATHS, mapPath } from "./example-paths.ts";
import { code, GENERATED, ORIGIN, page, table } from "./markdown-parts.ts";
import { ruleTable } from "./rule-rows.ts";

/** Each page's path and text: the list of all, and one for each. */
export function providerPages(): ReadonlyMap<string, string> {
  return new Map([
    ["docs/providers.md", listPage()],
    ...providers.map(
      (provider) => [`docs/providers/${provider.slug}.md`, providerPage(provider)] as const,
    ),
  ]);
}

function listPage(): string {
  return page(
    "# Providers",
    GENERATED,
    `${code("/api/{slug}/{path}")} takes the path as AI Gateway documents it; where a provider speaks OpenAI's API, with and without ${code("v1/")}. The last columns: whether ${code("/api/compat")} takes the provider, and whether it has a WebSocket service; where its frames cannot be read it is [closed to tokens with limits](calling.md#websockets). What is not here can be added: [Custom providers](custom-providers.md).`,
    table(
      ["Provider", "Slug", "Path", "Sent straight, it becomes", "compat", "WebSocket"],
      providers.map((provider) => [
        `[${provider.label}](providers/${provider.slug}.md)`,
        code(provider.slug),
        code(examplePath(provider)),
        code(mapPath(examplePath(provider), provider.directUrl)),
        provider.openAiCompatible === null ? "no" : "yes",
        webSocketWord(provider),
      ]),
    ),
    "Bedrock takes Bedrock API keys, not SigV4 signatures. A Vertex AI service account, and Workers AI without the account in its path (so compat too), work through AI Gateway only.",
    "## AI Gateway or straight",
    `With ${code("AI_GATEWAY_URL")} set (or ${code("CLOUDFLARE_ACCOUNT_ID")} and ${code("AI_GATEWAY")}), requests go to ${code("{gateway}/{slug}/{path}")}; without, straight to the provider. ${code("AI_GATEWAY_TOKEN")} is for a gateway that asks for authentication. Of a client's own ${code("cf-aig-*")} headers, ${CALLER_GATEWAY_SETTINGS.map(code).join(" and ")} reach the gateway; the others would reach other callers' answers, the owner's log or another key.`,
  );
}

function webSocketWord({ webSocket }: Provider): string {
  if (webSocket === null) return "no";
  return webSocket.protocol === null ? "unread" : "yes";
}

function webSocketWords({ webSocket }: Provider): string {
  if (webSocket === null) return "no";
  if (webSocket.protocol === null) {
    return "passes through unread: not for [tokens with limits](../calling.md#websockets)";
  }
  const some =
    webSocket.unreadable === undefined ? "" : "; agents pass unread, and are not for such tokens";
  return `passes through, [metered and held to the token's limits](../calling.md#websockets)${some}`;
}

function providerPage(provider: Provider): string {
  const { slug, label, errorRules } = provider;
  const model = EXAMPLE_MODELS.get(slug);
  return page(
    `# ${label}`,
    GENERATED,
    `Change the base URL to ${code(`${ORIGIN}/api/${slug}`)} and the key to an access token; everything else is ${label}'s own. How calls work in general: [Calling the pool](../calling.md).`,
    "## Calls",
    table(["What", "Value"], callRows(provider)),
    ...(model === undefined ? [] : ["In the OpenAI form:", chatExample(provider, model)]),
    "## Keys",
    table(["What", "Value"], keyRows(provider)),
    "## What its errors do",
    errorRules.length === 0
      ? `Nothing is known that is said here and nowhere else: the [common rules](../judging.md#rules) judge its answers.`
      : `Its own rules come before the [common ones](../judging.md#rules); the first that matches decides.`,
    ...(errorRules.length === 0 ? [] : [ruleTable(errorRules)]),
  );
}

function callRows(provider: Provider): string[][] {
  const { slug, isAtGateway, gatewayPath, directUrl, openAiCompatible } = provider;
  const path = examplePath(provider);
  return [
    ["A path", code(`/api/${slug}/${path}`)],
    ["Sent straight, it becomes", code(mapPath(path, directUrl))],
    [
      "Through AI Gateway",
      isAtGateway
        ? code(`{gateway}/${slug}/${mapPath(path, gatewayPath)}`)
        : "never: it is always asked directly",
    ],
    ["The model is read from", modelPlaces(provider.model)],
    [
      `At ${code("/api/compat")}`,
      openAiCompatible === null
        ? "no: it has no OpenAI-compatible API"
        : `as ${code(`${slug}/{model}`)}: chat completions${openAiCompatible.embeddings === undefined ? "" : ", embeddings"}`,
    ],
    ["Its models in the pool's list", openAiCompatible?.models === undefined ? "no" : "yes"],
    ["WebSocket service", webSocketWords(provider)],
    ["One Balance's own errors", `in ${ERROR_SHAPES[provider.errorFormat]} shape`],
    ["Tokens and cost", costWords(provider)],
  ];
}

function costWords({ slug, usageFormat }: Provider): string {
  if (usageFormat === "none") {
    return "not in its answers: requests are counted, tokens and cost are not";
  }
  return hasPriceList(slug)
    ? "read from its answers; list prices are known"
    : "tokens are read from its answers; no list prices are known, so the cost is unknown until you set your own in Settings, Prices";
}

const ERROR_SHAPES = { openai: "OpenAI's", anthropic: "Anthropic's", google: "Google's" } as const;

function keyRows(provider: Provider): string[][] {
  const { keyCheck, keyPattern, quotaDayZone } = provider;
  return [
    ["Where the key travels", code(placeOfKey(provider))],
    ["Its usual shape", keyPattern === null ? "none is known" : `matches ${code(`${keyPattern}`)}`],
    [
      "Free validation request",
      keyCheck === null ? "none" : code(`${keyCheck.method} ${keyCheck.url ?? keyCheck.path}`),
    ],
    ["Daily quotas renew at", quotaDayZone === "UTC" ? "midnight UTC" : "midnight Pacific time"],
  ];
}

/** Found by placing one: `authorization: Bearer {key}`. */
function placeOfKey(provider: Provider): string {
  const key = "the-key-itself";
  const path = examplePath(provider).replaceAll(/\{\w+\}/g, (name) =>
    name === "{account}" ? "0".repeat(32) : "x",
  );
  const request: OutgoingRequest = {
    url: new URL(provider.directUrl(path)),
    headers: new Headers(),
    route: "direct",
  };
  provider.placeKey(request, key);
  const [header] = [...request.headers].filter(([, value]) => value.includes(key));
  if (header === undefined) throw new Error(`${provider.slug} takes its key in no header`);
  return `${header[0]}: ${header[1].replace(key, "{key}")}`;
}

function modelPlaces({ path, query, socketQuery, body = [] }: ModelPlaces): string {
  const places = [
    ...(path === undefined ? [] : ["the path"]),
    ...(query === undefined ? [] : [`the query (${code(query)})`]),
    ...(socketQuery === undefined ? [] : [`the query of WebSockets (${code(socketQuery)})`]),
    ...(body.length === 0 ? [] : [`the body (${body.map(code).join(", ")})`]),
  ];
  return places.length === 0 ? "nowhere: its calls name none" : places.join(", then ");
}

function chatExample({ slug }: Provider, model: string): string {
  const body = { model: `${slug}/${model}`, messages: [{ role: "user", content: "Hello" }] };
  return `<!-- run: ${slug} -->\n\`\`\`bash\n${curlChat(ORIGIN, "$ACCESS_TOKEN", body)}\n\`\`\``;
}

function examplePath({ slug }: Provider): string {
  const path = EXAMPLE_PATHS[slug];
  if (path === undefined) throw new Error(`no example path for ${slug}`);
  return path;
}
