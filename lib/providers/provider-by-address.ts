/**
 * The service to which an address belongs.
 * @module
 */
import { ProviderPathError } from "./provider-path-error";
import type { Provider } from "./types";

/** Hosts that no path of a provider contains: part of them is a region or a resource, or they are older names. */
const HOSTS: readonly (readonly [host: RegExp, slug: string])[] = [
  [/^[\w-]+\.openai\.azure\.com$/, "azure-openai"],
  [/^(?:[\w-]+-)?aiplatform\.googleapis\.com$/, "google-vertex-ai"],
  [/^bedrock-runtime\.[\w-]+\.amazonaws\.com$/, "aws-bedrock"],
  [/^api\.cohere\.ai$/, "cohere"],
  [/^api-inference\.huggingface\.co$/, "huggingface"],
];

const GATEWAY = /^\/v1\/[^/]+\/[^/]+\/([\w-]+)/;

/** The provider with this address; undefined if there is none, or it isn't an address. */
export function providerByAddress(
  address: string,
  providers: readonly Provider[],
): Provider | undefined {
  if (!URL.canParse(address)) return undefined;
  const { host, pathname } = new URL(address);
  const ofGateway = host === "gateway.ai.cloudflare.com" && GATEWAY.exec(pathname)?.[1];
  const slug = ofGateway || HOSTS.find(([pattern]) => pattern.test(host))?.[1];
  if (slug !== undefined) return providers.find((provider) => provider.slug === slug);
  return providers.find((provider) => hostOf(provider) === host);
}

function hostOf(provider: Provider): string | null {
  try {
    return new URL(provider.directUrl("v1/models")).host;
  } catch (error) {
    // For some, the host depends on the path.
    if (error instanceof ProviderPathError) return null;
    throw error;
  }
}
