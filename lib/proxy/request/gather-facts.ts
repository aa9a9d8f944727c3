/**
 * What must be known about a request before anything is decided: which provider, who calls, what it says. The body is
 * read here, once.
 * @module
 */
import { providersWith } from "../../providers/registry";
import { ProxyError } from "../proxy-error";
import type { RequestScope } from "../request-scope";
import { calledProvider } from "../route/known-provider";
import { sharedForm } from "../route/shared-form";
import { mustKnowAll } from "./limited-token";
import { asCompatPath, COMPAT, type ProxyPath } from "./proxy-path";
import { readOnForModel } from "./read-on-for-model";
import { readRequestBody } from "./request-body";
import { identifyCaller } from "./request-credential";
import type { RequestFacts } from "./request-facts";
import { requestTags, withTagLimits } from "./request-tags";

/** The segment below `/api/` of the one endpoint that belongs to no provider and no shared API format. */
export const QUOTA = "quota";

/**
 * @throws {ProxyError} `invalid_access_token`, `unknown_provider`, `body_too_large`, `unsupported_content_encoding`.
 */
export async function gatherFacts(
  url: URL,
  typed: ProxyPath,
  scope: RequestScope,
): Promise<RequestFacts> {
  const { request, headers, meter } = scope;
  const provider = calledProvider(typed.segment, scope);
  const { segment, rest: path } = provider === undefined ? sharedPath(typed) : typed;
  meter.sentTo(provider);
  const { token: known, credential } = await identifyCaller(
    scope,
    url,
    provider,
    scope.ports,
    scope.keep,
  );
  meter.calledBy(known, credential);
  scope.credential = credential;
  meter.tags = requestTags(headers, known, credential);
  const token = withTagLimits(known, meter.tags, scope.ports);
  scope.caller = token;
  const isForQuota = segment === QUOTA && path === "";
  if (provider === undefined && segment !== COMPAT && !isForQuota) {
    throw unknownProvider(segment, scope);
  }
  const mustBeKnown = (head: Uint8Array<ArrayBuffer>) => mustKnowAll(token, head, headers, path);
  let body = await readRequestBody(request, mustBeKnown, token.id);
  if (body.kind === "streamed") {
    body = await readOnForModel(body, request, provider, path, token.id);
  }
  if (provider !== undefined) return { request, url, provider, path, token, body };
  const form = sharedForm(path, headers);
  return { request, url, provider, path, token, body, form, isForQuota };
}

/** The target of a path that doesn't begin with a provider's name. */
export function sharedPath(typed: ProxyPath): ProxyPath {
  return asCompatPath(typed) ?? typed;
}

function unknownProvider(segment: string, { ports }: RequestScope): ProxyError {
  const known = providersWith(ports.state.customProviders())
    .map(({ slug }) => slug)
    .join(", ");
  return new ProxyError(
    "unknown_provider",
    `Unknown provider ${JSON.stringify(segment)}. Known: ${known}; or compat for the OpenAI form.`,
  );
}
