/**
 * Which target a request would use now, and why: what the proxy would decide, without sending anything.
 * @module
 */
import type { AliasChoice, Capability, ModelAlias, RouteTarget } from "../models/model-alias";
import { CAPABILITIES } from "../models/model-alias";
import type { Availability } from "../pool/schedule/availability";
import type { TokenGroup } from "../pool/types";
import { providerOf as providerOfSlug } from "../providers/registry";
import type { AccessToken, ProxyPorts } from "../proxy/ports";
import { chooseTargets, type SkipReason } from "../proxy/route/route-targets";
import { DEFAULT_MAX_WAIT_MS } from "../proxy/serve/quota-claim";
import type { PricePerMillion } from "../usage/price";

export interface ExplainedTarget extends RouteTarget {
  /** The provider's name; null if there is no such provider. */
  readonly label: string | null;
  /** Why the request would skip it; null if it fits. */
  readonly passedOver: SkipReason | "no_provider" | null;
  /** Whether all its keys fail in the same way, so that only one request per second may try. */
  readonly isBraked: boolean;
  readonly availability: Availability;
  /** Null if unknown. */
  readonly price: PricePerMillion | null;
  /**
   * The share of requests that it would serve, from 0 to 1: in order, all go to the first that can serve within the
   * usual maximum wait; by weight, each that can gets its part.
   */
  readonly share: number;
}

export interface ExplainedRoute {
  /** As requested. */
  readonly name: string;
  /** Null for a model that is named directly. */
  readonly choice: AliasChoice | null;
  /** When it was computed, in epoch milliseconds. */
  readonly atMs: number;
  readonly targets: readonly ExplainedTarget[];
}

/** A caller without a group that may use everything. */
const UNLIMITED: AccessToken = {
  id: "",
  name: "",
  ownerId: null,
  scopes: null,
  expiresAtMs: null,
};

/**
 * A chat completion in OpenAI's format that names an alias, or a model as `{provider}/{model}`.
 * @param group The caller's; absent for none: then the common keys serve.
 * @returns Null if the name is neither.
 */
export async function explainRoute(
  { ports }: { readonly ports: Pick<ProxyPorts, "state" | "prices" | "nowMs"> },
  name: string,
  needed: readonly Capability[],
  group?: TokenGroup,
): Promise<ExplainedRoute | null> {
  const { state } = ports;
  await state.ready();
  await state.whole();
  const alias = state.modelAliases().get(name);
  const route = alias ?? modelAsRoute(name);
  if (route === null) return null;
  const book = await ports.prices();
  const nowMs = ports.nowMs();
  const providerOf = ({ provider }: RouteTarget) =>
    providerOfSlug(provider, (slug) => state.customProvider(slug));
  const priceOf = ({ provider, model }: RouteTarget) => book.perMillion(provider, model, nowMs);
  const { passedOver } = chooseTargets(
    { ...route, choice: "ordered" },
    {
      token: UNLIMITED,
      needed: alias === undefined ? [] : needed,
      speaks: (target) => providerOf(target)?.openAiCompatible != null,
      priceOf,
      random: () => 0,
    },
  );
  const explained = route.targets.map((target) => {
    const provider = providerOf(target);
    const pool = state.pool(target.provider, group);
    const reason = passedOver.find((other) => other.target === target)?.reason ?? null;
    return {
      ...target,
      label: provider?.label ?? null,
      passedOver: provider === undefined ? ("no_provider" as const) : reason,
      isBraked: pool.incident !== null,
      availability: pool.availability(target.model, nowMs),
      price: priceOf(target),
    };
  });
  const able = explained.filter((target) => canServe(target, nowMs));
  const weights = able.reduce((sum, { weight }) => sum + weight, 0);
  // The share of targets that can't serve is divided among the others.
  const shareOf = (target: (typeof explained)[number]) => {
    if (!able.includes(target)) return 0;
    if (route.choice === "weighted") return target.weight / weights;
    return target === able[0] ? 1 : 0;
  };
  return {
    name,
    choice: alias?.choice ?? null,
    atMs: nowMs,
    targets: explained.map((target) => ({ ...target, share: shareOf(target) })),
  };
}

function canServe(
  { passedOver, isBraked, availability: { readyAtMs } }: Omit<ExplainedTarget, "share">,
  nowMs: number,
): boolean {
  if (passedOver !== null || isBraked || readyAtMs === null) return false;
  return readyAtMs <= nowMs + DEFAULT_MAX_WAIT_MS;
}

function modelAsRoute(name: string): ModelAlias | null {
  const slash = name.indexOf("/");
  if (slash < 1 || slash === name.length - 1) return null;
  const [provider, model] = [name.slice(0, slash), name.slice(slash + 1)];
  const target = { provider, model, weight: 1, capabilities: CAPABILITIES };
  const unlimited = { maxInputUsd: null, maxOutputUsd: null };
  return { name, choice: "ordered", conversion: "needed", targets: [target], ...unlimited };
}
