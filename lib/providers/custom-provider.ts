/**
 * Custom providers, which a team adds itself: a service that supports one of the three common APIs, at its own address.
 * Always called directly.
 * @module
 */
import { baseUrlProblem } from "../http/base-url-problem";
import { versionedPath } from "./base-path";
import type { PlaceKey } from "./place-key";
import { ProviderPathError } from "./provider-path-error";
import type { Provider } from "./types";
import { addVersion, anthropic } from "./vendors/anthropic";
import { googleAiStudio, googlePaths } from "./vendors/google-ai-studio";
import { openai } from "./vendors/openai";
import { openAiLike } from "./vendors/openai-like";

/** The API that a service supports. */
export type Protocol = "openai" | "anthropic" | "google";

export interface CustomProviderOptions {
  readonly slug: string;
  readonly label: string;
  /** As the protocol's own SDK expects it, without a trailing slash. */
  readonly baseUrl: string;
  /** Header that carries the key, lower case. */
  readonly keyHeader: string;
  /** What precedes the key in that header, such as `Bearer `. */
  readonly keyPrefix: string;
  readonly protocol: Protocol;
}

/** @param allowPrivate See `baseUrlProblem`: without it, an address that isn't public leads nowhere. */
export function customProvider(options: CustomProviderOptions, allowPrivate: boolean): Provider {
  const provider = FAMILIES[options.protocol](options);
  if (baseUrlProblem(options.baseUrl, allowPrivate) === null) return provider;
  return { ...provider, directUrl: () => refuseAddress(options.label) };
}

const FAMILIES: Readonly<Record<Protocol, (options: CustomProviderOptions) => Provider>> = {
  openai: (options) =>
    openAiLike({
      ...identity(options),
      base: options.baseUrl,
      hasEmbeddings: true,
      // It is unknown whether it has them; its own error is what the client gets.
      hasResponses: true,
      model: openai.model,
      errorRules: openai.errorRules,
      placeKey: inHeaderOf(options),
    }),
  anthropic: (options) => {
    const placeKey = inHeaderOf(options);
    return {
      ...anthropic,
      ...identity(options),
      ...versionedPath(options.baseUrl.replace(/\/v1$/, ""), "v1"),
      placeKey(request, key) {
        placeKey(request, key);
        addVersion(request);
      },
    };
  },
  google: (options) => ({
    ...googleAiStudio,
    ...identity(options),
    ...googlePaths(options.baseUrl.replace(/\/v1beta$/, "")),
    placeKey: inHeaderOf(options),
  }),
};

/** The team's own settings, and the family's properties that may not be true elsewhere. */
function identity({ slug, label, keyHeader }: CustomProviderOptions) {
  return {
    slug,
    label,
    withholds: { credentials: { headers: [keyHeader] }, accounts: {} },
    isAtGateway: false,
    compatSlug: null,
    keyPattern: null,
    webSocket: null,
    quotaDayZone: "UTC",
  } as const satisfies Partial<Provider>;
}

function inHeaderOf({ keyHeader, keyPrefix }: CustomProviderOptions): PlaceKey {
  return (request, key) => {
    request.headers.set(keyHeader, keyPrefix + key);
  };
}

function refuseAddress(label: string): never {
  throw new ProviderPathError(
    `${label} is set to an address that is not of the public internet, which this deployment does not allow.`,
  );
}
