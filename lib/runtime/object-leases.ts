/**
 * Leases from objects, if they are bound: one object per holder of limits.
 * @module
 */
import type { Env } from "../env";
import type { LeasePort } from "../leases/lease-port";
import type { LeaseCalls } from "./object-calls";
import { jurisdictionOf } from "./portal-stub";

/** Null if no object is bound. */
export function objectLeases(env: Env): LeasePort | null {
  const namespace = env.LEASES;
  if (namespace === undefined) return null;
  return {
    takes: "a group",
    ask: (isolate, questions) => {
      const group = questions[0]?.group ?? "";
      const asks = questions.map(({ limit, used, demand, unit, hadWhole, mayReturn, holds }) => ({
        limit,
        used,
        demand,
        unit,
        hadWhole,
        mayReturn,
        holds,
      }));
      // One stub per request: after an error it is unusable.
      return objectOf(namespace, env, group).lease(isolate, asks);
    },
  };
}

function objectOf(namespace: DurableObjectNamespace<LeaseCalls>, env: Env, group: string) {
  const jurisdiction = jurisdictionOf(env);
  const own = jurisdiction === undefined ? namespace : namespace.jurisdiction(jurisdiction);
  return own.getByName(group);
}
