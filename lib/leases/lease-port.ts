import type { Grant } from "./lease";
import type { LeaseQuestion } from "./leased-limit";

/** Who hands out leases. */
export interface LeasePort {
  /** Whether it is asked for one group at a time, or for all that an isolate has. */
  readonly takes: "a group" | "everything";
  /**
   * @returns A grant for each question, in their order.
   * @throws Where nobody answers.
   */
  ask(
    isolate: string,
    questions: readonly LeaseQuestion[],
    nowMs: number,
  ): Promise<readonly Grant[]>;
}
