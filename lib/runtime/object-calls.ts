/**
 * What the Worker asks of the objects. The bindings are typed by it, and not by the objects' classes, which lead to
 * all that these do.
 * @module
 */
import type { UpkeepTrigger } from "../db/schema/upkeep-schema";
import type { Grant } from "../leases/lease";
import type { LeaseAsk } from "../leases/lease-book";
import type { UpkeepRun } from "../upkeep/upkeep-run";

/** Who calls for a run, and how old the last one must be for that. */
export interface UpkeepCall {
  readonly startedBy: Exclude<UpkeepTrigger, "person">;
  readonly idleMs: number;
}

/** Of the portal's object, `portal-object.ts`. */
export interface PortalCalls extends Rpc.DurableObjectBranded {
  /** Calls for a run of the upkeep, or for the rolling up of the journal; an alarm does it. */
  callUpkeep(call: UpkeepCall | "roll-up"): Promise<void>;
  /** Goes on with a run that was begun elsewhere. */
  continueUpkeep(run: UpkeepRun): Promise<void>;
}

/** Of an object of leases, `lease-object.ts`. */
export interface LeaseCalls extends Rpc.DurableObjectBranded {
  lease(isolate: string, asks: readonly LeaseAsk[]): Promise<Grant[]>;
}
