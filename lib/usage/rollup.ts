/**
 * Requests counted into cells: the arithmetic of the rollups.
 *
 * A cell for every combination of caller, model and key would be one for nearly each request. So each request is
 * counted on two sides: on the caller side by token, user, provider and model, on the key side by key and model. Both
 * sides add up to the same totals. Besides, the tags that an admin chose are counted by value, user, provider and model:
 * requests without such a tag have no cell there.
 * @module
 */

import { type Tags, tagValue } from "../tags/tags";
import { BUCKET_COUNT, bucketOf } from "./histogram";
import { attemptOutcome, type RequestEvent } from "./request-event";
import type { Outcome } from "./types";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export type Side = "caller" | "key" | "tag";

/** The most tags that are counted by value. */
export const MAX_ROLLED_UP_TAGS = 3;
/** The values of a tag that are told apart on a day (UTC); the first ones. All others count as `OTHER_VALUE`. */
export const MAX_TAG_VALUES = 200;
export const OTHER_VALUE = "other";

/** The `subjectId` of a cell of the tag side. */
export function tagSubject(name: string, value: string): string {
  return `${name}=${value}`;
}

/** The dimensions of a cell. */
type Place = readonly [
  /** Start of the hour (UTC) in which the request arrived. */
  hourMs: number,
  side: Side,
  /** In this and the next three: empty if there is none. */
  provider: string,
  model: string,
  /** The access token's id on the caller side, the provider key's on the key side, `tagSubject` on the tag side. */
  subjectId: string,
  /** Not on the key side. */
  userId: string,
  outcome: Outcome,
];

/** What cells have counted from the beginning, in order. */
export const FIRST_MEASURES = [
  "requests",
  "attempts",
  /** Requests whose tokens are estimated. */
  "estimated",
  /** Requests with tokens, or with anything else that is billed, and no known price. */
  "unpriced",
  "inputTokens",
  "outputTokens",
  "cachedInputTokens",
  "cacheWriteTokens",
  "reasoningTokens",
  /** 1e-9 US dollars. */
  "costNanoUsd",
  "durationMs",
  "timeToFirstTokenMs",
] as const;

/** Later measures are at the end, so that older packed cells, which lack them, are read correctly. */
export const LATER_MEASURES = [
  /** Requests with a first byte. */
  "firstBytes",
  "timeToFirstByteMs",
] as const;

/** What a cell counts. All are sums, so that cells of any hours, keys or models can be added up. */
export const MEASURES = [...FIRST_MEASURES, ...LATER_MEASURES] as const;

export type Measure = (typeof MEASURES)[number];

/** The meaning of a cell's number: a measure, or how many times were in a bucket. */
export type CellValue =
  | { readonly measure: Measure }
  | { readonly bucketsOf: "duration" | "first_token"; readonly bucket: number };

/** A cell's numbers, in order. */
export const CELL_VALUES: readonly CellValue[] = [
  ...FIRST_MEASURES.map((measure) => ({ measure })),
  ...bucketsOf("duration"),
  ...bucketsOf("first_token"),
  ...LATER_MEASURES.map((measure) => ({ measure })),
];

/** The numbers of a cell of the tag side: the first of `CELL_VALUES`. */
export const TAG_VALUES = FIRST_MEASURES.length;

function bucketsOf(name: "duration" | "first_token"): readonly CellValue[] {
  return Array.from({ length: BUCKET_COUNT }, (_, bucket) => ({ bucketsOf: name, bucket }));
}

const DURATION_BUCKETS_FROM = FIRST_MEASURES.length;
const FIRST_TOKEN_BUCKETS_FROM = DURATION_BUCKETS_FROM + BUCKET_COUNT;

/** A cell's dimensions and its `CELL_VALUES`, as stored in JSON. */
export type StoredCell = readonly [...place: Place, ...values: number[]];

const INDEX = Object.fromEntries(
  CELL_VALUES.flatMap((value, index) => ("measure" in value ? [[value.measure, index]] : [])),
) as Record<Measure, number>;

/** The number of dimensions before a stored cell's numbers. */
const PLACES = 7;

/** A measure of a stored cell; 0 if the cell is older than the measure. */
export function measureOf(cell: StoredCell, measure: Measure): number {
  return Number(cell[PLACES + INDEX[measure]] ?? 0);
}

/** Cells of events that weren't stored yet. */
export class Cells {
  readonly #values = new Map<string, { readonly place: Place; readonly values: number[] }>();
  readonly #rolledUp: readonly string[];
  readonly #kept: ReadonlySet<string>;
  /** By day and tag: callers choose values, so what one flush tells apart is bounded too. */
  readonly #tagValues = new Map<string, Set<string>>();

  /**
   * @param rolledUp The tags that are counted by value.
   * @param kept Values that are always told apart, as `tagSubject` writes them: those with budgets.
   */
  constructor(rolledUp: readonly string[] = [], kept: ReadonlySet<string> = new Set()) {
    this.#rolledUp = rolledUp;
    this.#kept = kept;
  }

  get size(): number {
    return this.#values.size;
  }

  /** @param costNanoUsd Null if no price is known. */
  add(event: RequestEvent, costNanoUsd: number | null): void {
    if (event.part === "session") {
      const { part: _, ...request } = event;
      this.add({ ...request, usage: null }, null);
      return;
    }
    const isTurn = event.part === "turn";
    const { usage, attempts } = event;
    const hourMs = Math.floor(event.atMs / HOUR_MS) * HOUR_MS;
    const provider = event.provider ?? "";
    const model = event.model ?? "";
    const { tokenId, userId, outcome } = event;
    const caller = this.#cell(
      hourMs,
      "caller",
      provider,
      model,
      tokenId ?? "",
      userId ?? "",
      outcome,
    );
    const ofKey = (attempt: Attempt | undefined, own: Outcome) => {
      // An attempt for another target than the request's final one is counted there.
      const slug = attempt?.target?.provider ?? provider;
      const name = attempt?.target === undefined ? model : (attempt.target.model ?? "");
      return this.#cell(hourMs, "key", slug, name, attempt?.keyId ?? "", "", own);
    };
    const last = attempts.at(-1);
    const key = ofKey(last, outcome);
    const counted = isTurn ? [] : attempts;
    // Times are not counted by tag: packed cells are read and written whole.
    const tagged =
      event.tags === undefined || this.#rolledUp.length === 0
        ? []
        : this.#tagSubjects(event.tags, hourMs).map((subject) =>
            this.#cell(hourMs, "tag", provider, model, subject, userId ?? "", outcome),
          );
    for (const values of [caller, ...tagged]) {
      values[INDEX.attempts] = (values[INDEX.attempts] ?? 0) + counted.length;
    }
    for (const attempt of counted) {
      const own = attemptOutcome(attempt.meaning);
      // That of the only attempt, for nearly every request.
      const cell = attempt === last && own === outcome ? key : ofKey(attempt, own);
      cell[INDEX.attempts] = (cell[INDEX.attempts] ?? 0) + 1;
    }
    const isSold =
      usage !== null &&
      ((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0) + (usage.inputAudioSeconds ?? 0) > 0 ||
        usage.units !== null);
    for (const values of [caller, key, ...tagged]) {
      if (!isTurn) plus(values, "requests", 1);
      plus(values, "estimated", usage?.isEstimate ? 1 : 0);
      plus(values, "unpriced", isSold && costNanoUsd === null ? 1 : 0);
      plus(values, "inputTokens", usage?.inputTokens);
      plus(values, "outputTokens", usage?.outputTokens);
      plus(values, "cachedInputTokens", usage?.cachedInputTokens);
      plus(values, "cacheWriteTokens", usage?.cacheWriteTokens);
      plus(values, "reasoningTokens", usage?.reasoningTokens);
      plus(values, "costNanoUsd", costNanoUsd);
      if (isTurn) continue;
      plus(values, "durationMs", event.durationMs);
      plus(values, "timeToFirstTokenMs", event.timeToFirstTokenMs);
      if (tagged.includes(values)) continue;
      plus(values, "firstBytes", event.timeToFirstByteMs === null ? 0 : 1);
      plus(values, "timeToFirstByteMs", event.timeToFirstByteMs);
      countTime(values, DURATION_BUCKETS_FROM, event.durationMs);
      if (event.timeToFirstTokenMs !== null) {
        countTime(values, FIRST_TOKEN_BUCKETS_FROM, event.timeToFirstTokenMs);
      }
    }
  }

  #tagSubjects(tags: Tags, hourMs: number): readonly string[] {
    return this.#rolledUp.flatMap((name) => {
      const value = tagValue(tags, name);
      if (value === undefined) return [];
      const subject = tagSubject(name, value);
      if (this.#kept.has(subject)) return [subject];
      const place = `${Math.floor(hourMs / DAY_MS)} ${name}`;
      const known = this.#tagValues.get(place) ?? new Set();
      this.#tagValues.set(place, known);
      if (known.size < MAX_TAG_VALUES) known.add(value);
      return [tagSubject(name, known.has(value) ? value : OTHER_VALUE)];
    });
  }

  toStored(): StoredCell[] {
    return [...this.#values.values()].map(({ place, values }) => [...place, ...values]);
  }

  /** Its dimensions are a list only once it is new: every request needs two, which nearly always are there. */
  #cell(
    hourMs: number,
    side: Side,
    provider: string,
    model: string,
    subjectId: string,
    userId: string,
    outcome: Outcome,
  ): number[] {
    const name = `${hourMs}\n${side}\n${provider}\n${model}\n${subjectId}\n${userId}\n${outcome}`;
    const known = this.#values.get(name);
    if (known !== undefined) return known.values;
    const length = side === "tag" ? TAG_VALUES : CELL_VALUES.length;
    const values = new Array<number>(length).fill(0);
    const place = [hourMs, side, provider, model, subjectId, userId, outcome] as const;
    this.#values.set(name, { place, values });
    return values;
  }
}

type Attempt = RequestEvent["attempts"][number];

function plus(values: number[], measure: Measure, value: number | null | undefined): void {
  values[INDEX[measure]] = (values[INDEX[measure]] ?? 0) + (value ?? 0);
}

function countTime(values: number[], bucketsFrom: number, ms: number): void {
  const index = bucketsFrom + bucketOf(ms);
  values[index] = (values[index] ?? 0) + 1;
}
