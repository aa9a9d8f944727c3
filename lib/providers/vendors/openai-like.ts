/**
 * Providers that speak OpenAI's API: same paths, Bearer key, `model` in the body.
 * @module
 */
import { basePath } from "../base-path";
import { asBearer } from "../place-key";
import { NEEDS_MODEL, PROVIDER_DEFAULTS } from "../provider-defaults";
import type { OpenAiCompatible, Provider } from "../types";

/** What differs between them; everything else of `Provider` may be overridden too. */
export interface OpenAiLikeOptions extends Partial<Provider> {
  readonly slug: string;
  readonly label: string;
  /** Base URL as the vendor gives it for OpenAI's SDK, without a slash at the end. */
  readonly base: string;
  /** What AI Gateway wants before `chat/completions`; nothing by default. */
  readonly gatewayPrefix?: string;
  /** What clients may write before `chat/completions`, the longest first; `v1/` by default. */
  readonly prefixes?: readonly string[];
  /** Free path that a bad key cannot read; null where there is none. `models` by default. */
  readonly checkPath?: string | null;
  /** Endpoints beside chat completions, without prefix. */
  readonly hasEmbeddings?: boolean;
  readonly hasModelList?: boolean;
  /** OpenAI's Responses. */
  readonly hasResponses?: boolean;
}

export function openAiLike({
  base,
  gatewayPrefix = "",
  prefixes = ["v1/"],
  checkPath = "models",
  hasEmbeddings = false,
  hasModelList = true,
  hasResponses = false,
  ...rest
}: OpenAiLikeOptions): Provider {
  const openAiCompatible: OpenAiCompatible = {
    chatCompletions: `${gatewayPrefix}chat/completions`,
    ...(hasEmbeddings && { embeddings: `${gatewayPrefix}embeddings` }),
    ...(hasModelList && { models: `${gatewayPrefix}models` }),
    ...(hasResponses && { hasResponses: true as const }),
  };
  return {
    ...PROVIDER_DEFAULTS,
    ...basePath({ base, gatewayPrefix, prefixes }),
    usageFormat: "openai",
    compatSlug: rest.slug,
    placeKey: asBearer,
    model: { body: ["model"] },
    needsModel: NEEDS_MODEL,
    openAiCompatible,
    keyCheck: checkPath === null ? null : { method: "GET", path: gatewayPrefix + checkPath },
    ...rest,
  };
}
