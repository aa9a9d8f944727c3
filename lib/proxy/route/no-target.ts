/**
 * The error for an alias none of whose targets can serve the request.
 * @module
 */
import type { RouteTarget } from "../../models/model-alias";
import { ProxyError } from "../proxy-error";
import type { RouteChoice, SkipReason } from "./route-targets";

const REASONS: Readonly<Record<SkipReason, string>> = {
  other_api: "does not speak the API of this request",
  not_allowed: "is not allowed for this access token",
  lacks_capability: "is not marked for what this request needs (tools, pictures or a JSON schema)",
  too_expensive: "costs more than the alias allows",
  unknown_price: "has no known price, and the alias limits it",
};

/** None of the targets may be tried; 403 if only the token prevents it. */
export function noFittingTarget(alias: string, passedOver: RouteChoice["passedOver"]): ProxyError {
  const speaking = passedOver.filter(({ reason }) => reason !== "other_api");
  if (speaking.length > 0 && speaking.every(({ reason }) => reason === "not_allowed")) {
    return new ProxyError("access_denied", `This access token may not use ${alias}.`);
  }
  const reasons = passedOver.map(({ target, reason }) => `${nameOf(target)} ${REASONS[reason]}`);
  return new ProxyError(
    "no_route_target",
    `No target of ${JSON.stringify(alias)} fits this request: ${reasons.join("; ")}.`,
  );
}

/** Targets without a pool to wait for: the errors of the others say better what to do. */
const HOPELESS: ReadonlySet<ProxyError["code"]> = new Set(["no_provider_keys", "invalid_path"]);

/**
 * Every target that was tried failed without an upstream's response. The code is that of the last one really tried; if
 * all are at their limit, it is theirs, with the earliest retry time.
 * @param refusals At least one, in order.
 */
export function noTargetServed(
  alias: string,
  refusals: readonly { readonly target: RouteTarget; readonly error: ProxyError }[],
): ProxyError {
  const errors = refusals.map(({ error }) => error);
  const limited = errors
    .filter(({ code }) => code === "pool_exhausted")
    .sort((one, other) => (one.retryAfterMs ?? 0) - (other.retryAfterMs ?? 0));
  const others = errors.filter(({ code }) => code !== "pool_exhausted" && !HOPELESS.has(code));
  const decisive = others.at(-1) ?? limited[0] ?? errors.at(-1);
  if (decisive === undefined) throw new TypeError("no target was asked");
  const words = refusals.map(({ target, error }) => `${nameOf(target)}: ${error.message}`);
  const { code, retryAfterMs, limitSource } = decisive;
  return new ProxyError(
    code,
    `No target of ${JSON.stringify(alias)} could serve. ${words.join(" ")}`,
    {
      ...(retryAfterMs !== null && { retryAfterMs }),
      ...(limitSource !== null && { limitSource }),
      cause: decisive,
    },
  );
}

function nameOf({ provider, model }: RouteTarget): string {
  return `${provider}/${model}`;
}
