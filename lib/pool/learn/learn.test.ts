/** An example of each case of learning: before, evidence, after. */
import { expect, test } from "vitest";
import type { LimitEvidence, RefusalEvidence } from "./evidence";
import { type Knowledge, NOTHING_LEARNED, type OwnKnowledge, type OwnLimit } from "./knowledge";
import { learn } from "./learn";
import { LEARNING_CASES } from "./learning-cases";
import { GUARD, NO_PRIOR, type SharedPrior } from "./shared-limit-prior";

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;

interface Example {
  readonly decidedBy: string | null;
  readonly own?: Partial<OwnKnowledge>;
  readonly prior?: Partial<SharedPrior>;
  readonly evidence: LimitEvidence;
  readonly after: {
    readonly own?: Record<string, unknown>;
    readonly prior?: Record<string, unknown>;
    readonly explains?: string;
  };
}

const TEN: OwnLimit = { limit: 10, isPart: false, isSilent: false, atMs: NOW - MINUTE };
const ROW = { count: 10, times: 1, sinceMs: NOW - 12_000, lastMs: NOW - 6_000 };

/** A rejection of a minute's eleventh request that states neither a number nor a time. */
const refused = (facts: Partial<RefusalEvidence>): RefusalEvidence => ({
  kind: "refused",
  atMs: NOW,
  sentMs: NOW - 100,
  isProbe: false,
  isLate: false,
  statedLimit: null,
  retryInMs: null,
  taken: 10,
  oldestMs: NOW - 40_000,
  blockerMs: null,
  presumedFixed: false,
  isShared: false,
  ...facts,
});
const stating = (limit: number, facts: Partial<RefusalEvidence> = {}) =>
  refused({ statedLimit: limit, blockerMs: NOW - 40_000, retryInMs: 20_000, ...facts });

const EXAMPLES: readonly Example[] = [
  {
    decidedBy: "too early",
    own: { limit: TEN },
    evidence: stating(10, { retryInMs: 600 }),
    after: { prior: { guard: GUARD * 2 + 0.01, guardedMs: NOW }, explains: "timing" },
  },
  {
    // It was sent before the guard grew, or others may have used up the quota.
    decidedBy: "too early",
    own: { limit: TEN },
    prior: { guardedMs: NOW - 50 },
    evidence: stating(10, { retryInMs: 600 }),
    after: { prior: { guard: GUARD }, explains: "timing" },
  },
  {
    decidedBy: "too early",
    own: { limit: TEN },
    evidence: stating(11, { retryInMs: 600 }),
    after: { prior: { guard: GUARD }, explains: "timing" },
  },
  {
    decidedBy: "in numbers",
    own: { limit: TEN },
    evidence: stating(10, { retryInMs: 6_000 }),
    after: { prior: { guard: GUARD } },
  },
  {
    decidedBy: "probe refused",
    own: { limit: TEN },
    evidence: refused({ isProbe: true }),
    after: { own: { limit: { ...TEN, atMs: NOW } }, explains: "limit" },
  },
  {
    decidedBy: "probe refused",
    prior: { limit: 10, isSilent: true },
    evidence: refused({ isProbe: true }),
    after: { own: { limit: { limit: 10, isSilent: true } }, explains: "limit" },
  },
  {
    decidedBy: "at the limit",
    own: { limit: TEN },
    evidence: refused({ taken: 9 }),
    after: { own: { limit: { limit: 10, isSilent: true } }, explains: "limit" },
  },
  {
    decidedBy: "same moment",
    own: { row: ROW },
    evidence: refused({ isLate: true }),
    after: { own: { row: ROW }, explains: "nothing" },
  },
  {
    decidedBy: "same count again",
    own: { row: { ...ROW, times: 2 } },
    evidence: refused({ taken: 11 }),
    after: { own: { limit: { limit: 10, isPart: false, isSilent: true } }, explains: "limit" },
  },
  {
    decidedBy: "noise",
    evidence: refused({}),
    after: { own: { limit: null, row: { count: 10, times: 1 } }, explains: "nothing" },
  },
  {
    // Three times, but all within seconds.
    decidedBy: "noise",
    own: { row: { count: 10, times: 2, sinceMs: NOW - 2_000, lastMs: NOW - 1_000 } },
    evidence: refused({}),
    after: { own: { limit: null, row: { times: 3 } }, prior: { refusedAgain: null } },
  },
  {
    // Over ten seconds, but only twice.
    decidedBy: "noise",
    own: { row: ROW },
    evidence: refused({}),
    after: { own: { limit: null, row: { times: 2 } } },
  },
  {
    decidedBy: "noise",
    own: { row: { count: 4, times: 2, sinceMs: NOW - 20_000, lastMs: NOW - 1_000 } },
    evidence: refused({}),
    after: { own: { limit: null, row: { count: 10, times: 1 } } },
  },
  {
    // The second one after a cooldown: a third similar domain makes it the prior for all.
    decidedBy: "same count again",
    own: { row: ROW },
    prior: { refusedAgain: { count: 10, domains: 2 } },
    evidence: refused({}),
    after: { prior: { limit: 10, isSilent: true }, own: { limit: { limit: 10 } } },
  },
  {
    decidedBy: "nothing sent",
    evidence: stating(10, { taken: 0, oldestMs: null, blockerMs: null }),
    after: { own: { limit: null }, prior: { isInNumbers: true, limit: null }, explains: "nothing" },
  },
  {
    decidedBy: "isolates share it",
    evidence: stating(10, { taken: 4, blockerMs: null, isShared: true }),
    after: {
      own: { limit: { limit: 10, isPart: false } },
      prior: { found: { limit: 10, times: 1 }, windowMs: null, partsInRow: 0 },
      explains: "limit",
    },
  },
  {
    // The sends of all isolates show which one has to leave the window.
    decidedBy: "in numbers",
    evidence: stating(10, { taken: 4, isShared: true }),
    after: { own: { limit: { limit: 10, isPart: false } }, prior: { windowMs: 59_900 } },
  },
  {
    // What others took doesn't say when windows end.
    decidedBy: "too early",
    own: { limit: TEN },
    prior: { windowMs: MINUTE },
    evidence: stating(10, { taken: 4, retryInMs: 3_000, isShared: true }),
    after: { prior: { guard: GUARD } },
  },
  {
    decidedBy: "others use it too",
    evidence: stating(10, { taken: 4, blockerMs: null }),
    after: { own: { limit: { limit: 4, isPart: true } }, prior: { partsInRow: 1 } },
  },
  {
    decidedBy: "others use it too",
    prior: { limit: 4, isPart: true, partsInRow: 2 },
    evidence: stating(10, { taken: 3, blockerMs: null, retryInMs: 1_000, isProbe: true }),
    after: { prior: { limit: 4, isPart: true } },
  },
  {
    decidedBy: "a mood",
    evidence: stating(10, { taken: 4, blockerMs: null, retryInMs: 2_000 }),
    after: { own: { limit: null }, prior: { windowMs: null }, explains: "limit" },
  },
  {
    decidedBy: "a mood",
    evidence: stating(10, { taken: 4, blockerMs: null, retryInMs: 2_000, oldestMs: NOW - 1_000 }),
    after: { own: { limit: null }, prior: { windowMs: 2_900 } },
  },
  {
    decidedBy: "in numbers",
    evidence: stating(10),
    after: {
      own: { limit: { ...TEN, atMs: NOW } },
      prior: { windowMs: MINUTE - 100, limit: null, found: { limit: 10, times: 1 } },
      explains: "limit",
    },
  },
  {
    decidedBy: "in numbers",
    prior: { found: { limit: 10, times: 2 } },
    evidence: stating(10),
    after: { prior: { limit: 10 } },
  },
  {
    decidedBy: "in numbers",
    prior: { limit: 10 },
    evidence: stating(20),
    after: { prior: { limit: 20, raisedMs: NOW } },
  },
  {
    // A window that a rejection proves to be sliding is never assumed to be fixed again.
    decidedBy: "in numbers",
    evidence: stating(10, { presumedFixed: true }),
    after: { prior: { slides: true } },
  },
  {
    decidedBy: "let in",
    own: { row: ROW },
    prior: { refusedAgain: { count: 10, domains: 2 } },
    evidence: { kind: "let-in", sentMs: NOW },
    after: { own: { row: null }, prior: { refusedAgain: null } },
  },
  {
    // Sent before the rejection: it proves nothing about it.
    decidedBy: "let in",
    own: { row: ROW },
    evidence: { kind: "let-in", sentMs: ROW.lastMs },
    after: { own: { row: ROW } },
  },
  {
    decidedBy: "more than its part",
    prior: { limit: 4, isPart: true },
    evidence: { kind: "outgrown", taken: 6, atMs: NOW },
    after: { own: { limit: { limit: 6, isPart: true } }, prior: { limit: 4 } },
  },
  {
    decidedBy: null,
    prior: { limit: 4, isPart: true },
    evidence: { kind: "outgrown", taken: 4, atMs: NOW },
    after: { own: { limit: null } },
  },
  {
    decidedBy: "disproved",
    own: { limit: { ...TEN, isSilent: true } },
    prior: { limit: 10, isSilent: true },
    evidence: { kind: "exceeded", by: 3, atMs: NOW },
    after: { own: { limit: null }, prior: { limit: null, isSilent: false } },
  },
  {
    decidedBy: "part grew",
    own: { limit: { ...TEN, isPart: true } },
    evidence: { kind: "exceeded", by: 11, atMs: NOW },
    after: { own: { limit: { limit: 21, isPart: true } }, prior: { limit: null } },
  },
  {
    decidedBy: "limit rose",
    own: { limit: TEN },
    evidence: { kind: "exceeded", by: 11, atMs: NOW },
    after: { own: { limit: { limit: 21, isPart: false } }, prior: { limit: 21, raisedMs: NOW } },
  },
  {
    // At most what two windows hold.
    decidedBy: null,
    own: { limit: TEN },
    evidence: { kind: "exceeded", by: 10, atMs: NOW },
    after: { own: { limit: TEN } },
  },
  {
    decidedBy: "another isolate was refused",
    evidence: { kind: "peer-refused", backMs: NOW + 30_000, cooldownMs: 30_000, taken: 4 },
    after: { own: { limit: { limit: 4, isPart: true } } },
  },
  {
    decidedBy: null,
    evidence: { kind: "peer-refused", backMs: NOW + 6_000, cooldownMs: 6_000, taken: 4 },
    after: { own: { limit: null } },
  },
  {
    decidedBy: "another isolate was refused",
    prior: { isInNumbers: true },
    evidence: { kind: "peer-refused", backMs: NOW + 6_000, cooldownMs: 6_000, taken: 4 },
    after: { own: { limit: { limit: 4 } } },
  },
  {
    decidedBy: "stated to another isolate",
    own: { limit: { ...TEN, limit: 4, isPart: true } },
    evidence: { kind: "peer-stated-limit", limit: 10, atMs: NOW },
    after: { own: { limit: { limit: 10, isPart: false } }, prior: { isInNumbers: true } },
  },
  {
    decidedBy: null,
    own: { isReset: true },
    evidence: { kind: "peer-stated-limit", limit: 10, atMs: NOW },
    after: { own: { limit: null } },
  },
  {
    decidedBy: "reset",
    own: { limit: TEN, row: ROW },
    prior: { limit: 10 },
    evidence: { kind: "reset" },
    after: { own: { limit: null, row: null, isReset: true }, prior: { limit: 10 } },
  },
];

const knowledgeOf = ({ own, prior }: Example): Knowledge => ({
  own: Object.freeze({ ...NOTHING_LEARNED, ...own }),
  prior: Object.freeze({ ...NO_PRIOR, ...prior }),
});

test.each(EXAMPLES.map((example, index) => [`${index}: ${example.decidedBy}`, example] as const))(
  "%s",
  (_name, example) => {
    const known = knowledgeOf(example);
    const { decidedBy, own, prior, explains } = learn(known, example.evidence);
    expect(decidedBy).toBe(example.decidedBy);
    expect(own).toMatchObject(example.after.own ?? {});
    expect(prior).toMatchObject(example.after.prior ?? {});
    if (example.after.explains !== undefined) expect(explains).toBe(example.after.explains);
    // Knowledge is immutable.
    expect(known).toEqual(knowledgeOf(example));
  },
);

test("each case has an example, and a name of its own", () => {
  const names = LEARNING_CASES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !EXAMPLES.some(({ decidedBy }) => decidedBy === name))).toEqual([]);
});
