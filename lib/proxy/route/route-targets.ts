/**
 * Which targets of an alias a request may be sent to, and in what order. Pure.
 * @module
 */
import type { Capability, ModelAlias, RouteTarget } from "../../models/model-alias";
import type { PricePerMillion } from "../../usage/price";
import { judgePrice } from "../../usage/price-limits";
import { tokenAllows } from "../account/token-allows";
import type { AccessToken } from "../ports";

/** Why a target isn't tried. */
export type SkipReason =
  | "other_api"
  | "not_allowed"
  | "lacks_capability"
  | "too_expensive"
  | "unknown_price";

/** What decides besides the alias itself. */
export interface RouteFacts {
  readonly token: AccessToken;
  readonly needed: readonly Capability[];
  /** Whether the target's provider supports the request's API. */
  speaks(target: RouteTarget): boolean;
  /** Called only if the alias limits the price. */
  priceOf(target: RouteTarget): PricePerMillion | null;
  /** In [0, 1). */
  random(): number;
}

export interface RouteChoice {
  /** In the order in which they are tried. */
  readonly targets: readonly RouteTarget[];
  readonly passedOver: readonly {
    readonly target: RouteTarget;
    readonly reason: SkipReason;
  }[];
}

export function chooseTargets(alias: ModelAlias, facts: RouteFacts): RouteChoice {
  const judged = alias.targets.map((target) => ({
    target,
    reason: reasonAgainst(target, alias, facts),
  }));
  const targets = judged.flatMap(({ target, reason }) => (reason === null ? [target] : []));
  return {
    targets: alias.choice === "weighted" ? drawn(targets, facts.random) : targets,
    passedOver: judged.flatMap(({ target, reason }) =>
      reason === null ? [] : [{ target, reason }],
    ),
  };
}

/** A token may use a target by its own name, or by the alias's wherever its provider is allowed. */
export function tokenAllowsTarget(
  token: AccessToken,
  { name }: ModelAlias,
  { provider, model }: RouteTarget,
): boolean {
  return tokenAllows(token, provider, model, "POST") || tokenAllows(token, provider, name, "POST");
}

function reasonAgainst(
  target: RouteTarget,
  alias: ModelAlias,
  facts: RouteFacts,
): SkipReason | null {
  if (!facts.speaks(target)) return "other_api";
  if (!tokenAllowsTarget(facts.token, alias, target)) return "not_allowed";
  if (!facts.needed.every((each) => target.capabilities.includes(each))) return "lacks_capability";
  const isLimited = alias.maxInputUsd !== null || alias.maxOutputUsd !== null;
  const price = isLimited ? judgePrice(alias, facts.priceOf(target)) : "fits";
  return price === "fits" ? null : price;
}

/** Drawn one after the other, so that what the first can't serve is divided by weight too. */
function drawn(targets: readonly RouteTarget[], random: () => number): readonly RouteTarget[] {
  const left = [...targets];
  const order: RouteTarget[] = [];
  while (left.length > 0) {
    let ticket = random() * left.reduce((sum, { weight }) => sum + weight, 0);
    const index = left.findIndex(({ weight }) => {
      ticket -= weight;
      return ticket < 0;
    });
    // Due to rounding, the last ticket may match none.
    order.push(...left.splice(index === -1 ? left.length - 1 : index, 1));
  }
  return order;
}
