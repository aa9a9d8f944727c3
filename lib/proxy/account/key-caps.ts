/**
 * Counts a request against the caps of the key that serves it: reserves its estimated cost before it is sent, and
 * settles what it cost afterwards.
 *
 * A request without a known price counts as the amount that the caller's token states for it (`unpricedReserveUsd`,
 * under a budget in money), as it does for that budget, and as nothing without one: a key's cap is no reason to reject
 * a request.
 * @module
 */
import { capReached } from "../../pool/caps/cap-evidence";
import type { Lease } from "../../pool/pick-result";
import type { KeySource } from "../../pool/sections/joined-keys";
import type { RequestEvent } from "../../usage/request-event";
import type { ProxyPorts } from "../ports";
import { estimatedUses, highCostNanoUsd } from "../request/estimate-use";
import type { RequestScope } from "../request-scope";
import type { ProxyCall } from "../route/proxy-call";

/**
 * Reserves the call's estimated cost. Null if that is done; otherwise the prices had to be loaded first. Never rejects.
 */
export function reserveCaps(
  lease: Lease,
  pool: KeySource,
  call: ProxyCall,
  scope: RequestScope,
): Promise<void> | null {
  if (lease.entry.caps?.countsCosts !== true) return null;
  const costNanoUsd = priceOf(call, scope);
  if (costNanoUsd === null) return reserveLater(lease, pool, call, scope);
  pool.reserve(lease, costNanoUsd, scope.ports.nowMs());
  return null;
}

async function reserveLater(
  lease: Lease,
  pool: KeySource,
  call: ProxyCall,
  scope: RequestScope,
): Promise<void> {
  const { caller, headers, ports } = scope;
  try {
    await ports.prices();
  } catch (error) {
    console.error("proxy: prices cannot be loaded, a capped key is used:", error);
  }
  const [use] = estimatedUses(call, headers);
  const unpriced = highCostNanoUsd(call.provider.slug, use) ?? caller?.unpricedReserveNanoUsd ?? 0;
  pool.reserve(lease, priceOf(call, scope) ?? unpriced, ports.nowMs());
}

/** The most that the call can cost, in 1e-9 US dollars; null while no price is known. */
function priceOf(call: ProxyCall, { headers, ports }: RequestScope): number | null {
  const { model, provider } = call;
  const costs = estimatedUses(call, headers).flatMap((use) => {
    return ports.budgets.costNanoUsd(provider.slug, model, use, ports.nowMs()) ?? [];
  });
  return costs.length === 0 ? null : Math.max(...costs);
}

/** The key serves: when the request ends, what it holds is given back, and what the response costs is counted. */
export function settleCaps(lease: Lease, pool: KeySource, scope: RequestScope): void {
  const { keep, meter, ports, requestId } = scope;
  const { hold } = lease;
  if (hold === null) return;
  hold.isServing = true;
  meter.whenAdded((event, work) => {
    const nowMs = ports.nowMs();
    const reached = pool.spend(lease, costOf(event, ports), event.atMs, nowMs);
    if (reached !== null) {
      const { model } = event;
      ports.state.record(capReached(reached, { requestId, model, atMs: nowMs }));
    }
    if (work?.isOver === true) pool.letGo(lease, work.name, nowMs);
    if (event.part !== "turn") {
      hold.isServing = false;
      if (work?.isOver === false) pool.keep(lease, work.name, nowMs);
      else pool.release(lease, nowMs);
    }
    // Isolates in which requests wait for the key receive it.
    ports.state.shareUse(keep);
  });
}

/** A session's turns were counted one by one. */
function costOf(
  { part, provider, model, usage, atMs, statedNanoUsd = 0 }: RequestEvent,
  { budgets }: ProxyPorts,
): number {
  if (part === "session") return 0;
  if (provider === null || usage === null) return statedNanoUsd;
  return budgets.costNanoUsd(provider, model, usage, atMs) ?? statedNanoUsd;
}
