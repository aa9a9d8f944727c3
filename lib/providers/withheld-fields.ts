/**
 * Which headers, query parameters and subprotocols of a client are withheld: those that any provider of the registry
 * names (`Provider.withholds`), for every provider, and those whose name looks as if they contained a credential, or
 * chose an account. So a provider's next header of this kind is withheld even before anyone lists it.
 * @module
 */
import { providers } from "./registry";
import type { FieldNames, Withheld } from "./types";

const union = (kind: keyof Withheld, part: keyof FieldNames): ReadonlySet<string> =>
  new Set(providers.flatMap(({ withholds }) => withholds[kind][part] ?? []));

const LISTED_HEADERS = new Set([
  ...union("credentials", "headers"),
  ...union("accounts", "headers"),
]);
const LISTED_QUERY = new Set([...union("credentials", "query"), ...union("accounts", "query")]);
const LISTED_SUBPROTOCOLS = [
  ...union("credentials", "subprotocols"),
  ...union("accounts", "subprotocols"),
];

/** Prefixes after which a subprotocol carries a credential, of any provider. */
export const CREDENTIAL_SUBPROTOCOLS: readonly string[] = [...union("credentials", "subprotocols")];

/** Words of which one is enough: `x-vendor-org-id`, `billingAccount`. */
const ACCOUNT_WORDS: ReadonlySet<string> = new Set([
  ...["account", "accounts", "billing", "bill", "org", "orgs", "organisation", "organisations"],
  ...["organization", "organizations", "payer", "project", "projects", "quota", "subscription"],
  ...["subscriptions", "team", "teams", "tenant", "tenants", "workspace", "workspaces"],
]);

/** A name that ends in one of these contains a secret: `x-auth-token`, `client_secret`. */
const CREDENTIAL_WORDS: ReadonlySet<string> = new Set([
  ...["apikey", "auth", "authentication", "authorization", "bearer", "credential", "credentials"],
  ...["jwt", "key", "passwd", "password", "secret", "sig", "signature", "token"],
]);

/** Keys and tokens that aren't secrets: `idempotency-key`, `pageToken`, `cache_key`. */
const HARMLESS_WORDS: ReadonlySet<string> = new Set([
  ...["cache", "continuation", "cursor", "dedup", "group", "idempotency", "max", "min", "next"],
  ...["order", "page", "partition", "prev", "previous", "sort", "start", "stop", "sync"],
]);

/** The same with words run together: `orgid`, `accesstoken`, `quotauser`. */
const RUN_TOGETHER =
  /organi[sz]ation|workspace|tenant|billing|accountid|orgid|projectid|teamid|subscriptionid|userproject|quotauser|apikey|accesstoken|authtoken|bearertoken|clientsecret|secretkey|accesskey|sessiontoken|securitytoken|subscriptionkey|authorization|password/;

/** Headers in which SDKs describe themselves, under any name. */
const OF_SDKS = /^x-stainless-/;

/** @param name Lower case. */
export function isWithheldHeader(name: string): boolean {
  if (LISTED_HEADERS.has(name)) return true;
  return !OF_SDKS.test(name) && looksWithheld(name.split(/[^a-z\d]+/));
}

/** @param name As in the query, decoded. */
export function isWithheldParameter(name: string): boolean {
  if (LISTED_QUERY.has(name.toLowerCase())) return true;
  const words = name.replace(/(?<=[a-z\d])(?=[A-Z])/g, "-").toLowerCase();
  return looksWithheld(words.split(/[^a-z\d]+/));
}

export function isWithheldSubprotocol(protocol: string): boolean {
  const name = protocol.toLowerCase();
  return LISTED_SUBPROTOCOLS.some((prefix) => name.startsWith(prefix));
}

function looksWithheld(parts: readonly string[]): boolean {
  const words = parts.filter((word) => word !== "");
  if (words.some((word) => ACCOUNT_WORDS.has(word))) return true;
  if (words.some((word) => HARMLESS_WORDS.has(word))) return false;
  return CREDENTIAL_WORDS.has(words.at(-1) ?? "") || RUN_TOGETHER.test(words.join(""));
}
