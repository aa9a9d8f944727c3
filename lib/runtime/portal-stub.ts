/**
 * How the Worker reaches the portal's object.
 * @module
 */
import type { Env } from "../env";
import type { PortalCalls } from "./object-calls";

/** https://developers.cloudflare.com/durable-objects/reference/data-location/ */
const HINTS = ["wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"] as const;
const JURISDICTIONS = ["eu", "fedramp"] as const;

/** The values of `PORTAL_LOCATION`: where the object should be created, or where it must stay. */
export const PORTAL_LOCATIONS: readonly string[] = [...HINTS, ...JURISDICTIONS];

/** Where objects must stay; undefined if they may be anywhere. */
export function jurisdictionOf({ PORTAL_LOCATION: location }: Env) {
  return JURISDICTIONS.find((each) => each === location);
}

/**
 * The portal's object; null if none is bound, and then the Worker does its work. One stub serves one request: after an
 * error it is unusable.
 */
export function portalObject(env: Env): DurableObjectStub<PortalCalls> | null {
  return objectNamed("portal", env);
}

/** An object of the portal's class, in the portal's place. */
export function objectNamed(name: string, env: Env): DurableObjectStub<PortalCalls> | null {
  const namespace = env.PORTAL;
  if (namespace === undefined) return null;
  const location = env.PORTAL_LOCATION;
  const jurisdiction = jurisdictionOf(env);
  if (jurisdiction !== undefined) return namespace.jurisdiction(jurisdiction).getByName(name);
  const locationHint = HINTS.find((each) => each === location);
  if (locationHint === undefined) return namespace.getByName(name);
  // An object stays where it was created: another hint means another object, which is fine because it stores nothing.
  return namespace.getByName(`${name} ${locationHint}`, { locationHint });
}
