import { assertSafePath } from "../request/proxy-path";
import type { NamedFacts, RequestFacts, SharedFacts } from "../request/request-facts";
import { isWebSocket } from "../request/web-socket-handshake";
import type { RequestScope } from "../request-scope";
import { type AliasedCall, aliasedCall } from "./aliased-call";
import { nativeCall } from "./native-call";
import { openAiFormCall } from "./openai-form-call";
import { ownFormCall } from "./own-form-call";
import type { ProxyCall } from "./proxy-call";
import { sharedSocketCall } from "./shared-socket-call";

/** What to call: one provider's pool, or the targets of an alias one after the other. */
export type Plan = ProxyCall | AliasedCall;

export function isAliased(plan: Plan): plan is AliasedCall {
  return "alias" in plan;
}

/**
 * A promise only at the entry points that several providers share, where a model's name may have to be looked up.
 * @throws {ProxyError} `invalid_path`, `address_too_long`, and as each kind of call does.
 */
export function planRequest(facts: RequestFacts, scope: RequestScope): Plan | Promise<Plan> {
  assertSafePath(facts.path, facts.url.search, scope.credential);
  const aliased = scope.ports.state.modelAliases().size > 0 ? aliasedCall(facts, scope) : null;
  return aliased ?? (isNamed(facts) ? nativeCall(facts, scope) : sharedCall(facts, scope));
}

function isNamed(facts: RequestFacts): facts is NamedFacts {
  return facts.provider !== undefined;
}

function sharedCall(facts: SharedFacts, scope: RequestScope): ProxyCall | Promise<ProxyCall> {
  const { form, request } = facts;
  if (form === "openai" && isWebSocket(request)) return sharedSocketCall(facts, scope);
  return form === "openai" ? openAiFormCall(facts, scope) : ownFormCall(facts, form, scope);
}
