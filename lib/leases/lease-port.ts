import type { Grant } from "./lease";
import type { LeaseQuestion } from "./leased-limit";

/** Hands out leases. */
export interface LeasePort {
  /** Whether one call requests the leases of one group, or of everything that an isolate has. */
  readonly takes: "a group" | "everything";
  /**
   * @returns A grant for each request, in order.
   * @throws If it doesn't respond.
   */
  ask(
    isolate: string,
    questions: readonly LeaseQuestion[],
    nowMs: number,
  ): Promise<readonly Grant[]>;
}
