/**
 * The request's story, from the caller's token to the answer. Read it from top to bottom.
 * @module
 */
import type { RouteTarget } from "../models/model-alias";
import { ProviderPathError } from "../providers/provider-path-error";
import { findProviderNamed, providersWith } from "../providers/registry";
import type { Provider } from "../providers/types";
import { authorizeModels } from "./account/authorize-models";
import { QUOTA, quotaAnswer } from "./account/quota-answer";
import { RequestMeter } from "./account/request-meter";
import { tokenAllows } from "./account/token-allows";
import { reserveBudget } from "./account/token-budget";
import { isPreflight, letPageRead, preflightAnswer } from "./answer/cross-origin";
import { deliver } from "./answer/deliver";
import { errorResponse } from "./answer/error-response";
import { RESPONSE_HEADERS } from "./answer/response-headers";
import type { ProxyConfig } from "./config";
import type { AccessToken, ProxyPorts } from "./ports";
import { ProxyError } from "./proxy-error";
import { guessedCount } from "./request/count-tokens";
import { mustKnowAll } from "./request/limited-token";
import { asCompatPath, assertSafePath, COMPAT, type ProxyPath } from "./request/proxy-path";
import { readOnForModel } from "./request/read-on-for-model";
import { forgetBody, type RequestBody, readRequestBody } from "./request/request-body";
import { requestCredentials } from "./request/request-credential";
import type { RequestScope } from "./request-scope";
import { aliasedCall } from "./route/aliased-call";
import { compatModels, type ModelCatalog, modelsAsked } from "./route/compat-models";
import { calledProvider } from "./route/known-provider";
import { nativeCall } from "./route/native-call";
import { openAiFormCall } from "./route/openai-form-call";
import { ownFormCall } from "./route/own-form-call";
import { isProbe, probeAnswer } from "./route/probe";
import type { ProxyCall } from "./route/proxy-call";
import type { Asking } from "./route/resolve-model";
import { type SharedForm, sharedForm } from "./route/shared-form";
import { claimOf } from "./serve/quota-claim";
import { mayNameStored, toItsOwner } from "./serve/resource-affinity";
import { serveFromPool } from "./serve/serve-from-pool";
import { type ServedFromTarget, serveFromTargets } from "./serve/serve-from-targets";
import type { Served } from "./serve/served";
import { assertQueryAllowed, assertReadable } from "./sockets/socket-access";

/** When to come back where the store cannot be read. */
const STORE_RETRY_MS = 2_000;

/** What lives as long as the isolate. */
export interface ProxyInstance {
  readonly config: ProxyConfig;
  readonly ports: ProxyPorts;
  readonly catalog: ModelCatalog;
}

/**
 * Answers a request for `/api/{provider}/…`, or in a shared form at `/api/compat/…` or the root. Never rejects.
 * @param url The request's, parsed.
 * @param path From `splitProxyPath`.
 * @param waitUntil Keeps work alive after the response.
 */
export function handleProxyRequest(
  request: Request,
  url: URL,
  path: ProxyPath,
  proxy: ProxyInstance,
  waitUntil: (work: Promise<unknown>) => void,
): Promise<Response> {
  const answering = () => answer(request, url, path, proxy, waitUntil);
  const isOfPage = request.headers.has("origin");
  if (isProbe(request, url) && !(isOfPage && isPreflight(request))) {
    return Promise.resolve(probeAnswer(request));
  }
  return isOfPage ? answerPage(request, answering) : answering();
}

/** For a page in a browser, which asks first and may not read every answer. */
async function answerPage(request: Request, answering: () => Promise<Response>): Promise<Response> {
  if (isPreflight(request)) return preflightAnswer(request);
  const response = await answering();
  letPageRead(response);
  return response;
}

async function answer(
  request: Request,
  url: URL,
  typed: ProxyPath,
  { config, ports, catalog }: ProxyInstance,
  waitUntil: (work: Promise<unknown>) => void,
): Promise<Response> {
  let path = typed;
  const requestId = ports.newRequestId();
  const meter = new RequestMeter(request, requestId, ports, waitUntil);
  const scope: RequestScope = {
    requestId,
    request,
    config,
    ports,
    credential: "",
    attempts: 0,
    meter,
    keep: waitUntil,
  };
  let provider = findProviderNamed(path.segment);
  try {
    const knowing = ports.state.ready(waitUntil);
    if (knowing !== null) await knowing;
    if (!ports.state.isLoaded) throw storeUnavailable();
    provider = calledProvider(path.segment, scope);
    if (provider === undefined) path = asCompatPath(path) ?? path;
    meter.askedOf(provider);
    const token = await authenticate(url, provider, scope);
    meter.calledBy(token);
    scope.caller = token;
    const listed = path.segment === COMPAT ? modelsAsked(request, path.rest) : null;
    if (listed !== null) {
      const models = await compatModels(listed, token, catalog, scope);
      meter.served(models.status);
      return models;
    }
    if (provider === undefined && path.segment === QUOTA && path.rest === "") {
      const quota = await quotaAnswer(token, catalog, scope);
      meter.served(quota.status);
      return quota;
    }
    const answered = await serve(request, path, provider, url, token, catalog, scope);
    if (answered instanceof Response) {
      meter.served(answered.status);
      return answered;
    }
    const { call, served, target } = answered;
    ports.state.record({ kind: "token-used", tokenId: token.id, atMs: ports.nowMs() });
    const response = deliver(served, call, token, url, path.rest, scope, waitUntil);
    if (target !== null) response.headers.set(RESPONSE_HEADERS.target, encodeTarget(target));
    if (token.showsKey) {
      response.headers.set(RESPONSE_HEADERS.key, encodeURIComponent(served.key.masked));
    }
    return response;
  } catch (error) {
    const format = provider?.errorFormat ?? formAsked(request, path);
    const proxyError = asProxyError(error);
    meter.refused(proxyError);
    const { headers } = request;
    const { attempts } = scope;
    return errorResponse(proxyError, {
      format,
      requestId,
      attempts,
      headers,
      nowMs: ports.nowMs(),
    });
  } finally {
    const upkeep = ports.state.afterResponse();
    if (upkeep !== null) waitUntil(upkeep);
  }
}

/** Who is calling: the first credential found that is a token of ours and has not expired. */
async function authenticate(
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

/** Finds out what is asked of whom, from the path and the body, which is read once, and has it answered. */
async function serve(
  request: Request,
  path: ProxyPath,
  provider: Provider | undefined,
  url: URL,
  token: AccessToken,
  catalog: ModelCatalog,
  scope: RequestScope,
): Promise<ServedFromTarget | ServedCall | Response> {
  if (provider === undefined && path.segment !== COMPAT) throw unknownProvider(path, scope);
  assertSafePath(path.rest, url.search, scope.credential);
  let body = await readRequestBody(
    request,
    (head) => mustKnowAll(token, head, request.headers, path.rest),
    token.id,
  );
  if (body.kind === "streamed") {
    body = await readOnForModel(body, request, provider, path.rest, token.id);
  }
  try {
    if (provider === undefined) {
      const asking = { token, catalog, scope };
      const guessed = await guessedCount(request, path.rest, body, asking);
      if (guessed !== null) return guessed;
    }
    if (scope.ports.state.modelAliases().size > 0) {
      const aliased = aliasedCall(request, provider, path.rest, url, body, scope);
      if (aliased !== null) return await serveFromTargets(aliased, token, scope);
    }
    let call =
      provider === undefined
        ? await sharedCall(request, path.rest, url, body, { token, catalog, scope })
        : nativeCall(request, provider, path.rest, url, body, scope);
    scope.meter.resolved(call);
    authorize(token, call);
    if (call.isWebSocket) {
      assertReadable(token, call);
      assertQueryAllowed(token, call);
    }
    authorizeModels(token, call);
    if (token.limitHolders !== undefined) {
      const destination = { provider: call.provider.slug, call };
      await reserveBudget(token, token.limitHolders, [destination], scope);
    }
    if (mayNameStored(call, token, scope)) call = await toItsOwner(call, token, scope);
    const served = await serveFromPool(call, claimOf(token), scope);
    forgetBody(call.body);
    return { call, served, target: null };
  } finally {
    forgetBody(body);
  }
}

/** A call at the doors which several providers share. */
function sharedCall(
  request: Request,
  path: string,
  url: URL,
  body: RequestBody,
  asking: Omit<Asking, "form">,
): Promise<ProxyCall> {
  const form = sharedForm(path, request.headers);
  return form === "openai"
    ? openAiFormCall(request, path, url, body, { ...asking, form })
    : ownFormCall(request, form, path, url, body, { ...asking, form });
}

/** The answer to a call that named its model itself. */
interface ServedCall {
  readonly call: ProxyCall;
  readonly served: Served;
  readonly target: null;
}

function authorize(token: AccessToken, { provider, model, method }: ProxyCall): void {
  if (tokenAllows(token, provider.slug, model, method)) return;
  const target = model === null ? provider.label : `${model} of ${provider.label}`;
  throw new ProxyError("access_denied", `This access token may not use ${target}.`);
}

function encodeTarget({ provider, model }: RouteTarget): string {
  return `${provider}/${encodeURI(model)}`;
}

/** In which form the client reads an error where no provider is named. */
function formAsked(request: Request, { segment, rest }: ProxyPath): SharedForm {
  if (segment !== COMPAT) return "openai";
  return sharedForm(rest, request.headers);
}

/** The isolate is new and has read nothing yet: it cannot tell who calls, or which keys there are. */
function storeUnavailable(): ProxyError {
  return new ProxyError(
    "store_unavailable",
    "One Balance cannot read its database (D1) at the moment, and knows no tokens and keys yet.",
    { retryAfterMs: STORE_RETRY_MS },
  );
}

function unknownProvider({ segment }: ProxyPath, { ports }: RequestScope): ProxyError {
  const known = providersWith(ports.state.customProviders())
    .map(({ slug }) => slug)
    .join(", ");
  return new ProxyError(
    "unknown_provider",
    `Unknown provider ${JSON.stringify(segment)}. Known: ${known}; or compat for the OpenAI form.`,
  );
}

function asProxyError(error: unknown): ProxyError {
  if (error instanceof ProxyError) return error;
  if (error instanceof ProviderPathError) {
    return new ProxyError("invalid_path", error.message, { cause: error });
  }
  console.error("proxy: unexpected error", error instanceof Error ? error.stack : error);
  return new ProxyError("internal_error", "Something failed inside One Balance; see its log.");
}
