/**
 * The request's story: gather the facts, make a plan, carry it out, hand on the response. Read it from top to bottom.
 * @module
 */
import { type HeaderFields, ReadHeaders } from "../http/read-headers";
import { ProviderPathError } from "../providers/provider-path-error";
import type { ErrorFormat } from "../providers/types";
import { authorizeCall } from "./account/authorize-call";
import { RequestMeter } from "./account/request-meter";
import { reserveBudget } from "./account/token-budget";
import { isPreflight, letPageRead, preflightAnswer } from "./answer/cross-origin";
import { deliver } from "./answer/deliver";
import { errorResponse } from "./answer/error-response";
import type { ProxyConfig } from "./config";
import { ownAnswer } from "./own/own-answer";
import { isProbe, probeAnswer } from "./own/probe";
import type { AccessToken, KeepAlive, ModelCatalog, ProxyPorts } from "./ports";
import { ProxyError } from "./proxy-error";
import { carriesToken, isUnmistakable } from "./request/carries-token";
import { gatherFacts, sharedPath } from "./request/gather-facts";
import { COMPAT, type ProxyPath } from "./request/proxy-path";
import { forgetBody } from "./request/request-body";
import type { RequestFacts } from "./request/request-facts";
import { assertRequiredTags } from "./request/request-tags";
import type { RequestScope } from "./request-scope";
import { calledProvider } from "./route/known-provider";
import { isAliased, type Plan, planRequest } from "./route/plan-request";
import { sharedForm } from "./route/shared-form";
import { serveCall } from "./serve/serve-call";
import { serveFromTargets } from "./serve/serve-from-targets";
import type { Served } from "./serve/served";

/** `Retry-After` if the store can't be read. */
const STORE_RETRY_MS = 2_000;

/** What lives as long as the isolate. */
export interface ProxyInstance {
  readonly config: ProxyConfig;
  readonly ports: ProxyPorts;
  readonly catalog: ModelCatalog;
}

/**
 * Answers a request for `/api/{provider}/…`, or in a shared API format at `/api/compat/…` or the root. Never rejects.
 * @param url The request's, parsed.
 * @param path From `splitProxyPath`.
 * @param waitUntil Keeps work alive after the response.
 */
export function handleProxyRequest(
  request: Request,
  url: URL,
  path: ProxyPath,
  proxy: ProxyInstance,
  waitUntil: KeepAlive,
): Promise<Response> {
  const headers = new ReadHeaders(request.headers);
  const answering = () => answer(request, headers, url, path, proxy, waitUntil);
  const isOfPage = headers.has("origin");
  if (isProbe(request, url) && !(isOfPage && isPreflight(request))) {
    return Promise.resolve(probeAnswer(request));
  }
  return isOfPage ? answerPage(request, answering) : answering();
}

/** For a page in a browser, which sends a preflight first and may not read every response. */
async function answerPage(request: Request, answering: () => Promise<Response>): Promise<Response> {
  if (isPreflight(request)) return preflightAnswer(request);
  const response = await answering();
  letPageRead(response);
  return response;
}

async function answer(
  request: Request,
  headers: HeaderFields,
  url: URL,
  path: ProxyPath,
  proxy: ProxyInstance,
  waitUntil: KeepAlive,
): Promise<Response> {
  const scope = scopeOf(request, headers, proxy, waitUntil);
  const { state } = scope.ports;
  let facts: RequestFacts | null = null;
  try {
    const knowing = state.ready(waitUntil);
    if (knowing !== null) await knowing;
    if (!state.isLoaded) throw storeUnavailable();
    // Not before: where traces are sent may have changed.
    const { meter, ports } = scope;
    if (ports.traces !== undefined) meter.begins(ports.traces.begin(headers));

    facts = await gatherFacts(url, path, scope);
    const own = facts.provider === undefined ? ownAnswer(facts, scope) : null;
    const said = own === null ? null : await own;
    if (said !== null) return said;
    assertRequiredTags(facts.token, meter.tags);

    const planning = planRequest(facts, scope);
    const plan = planning instanceof Promise ? await planning : planning;
    const served = await carryOut(plan, facts.token, scope);
    forgetBody(served.call.body);
    return deliver(served, facts, scope, waitUntil);
  } catch (error) {
    return refuse(asProxyError(error), path, scope);
  } finally {
    if (facts !== null) forgetBody(facts.body);
    const upkeep = state.afterResponse();
    if (upkeep !== null) waitUntil(upkeep);
  }
}

function scopeOf(
  request: Request,
  headers: HeaderFields,
  { config, ports, catalog }: ProxyInstance,
  keep: KeepAlive,
): RequestScope {
  const requestId = ports.newRequestId();
  const meter = new RequestMeter(request, requestId, ports, keep);
  return {
    requestId,
    request,
    headers,
    config,
    ports,
    catalog,
    credential: "",
    attempts: 0,
    meter,
    keep,
  };
}

/** @throws {ProxyError} if the token may not make the request, its limits are used up, or nothing serves it. */
function carryOut(plan: Plan, token: AccessToken, scope: RequestScope): Promise<Served> {
  if (isAliased(plan)) return serveFromTargets(plan, token, scope);
  assertNoToken(plan.model, scope.credential);
  scope.meter.resolved(plan);
  authorizeCall(token, plan);
  const { limitHolders } = token;
  if (limitHolders === undefined) return serveCall(plan, token, scope);
  const destination = { provider: plan.provider.slug, call: plan };
  return reserveBudget(token, limitHolders, [destination], scope).then(() =>
    serveCall(plan, token, scope),
  );
}

/**
 * Names of models are recorded and shown, and the settings for both are easily mixed up.
 * @throws {ProxyError} `model_required`
 */
function assertNoToken(model: string | null, credential: string): void {
  if (model === null || !isUnmistakable(credential) || !carriesToken(model, credential)) return;
  throw new ProxyError(
    "model_required",
    "The model's name holds the access token, which goes nowhere.",
  );
}

/** The client gets one of our own errors, in the format that it reads. */
function refuse(error: ProxyError, path: ProxyPath, scope: RequestScope): Response {
  const { attempts, headers, meter, ports, requestId } = scope;
  meter.refused(error);
  return errorResponse(error, {
    format: errorFormatAt(path, scope),
    requestId,
    attempts,
    headers,
    nowMs: ports.nowMs(),
  });
}

/** The format in which the client reads errors: the provider's, or if none is named, that of the API it uses. */
function errorFormatAt(path: ProxyPath, scope: RequestScope): ErrorFormat {
  const provider = calledProvider(path.segment, scope);
  if (provider !== undefined) return provider.errorFormat;
  const { segment, rest } = sharedPath(path);
  return segment === COMPAT ? sharedForm(rest, scope.headers) : "openai";
}

/** The isolate is new and hasn't read anything yet: it doesn't know its callers or keys. */
function storeUnavailable(): ProxyError {
  return new ProxyError(
    "store_unavailable",
    "One Balance cannot read its database (D1) at the moment, and knows no tokens and keys yet.",
    { retryAfterMs: STORE_RETRY_MS },
  );
}

function asProxyError(error: unknown): ProxyError {
  if (error instanceof ProxyError) return error;
  if (error instanceof ProviderPathError) {
    return new ProxyError("invalid_path", error.message, { cause: error });
  }
  console.error("proxy: unexpected error", error instanceof Error ? error.stack : error);
  return new ProxyError("internal_error", "Internal error in One Balance. See the server log.");
}
