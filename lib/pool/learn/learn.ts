/**
 * Learning: what is known plus one piece of evidence gives what is known from then on. A pure reducer over the cases of
 * `learning-cases.ts`; the first that applies decides.
 * @module
 */
import type { LimitEvidence } from "./evidence";
import type { Knowledge } from "./knowledge";
import { type Explains, LEARNING_CASES } from "./learning-cases";

export interface Learned extends Knowledge {
  /** The name of the case that decided; null if none did, and nothing was learned. */
  readonly decidedBy: string | null;
  /** Whether a known limit explains the evidence. */
  readonly explains: Explains;
}

export function learn(knowledge: Knowledge, evidence: LimitEvidence): Learned {
  for (const { kind, name, reduce, explains = "nothing" } of LEARNING_CASES) {
    if (kind !== evidence.kind) continue;
    const next = reduce(knowledge, evidence);
    if (next !== null) return { ...next, decidedBy: name, explains };
  }
  return { ...knowledge, decidedBy: null, explains: "nothing" };
}
