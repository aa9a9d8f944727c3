/**
 * The cases of learning, in the order in which they are tried. `docs/judging.md` shows them as a table, and the test
 * has an example of each.
 * @module
 */
import type { LimitEvidence, RefusalEvidence } from "./evidence";
import {
  believedLimit,
  isAtLimit,
  isPart,
  isSilent,
  type Knowledge,
  MINUTE_MS,
  NOTHING_LEARNED,
  withLimit,
  withoutLimit,
  withPart,
  withRow,
  withSilentLimit,
} from "./knowledge";
import {
  GUARD,
  MAX_GUARD,
  type SharedPrior,
  withDisproof,
  withFound,
  withPartFound,
  withRaised,
  withRefusedAgain,
} from "./shared-limit-prior";
import { isLike, isRepeated, isTaught, nextRow } from "./unnumbered-refusals";

/** What explains a rejection: it came too early, at a limit, or it is unexplained. */
export type Explains = "timing" | "limit" | "nothing";

type Kind = LimitEvidence["kind"];
type EvidenceOf<K extends Kind> = Extract<LimitEvidence, { readonly kind: K }>;

interface CaseText {
  /** For tests. */
  readonly name: string;
  /** What is observed; shown in the docs. */
  readonly when: string;
  /** What it teaches; shown in the docs. */
  readonly teaches: string;
  /** Absent for `nothing`. */
  readonly explains?: Explains;
}

export interface LearningCase extends CaseText {
  readonly kind: Kind;
  /** What is known afterwards; null if the case doesn't apply. */
  reduce(knowledge: Knowledge, evidence: LimitEvidence): Knowledge | null;
}

/** This many accepted requests beyond a limit that no rejection stated disprove it. */
const DISPROOF = 3;
/** A shorter cooldown reported by another isolate may belong to a window in which far less was sent. */
const LEAST_REST_MS = 5_000;
/** If the provider never stated a limit, a shorter cooldown says little about the limit. */
const LEAST_UNNUMBERED_REST_MS = 10_000;
/**
 * Below this distance between our first request and the reported retry time, a window is rarely a shared minute.
 */
const SHORT_WINDOW_MS = 10_000;

function on<K extends Kind>(
  kind: K,
  text: CaseText,
  reduce: (knowledge: Knowledge, evidence: EvidenceOf<K>) => Knowledge | null,
): LearningCase {
  const isOfKind = (evidence: LimitEvidence): evidence is EvidenceOf<K> => evidence.kind === kind;
  return {
    ...text,
    kind,
    reduce: (knowledge, evidence) => (isOfKind(evidence) ? reduce(knowledge, evidence) : null),
  };
}

/** A rejection ends a reset, and may show that windows slide. */
function onRefusal(
  text: CaseText,
  reduce: (knowledge: Knowledge, evidence: RefusalEvidence) => Knowledge | null,
): LearningCase {
  return on("refused", text, ({ own, prior }, evidence) => {
    const slides = prior.slides || (evidence.presumedFixed && text.explains !== "timing");
    return reduce({ own: { ...own, isReset: false }, prior: { ...prior, slides } }, evidence);
  });
}

export const LEARNING_CASES: readonly LearningCase[] = [
  onRefusal(
    {
      name: "too early",
      when: "rejected at the known limit, and capacity again within a tenth of its window",
      teaches: "the window is kept open that much longer, for all keys",
      explains: "timing",
    },
    (knowledge, evidence) => {
      const { prior } = knowledge;
      const believed = believedLimit(knowledge, evidence.atMs);
      if (evidence.retryInMs === null || evidence.isProbe || believed === null) return null;
      const windowMs = prior.windowMs ?? MINUTE_MS;
      if (evidence.retryInMs >= windowMs * MAX_GUARD) return null;
      // If others use the quota too, they may have taken what was just about to become available.
      const isOthersDoing =
        evidence.isShared || (evidence.statedLimit !== null && believed < evidence.statedLimit);
      // Several requests in progress at the same time report the same shortfall only once.
      const isNews = evidence.sentMs > prior.guardedMs && !isOthersDoing;
      if (!isNews) return knowledge;
      const guard = Math.min(MAX_GUARD, prior.guard + evidence.retryInMs / windowMs + GUARD);
      return { ...knowledge, prior: { ...prior, guard, guardedMs: evidence.atMs } };
    },
  ),
  onRefusal(
    {
      name: "probe refused",
      when: "a probe beyond the known limit is rejected, without a number or with the same",
      teaches: "the limit still applies",
      explains: "limit",
    },
    (knowledge, { isProbe, statedLimit, atMs }) => {
      const believed = believedLimit(knowledge, atMs);
      if (!isProbe || believed === null || (statedLimit !== null && statedLimit !== believed))
        return null;
      return statedLimit === null && isSilent(knowledge)
        ? withSilentLimit(knowledge, believed, atMs)
        : withLimit(knowledge, believed, atMs);
    },
  ),
  onRefusal(
    {
      name: "at the limit",
      when: "rejected without a number, at the known limit or a count like it",
      teaches: "the limit applies for three more minutes",
      explains: "limit",
    },
    (knowledge, { statedLimit, taken, atMs }) => {
      const believed = believedLimit(knowledge, atMs);
      if (statedLimit !== null || !isAtLimit(taken, believed)) return null;
      return withSilentLimit(knowledge, believed, atMs);
    },
  ),
  onRefusal(
    {
      name: "same moment",
      when: "rejected without a number, sent before an earlier rejection was known",
      teaches: "nothing: it belongs to the same moment",
    },
    (knowledge, { statedLimit, isLate }) => (statedLimit === null && isLate ? knowledge : null),
  ),
  onRefusal(
    {
      name: "same count again",
      when: "rejected without a number three times in a row at like counts, over ten seconds or more, or once at a count at which three other keys were rejected repeatedly",
      teaches: "the count is the limit of a window, for three minutes",
      explains: "limit",
    },
    (knowledge, { statedLimit, taken, atMs }) => {
      if (statedLimit !== null) return null;
      const next = withRefusalInRow(knowledge, taken, atMs);
      const { row } = next.own;
      if (row === null) return null;
      const { limit, isSilent: isPresumable } = next.prior;
      const isPresumed = limit !== null && isPresumable && isLike(taken, limit);
      if (!isTaught(row) && !isPresumed) return null;
      return withSilentLimit(next, isPresumed ? limit : row.count, atMs);
    },
  ),
  onRefusal(
    {
      name: "noise",
      when: "rejected without a number, otherwise",
      teaches: "nothing yet; the count is remembered until a request is let in",
    },
    (knowledge, { statedLimit, taken, atMs }) =>
      statedLimit === null ? withRefusalInRow(knowledge, taken, atMs) : null,
  ),
  onRefusal(
    {
      name: "nothing sent",
      when: "rejected with a number although nothing was sent",
      teaches: "nothing about this key",
    },
    (knowledge, { taken }) => (taken === 0 ? inNumbers(knowledge) : null),
  ),
  onRefusal(
    {
      name: "isolates share it",
      when: "rejected with a number though less was sent, and what other isolates reported explains it",
      teaches: "the limit",
      explains: "limit",
    },
    (knowledge, { blockerMs, isShared, statedLimit, atMs }) => {
      if (blockerMs !== null || statedLimit === null || !isShared) return null;
      const numbered = inNumbers(knowledge);
      const known = numbered.own.limit;
      const isNews = known?.limit !== statedLimit || known.isPart;
      const prior = isNews ? withFound(numbered.prior, statedLimit, atMs) : numbered.prior;
      return withLimit({ own: numbered.own, prior }, statedLimit, atMs);
    },
  ),
  onRefusal(
    {
      name: "others use it too",
      when: "rejected with a number although less was sent, for five seconds or more",
      teaches: "others use the quota: what was sent is this isolate's part, for three minutes",
      explains: "limit",
    },
    (knowledge, evidence) => {
      const { blockerMs, isLate, retryInMs, taken, atMs } = evidence;
      if (blockerMs !== null || isLate) return null;
      const isBrief = retryInMs !== null && retryInMs < LEAST_REST_MS;
      if (isBrief && !isPart(knowledge)) return null;
      const part = withPart(inNumbers(knowledge), taken, atMs);
      const shared = { own: part.own, prior: withPartFound(part.prior, taken) };
      return withShortWindow(shared, evidence);
    },
  ),
  onRefusal(
    {
      name: "a mood",
      when: "rejected with a number although less was sent, otherwise",
      teaches: "no limit; a window, where room is back within ten seconds of the first request",
      explains: "limit",
    },
    (knowledge, evidence) =>
      evidence.blockerMs === null ? withShortWindow(inNumbers(knowledge), evidence) : null,
  ),
  onRefusal(
    {
      name: "in numbers",
      when: "rejected with a number, and as much was sent",
      teaches:
        "the limit, for ten minutes or until something else is found; the window, from the request that must leave it until the reported retry time. Three keys that agree teach it for all, a higher one at once",
      explains: "limit",
    },
    (knowledge, evidence) => {
      const { statedLimit, atMs, blockerMs } = evidence;
      if (statedLimit === null) return null;
      const numbered = inNumbers(knowledge);
      const known = numbered.own.limit;
      const isNews = known?.limit !== statedLimit || known.isPart;
      const prior = isNews ? withFound(numbered.prior, statedLimit, atMs) : numbered.prior;
      const next = withLimit({ own: numbered.own, prior }, statedLimit, atMs);
      return { own: next.own, prior: withWindow(next.prior, evidence, blockerMs) };
    },
  ),
  on(
    "let-in",
    {
      name: "let in",
      when: "let in, sent after the last rejection",
      teaches: "earlier rejections without a number were noise",
    },
    (knowledge, { sentMs }) => {
      const row = nextRow(knowledge.own.row, { kind: "let-in", sentMs });
      if (row !== null || knowledge.own.row === null) return knowledge;
      const { own, prior } = withRow(knowledge, null);
      return { own, prior: { ...prior, refusedAgain: null } };
    },
  ),
  on(
    "outgrown",
    {
      name: "more than its part",
      when: "more let in, in one window, than the share that is assumed for the key",
      teaches: "that much is its share",
    },
    (knowledge, { taken, atMs }) => {
      const { own, prior } = knowledge;
      const usual = own.isReset ? null : prior.limit;
      const isOutgrown = own.limit === null && usual !== null && prior.isPart && taken > usual;
      return isOutgrown ? withPart(knowledge, taken, atMs) : null;
    },
  ),
  on(
    "exceeded",
    {
      name: "disproved",
      when: "three probes or more let in beyond a limit that no rejection stated",
      teaches: "the limit doesn't exist",
    },
    (knowledge, { by, atMs }) => {
      const isKnown = believedLimit(knowledge, atMs) !== null;
      if (!isKnown || by < DISPROOF || !isSilent(knowledge)) return null;
      const { own, prior } = withoutLimit(knowledge);
      return { own, prior: withDisproof(prior) };
    },
  ),
  on(
    "exceeded",
    {
      name: "part grew",
      when: "more probes let in than the part, in one window",
      teaches: "the others leave that much more here",
    },
    (knowledge, { by, atMs }) => {
      const believed = believedLimit(knowledge, atMs);
      const hasGrown = believed !== null && by > believed && isPart(knowledge);
      return hasGrown ? withPart(knowledge, believed + by, atMs) : null;
    },
  ),
  on(
    "exceeded",
    {
      name: "limit rose",
      when: "more probes let in than the limit, in one window",
      teaches: "the limit is that much higher, for all keys",
    },
    (knowledge, { by, atMs }) => {
      const believed = believedLimit(knowledge, atMs);
      if (believed === null || by <= believed) return null;
      const { own, prior } = withLimit(knowledge, believed + by, atMs);
      return { own, prior: withRaised(prior, believed + by, atMs) };
    },
  ),
  on(
    "peer-refused",
    {
      name: "another isolate was refused",
      when: "another isolate was rejected, for five seconds or more from here (ten if no rejection ever stated a number)",
      teaches: "what was sent from here in that window is this isolate's part, for three minutes",
    },
    (knowledge, { backMs, cooldownMs, taken }) => {
      const { isInNumbers, isPart: isShared } = knowledge.prior;
      const leastMs = isInNumbers ? LEAST_REST_MS : LEAST_UNNUMBERED_REST_MS;
      if (taken === 0 || (cooldownMs < leastMs && !isShared)) return null;
      return withPart(knowledge, taken, backMs);
    },
  ),
  on(
    "peer-stated-limit",
    {
      name: "stated to another isolate",
      when: "another isolate learned the limit from a number",
      teaches: "the limit, as if this isolate had been rejected; nothing after a reset",
    },
    (knowledge, { limit, atMs }) => {
      if (knowledge.own.isReset) return null;
      const { own, prior } = inNumbers(knowledge);
      const isNews = own.limit?.limit !== limit || own.limit.isPart;
      const found = isNews ? withFound(prior, limit, atMs) : prior;
      return withLimit({ own, prior: found }, limit, atMs);
    },
  ),
  on(
    "reset",
    {
      name: "reset",
      when: "reset by a person, or disabled and enabled",
      teaches:
        "nothing is known about the key, not even from other keys, until it is rejected itself",
    },
    ({ prior }) => ({ own: { ...NOTHING_LEARNED, isReset: true }, prior }),
  ),
];

function inNumbers(knowledge: Knowledge): Knowledge {
  const { own, prior } = withRow(knowledge, null);
  return { own, prior: prior.isInNumbers ? prior : { ...prior, isInNumbers: true } };
}

/** Records one more rejection that stated no number. */
function withRefusalInRow(knowledge: Knowledge, count: number, atMs: number): Knowledge {
  const before = knowledge.own.row;
  const row = nextRow(before, { kind: "refused", count, atMs });
  const { own, prior } = withRow(knowledge, row);
  if (row === null || !isRepeated(row) || (before !== null && isRepeated(before))) {
    return { own, prior };
  }
  return { own, prior: withRefusedAgain(prior, row.count) };
}

/** Retry times this soon after the first request rule out a per-minute quota, however many isolates share it. */
function withShortWindow({ own, prior }: Knowledge, evidence: RefusalEvidence): Knowledge {
  const { oldestMs, sentMs, retryInMs } = evidence;
  const backMs = sentMs + (retryInMs ?? Number.POSITIVE_INFINITY);
  const isShort = oldestMs !== null && backMs - oldestMs < SHORT_WINDOW_MS;
  return { own, prior: isShort ? withWindow(prior, evidence, oldestMs) : prior };
}

/** @param blockerMs When the request was sent that has to leave the window before the next one. */
function withWindow(
  prior: SharedPrior,
  { sentMs, retryInMs }: RefusalEvidence,
  blockerMs: number | null,
): SharedPrior {
  if (retryInMs === null || blockerMs === null) return prior;
  const windowMs = Math.min(MINUTE_MS, sentMs + retryInMs - blockerMs);
  return { ...prior, windowMs: Math.max(prior.windowMs ?? 0, windowMs) };
}
