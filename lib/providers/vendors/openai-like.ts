/**
 * Providers that support OpenAI's API: same paths, Bearer key, `model` in the body.
 * @module
 */
import { basePath } from "../base-path";
import { asBearer } from "../place-key";
import { NEEDS_MODEL, PROVIDER_DEFAULTS } from "../provider-defaults";
import type { OpenAiCompatible, Provider } from "../types";

/** Their differences; everything else of `Provider` may be overridden too. */
export interface OpenAiLikeOptions extends Partial<Provider> {
  readonly slug: string;
  readonly label: string;
  /** Base URL as the vendor documents it for OpenAI's SDK, without a trailing slash. */
  readonly base: string;
  /** What AI Gateway expects before `chat/completions`; by default nothing. */
  readonly gatewayPrefix?: string;
  /** What clients may write before `chat/completions`, the longest first; by default `v1/`. */
  readonly prefixes?: readonly string[];
  /** A free path that an invalid key can't read; null if there is none. `models` by default. */
  readonly checkPath?: string | null;
  /** Endpoints besides chat completions, without prefix. */
  readonly hasEmbeddings?: boolean;
  readonly hasModelList?: boolean;
  /** OpenAI's Responses. */
  readonly hasResponses?: boolean;
  readonly onlyResponses?: RegExp;
}

export function openAiLike({
  base,
  gatewayPrefix = "",
  prefixes = ["v1/"],
  checkPath = "models",
  hasEmbeddings = false,
  hasModelList = true,
  hasResponses = false,
  onlyResponses,
  ...rest
}: OpenAiLikeOptions): Provider {
  const openAiCompatible: OpenAiCompatible = {
    chatCompletions: `${gatewayPrefix}chat/completions`,
    ...(hasEmbeddings && { embeddings: `${gatewayPrefix}embeddings` }),
    ...(hasModelList && { models: `${gatewayPrefix}models` }),
    ...(hasResponses && { hasResponses: true as const }),
    ...(onlyResponses && { onlyResponses }),
  };
  return {
    ...PROVIDER_DEFAULTS,
    ...basePath({ base, gatewayPrefix, prefixes }),
    usageFormat: "openai",
    compatSlug: rest.isAtGateway === false ? null : rest.slug,
    placeKey: asBearer,
    model: { body: ["model"] },
    needsModel: NEEDS_MODEL,
    openAiCompatible,
    keyCheck: checkPath === null ? null : { method: "GET", path: gatewayPrefix + checkPath },
    ...rest,
  };
}
