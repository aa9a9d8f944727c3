/**
 * A request's tags: those of the token, which no caller can override, before those of our header, before those of AI
 * Gateway's metadata.
 * @module
 */
import type { HeaderFields } from "../../http/read-headers";
import { parseGatewayMetadata } from "../../tags/gateway-metadata";
import { parseTags } from "../../tags/tag-text";
import { type Tags, tagValue } from "../../tags/tags";
import type { AccessToken, ProxyPorts } from "../ports";
import { ProxyError } from "../proxy-error";
import { carriesToken } from "./carries-token";

export const TAGS_HEADER = "x-one-balance-tags";
const METADATA_HEADER = "cf-aig-metadata";

/**
 * @param credential The caller's, which no log may contain.
 * @returns Null for none.
 * @throws {ProxyError} `invalid_tags` if our header can't be read.
 */
export function requestTags(
  headers: HeaderFields,
  token: AccessToken,
  credential: string,
): Tags | null {
  const header = headers.get(TAGS_HEADER);
  const metadata = headers.get(METADATA_HEADER);
  const { fixedTags } = token;
  // Most requests.
  if (header === null && metadata === null && fixedTags === undefined) return null;
  const tags: Tags = {
    ...(metadata !== null && readMetadata(metadata, credential)),
    ...(header !== null && readHeader(header, credential)),
    ...fixedTags,
  };
  return Object.keys(tags).length === 0 ? null : tags;
}

function readMetadata(metadata: string, credential: string): Tags {
  // Not in the header's text, where JSON may escape it.
  const tags = parseGatewayMetadata(metadata);
  return Object.entries(tags).some(([name, value]) => carriesToken(`${name} ${value}`, credential))
    ? {}
    : tags;
}

/** The token as the request's tags limit it: with their budgets, besides its own limits. */
export function withTagLimits(
  token: AccessToken,
  tags: Tags | null,
  { state }: Pick<ProxyPorts, "state">,
): AccessToken {
  if (tags === null) return token;
  const holders = state.tagHolders(tags);
  if (holders.length === 0) return token;
  return { ...token, limitHolders: [...(token.limitHolders ?? []), ...holders] };
}

function readHeader(header: string, credential: string): Tags {
  const read = carriesToken(header, credential)
    ? { problem: "it contains the access token" }
    : parseTags(header);
  if ("tags" in read) return read.tags;
  throw new ProxyError(
    "invalid_tags",
    `Nothing was sent: the header ${TAGS_HEADER} can't be read, because ${read.problem}. Write name=value, separated by commas: customer=acme,feature=rag.`,
  );
}

/**
 * Of requests to providers: what One Balance answers itself needs no tags.
 * @throws {ProxyError} `invalid_tags` if a tag is missing that the token requires.
 */
export function assertRequiredTags({ requiredTags }: AccessToken, tags: Tags | null): void {
  if (requiredTags === undefined) return;
  const missing = requiredTags.filter((name) => tagValue(tags ?? {}, name) === undefined);
  if (missing.length === 0) return;
  const example = missing.map((name) => `${name}=…`).join(",");
  throw new ProxyError(
    "invalid_tags",
    `Nothing was sent: this access token requires the ${missing.length === 1 ? "tag" : "tags"} ${missing.join(", ")}. Send ${TAGS_HEADER}: ${example}.`,
  );
}
