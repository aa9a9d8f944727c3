import type { SourceKey } from "../../moving-in/source-key";
import type { AddCustomProviderInput } from "./custom-provider-schema";
import { addCustomProviderInput, USUAL_KEY_HEADERS } from "./custom-provider-schema";

/**
 * The custom provider that a service with an address could be: input of `addCustomProvider`, for a person to check.
 * Null if there is no address, or an invalid one.
 */
export function proposeCustomProvider(
  { baseUrl, service }: Pick<SourceKey, "baseUrl" | "service">,
  isKnown: (slug: string) => boolean,
): AddCustomProviderInput | null {
  if (baseUrl === null || !URL.canParse(baseUrl)) return null;
  // A relay is named after its host: the service's name only says whose API it supports.
  const isRelay =
    service === null || isKnown(service) || !/^[A-Z]/.test(service) || service === "Custom";
  const label = (isRelay ? new URL(baseUrl).host : service).slice(0, 60);
  const protocol =
    service === "anthropic" ? "anthropic" : service === "google-ai-studio" ? "google" : "openai";
  const proposal = addCustomProviderInput.safeParse({
    label,
    slug: slugOf(label),
    baseUrl,
    protocol,
    ...USUAL_KEY_HEADERS[protocol],
  });
  return proposal.success ? proposal.data : null;
}

function slugOf(label: string): string {
  return label
    .toLowerCase()
    .replace(/[^a-z\d]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 40)
    .replace(/-+$/, "");
}
