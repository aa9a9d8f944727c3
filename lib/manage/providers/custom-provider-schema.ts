/**
 * Validation of custom providers, for the form and for the verbs: one check, with messages in the reader's language.
 * @module
 */
import { z } from "zod";
import { type BaseUrlProblem, baseUrlProblem } from "../../http/base-url-problem";
import { HOP_BY_HOP } from "../../http/hop-by-hop";

export type CustomProviderProblem =
  | BaseUrlProblem
  | "label_missing"
  | "label_too_long"
  | "slug_shape"
  | "header_shape"
  | "header_not_yours"
  | "prefix_shape";

/** @param say Returns the message for a problem. */
export function customProviderSchema(
  say: (problem: CustomProviderProblem) => string,
  allowPrivate: boolean,
) {
  return z.strictObject({
    label: z.string().trim().min(1, say("label_missing")).max(60, say("label_too_long")),
    slug: z
      .string()
      .trim()
      .regex(/^[a-z][a-z\d-]{0,38}[a-z\d]$/, say("slug_shape")),
    baseUrl: z
      .string()
      .trim()
      .superRefine((text, check) => {
        const problem = baseUrlProblem(text, allowPrivate);
        if (problem !== null) check.addIssue({ code: "custom", message: say(problem) });
      })
      .transform((text) => (URL.canParse(text) ? new URL(text).href.replace(/\/+$/, "") : text)),
    keyHeader: z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^[!#$%&'*+.^_`|~\w-]{1,60}$/, say("header_shape"))
      .refine((name) => !NOT_FOR_KEYS.has(name) && !NOT_FOR_KEYS_PREFIX.test(name), {
        error: say("header_not_yours"),
      }),
    // Not trimmed: `Bearer ` ends in a space.
    keyPrefix: z.string().regex(/^[\x20-\x7e]{0,40}$/, say("prefix_shape")),
    protocol: z.enum(["openai", "anthropic", "google"]),
  });
}

/** Where each API's own SDK puts the key. */
export const USUAL_KEY_HEADERS = {
  openai: { keyHeader: "authorization", keyPrefix: "Bearer " },
  anthropic: { keyHeader: "x-api-key", keyPrefix: "" },
  google: { keyHeader: "x-goog-api-key", keyPrefix: "" },
} as const;

/** Headers that say how to read the request, or where it goes: a key there would break it. */
const NOT_FOR_KEYS = new Set([
  ...HOP_BY_HOP,
  "host",
  "cookie",
  "origin",
  "accept",
  "accept-encoding",
  "user-agent",
  "expect",
  "via",
  "content-type",
  "content-length",
  "content-encoding",
  "anthropic-version",
]);
const NOT_FOR_KEYS_PREFIX = /^(?:cf-|sec-|x-forwarded-|x-one-balance-)/;

const ENGLISH: Readonly<Record<CustomProviderProblem, string>> = {
  not_a_url: "not an address; it begins with https://",
  not_https: "must begin with https://",
  has_credentials: "must hold no user name or password; add the key to the pool instead",
  has_query: "must hold no query or fragment",
  odd_port: "must use port 443 or 8443",
  private_address: "must be of the public internet (ALLOW_PRIVATE_UPSTREAMS=1 lifts this)",
  too_long: "is too long",
  label_missing: "a name is needed",
  label_too_long: "at most 60 characters",
  slug_shape: "2 to 40 lower-case letters, digits and hyphens, beginning with a letter",
  header_shape: "not a header's name",
  header_not_yours: "this header has another use and cannot carry a key",
  prefix_shape: "at most 40 visible ASCII characters",
};

export function inEnglish(problem: CustomProviderProblem): string {
  return ENGLISH[problem];
}

/** The verb checks whether its address is public, because that depends on the deployment. */
export const addCustomProviderInput = customProviderSchema(inEnglish, true);
export type AddCustomProviderInput = z.output<typeof addCustomProviderInput>;

/** The slug can't change: paths, tokens and keys use it. */
export const customProviderChanges = addCustomProviderInput.omit({ slug: true }).partial();
export const changeCustomProviderInput = customProviderChanges.extend({
  slug: addCustomProviderInput.shape.slug,
});
export type ChangeCustomProviderInput = z.output<typeof changeCustomProviderInput>;

export const removeCustomProviderInput = addCustomProviderInput.pick({ slug: true });
export type RemoveCustomProviderInput = z.output<typeof removeCustomProviderInput>;
