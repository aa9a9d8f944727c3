/**
 * What the Worker calls on the objects. The bindings are typed by this, and not by the objects' classes, which import
 * everything they use.
 * @module
 */
import type { UpkeepTrigger } from "../db/schema/upkeep-schema";
import type { ByteStream } from "../http/byte-stream";
import type { Grant } from "../leases/lease";
import type { LeaseClaim } from "../leases/lease-book";
import type { UpkeepRun } from "../upkeep/upkeep-run";

/** Who requests a run, and how old the last one must be. */
export interface UpkeepCall {
  readonly startedBy: Exclude<UpkeepTrigger, "person">;
  readonly idleMs: number;
}

/** Of the portal's object, `portal-object.ts`. */
export interface PortalCalls extends Rpc.DurableObjectBranded {
  /** Requests a maintenance run, or the roll-up of the journal; an alarm does it. */
  callUpkeep(call: UpkeepCall | "roll-up"): Promise<void>;
  /** Continues a run that was started elsewhere. */
  continueUpkeep(run: UpkeepRun): Promise<void>;
  hasRoomForStream(): Promise<boolean>;
  /** Converts a stream; see `objects/stream-object.ts`. */
  convertStream(facts: string, stream: ByteStream): Promise<ByteStream>;
}

/** Of a lease object, `lease-object.ts`. */
export interface LeaseCalls extends Rpc.DurableObjectBranded {
  lease(isolate: string, asks: readonly LeaseClaim[]): Promise<Grant[]>;
}
