/**
 * What is to be known of a request before anything is decided: whom it asks, who calls, what it says. The body is read
 * here, once.
 * @module
 */
import { providersWith } from "../../providers/registry";
import type { Provider } from "../../providers/types";
import type { AccessToken } from "../ports";
import { ProxyError } from "../proxy-error";
import type { RequestScope } from "../request-scope";
import { calledProvider } from "../route/known-provider";
import { sharedForm } from "../route/shared-form";
import { mustKnowAll } from "./limited-token";
import { asCompatPath, COMPAT, type ProxyPath } from "./proxy-path";
import { readOnForModel } from "./read-on-for-model";
import { readRequestBody } from "./request-body";
import { requestCredentials } from "./request-credential";
import type { RequestFacts } from "./request-facts";

/** The segment below `/api/` of the one answer that is no provider's and of no shared form. */
export const QUOTA = "quota";

/**
 * @throws {ProxyError} `invalid_access_token`, `unknown_provider`, `body_too_large`, `unsupported_content_encoding`.
 */
export async function gatherFacts(
  url: URL,
  typed: ProxyPath,
  scope: RequestScope,
): Promise<RequestFacts> {
  const { request, meter } = scope;
  const provider = calledProvider(typed.segment, scope);
  const { segment, rest: path } = provider === undefined ? sharedPath(typed) : typed;
  meter.askedOf(provider);
  const token = await identifyCaller(url, provider, scope);
  meter.calledBy(token);
  scope.caller = token;
  const isForQuota = segment === QUOTA && path === "";
  if (provider === undefined && segment !== COMPAT && !isForQuota) {
    throw unknownProvider(segment, scope);
  }
  const mustBeKnown = (head: Uint8Array<ArrayBuffer>) =>
    mustKnowAll(token, head, request.headers, path);
  let body = await readRequestBody(request, mustBeKnown, token.id);
  if (body.kind === "streamed") {
    body = await readOnForModel(body, request, provider, path, token.id);
  }
  if (provider !== undefined) return { request, url, provider, path, token, body };
  const form = sharedForm(path, request.headers);
  return { request, url, provider, path, token, body, form, isForQuota };
}

/** Where a path leads that begins with no provider's name. */
export function sharedPath(typed: ProxyPath): ProxyPath {
  return asCompatPath(typed) ?? typed;
}

/** Who is calling: the first credential found that is a token of ours and has not expired. */
async function identifyCaller(
  url: URL,
  provider: Provider | undefined,
  scope: RequestScope,
): Promise<AccessToken> {
  const { ports, request, keep } = scope;
  let isAnonymous = true;
  for (const credential of requestCredentials(request.headers, url, provider)) {
    isAnonymous = false;
    const token = await ports.state.findAccessToken(credential, keep);
    if (token === null) continue;
    scope.credential = credential;
    if (token.expiresAtMs === null || token.expiresAtMs > ports.nowMs()) return token;
    throw new ProxyError("invalid_access_token", "This access token has expired.");
  }
  throw new ProxyError(
    "invalid_access_token",
    isAnonymous
      ? "No access token was sent. Use it as the API key of your SDK, or as Authorization: Bearer."
      : "This access token is not known, or was revoked.",
  );
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
