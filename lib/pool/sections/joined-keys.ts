/**
 * Several sections of a provider's keys as one source of keys, tried in order. A request that none can serve now waits
 * in all of them, for the one that can serve it first, and leaves them all when it is served or gives up.
 * @module
 */
import { AnswerTimes } from "../guard/answer-times";
import type { Incident } from "../guard/circuit-breaker";
import { IncurableFailures } from "../guard/incurable-failures";
import { NO_EFFECTS, type PoolEffect } from "../guard/key-guard";
import type { KeyPool } from "../key-pool";
import type { KeyRequest, Lease, PickResult } from "../pick-result";
import type { Availability, KeysAtCap } from "../schedule/availability";
import type { ConversationOwners } from "../schedule/conversation-owners";
import type { CapKind, Claim, PoolKey } from "../types";

/** What a request may do with the keys that serve its caller. */
export type KeySource = Pick<
  KeyPool,
  | "accuse"
  | "answerTimes"
  | "ask"
  | "askOwner"
  | "askProven"
  | "availability"
  | "carryOut"
  | "convict"
  | "convictChecked"
  | "countsTokens"
  | "drop"
  | "fail"
  | "get"
  | "hasAnswered"
  | "hasAnsweredSince"
  | "hasReady"
  | "incident"
  | "incurable"
  | "keep"
  | "keys"
  | "knownAvailability"
  | "knownLimits"
  | "leave"
  | "letGo"
  | "mayTry"
  | "noteChecked"
  | "noteSilence"
  | "noteUnopenable"
  | "pin"
  | "queued"
  | "refuse"
  | "release"
  | "reserve"
  | "size"
  | "spend"
  | "startCooldown"
  | "succeed"
  | "takeCheck"
  | "takeChecks"
  | "used"
> & { readonly owners: Owners };

type Owners = Pick<
  ConversationOwners,
  "foreignUpTo" | "forget" | "isLeft" | "move" | "of" | "withAnyModel"
>;

/** The pool that granted a lease. */
const grantedBy = new WeakMap<Lease, KeyPool>();
/** A request's places in the sections. */
const partsOf = new WeakMap<KeyRequest, Map<KeyPool, KeyRequest>>();

export interface SectionOrder {
  readonly pools: readonly KeyPool[];
  /** The one that only this caller's group uses; null if there is none. */
  readonly own: KeyPool | null;
}

export class JoinedKeys implements KeySource {
  readonly answerTimes = new AnswerTimes();
  readonly incurable = new IncurableFailures();
  readonly owners: Owners;
  readonly #inOrder: () => SectionOrder;
  #order: SectionOrder | null = null;

  /** @param inOrder The pools of the sections, the first to be used first. */
  constructor(inOrder: () => SectionOrder) {
    this.#inOrder = inOrder;
    this.owners = new JoinedOwners(
      () => this.#pools,
      (keyId) => this.#holding(keyId),
    );
  }

  /** Sections came or went. */
  forgetOrder(): void {
    this.#order = null;
  }

  get size(): number {
    return this.#pools.reduce((sum, { size }) => sum + size, 0);
  }

  get queued(): number {
    return this.#pools.reduce((sum, { queued }) => sum + queued, 0);
  }

  get(id: string): PoolKey | undefined {
    return this.#holding(id)?.get(id);
  }

  *keys(): Generator<PoolKey, void> {
    for (const pool of this.#pools) yield* pool.keys();
  }

  ask(model: string | null, ask: KeyRequest, nowMs: number): PickResult {
    const pools = this.#pools;
    for (const pool of pools) {
      if (waitsUntilMs(ask, pool) > nowMs) continue;
      const lease = pool.askReady(model, this.#partOf(ask, pool), nowMs);
      if (lease !== null) return { kind: "granted", lease: granted(lease, pool, model, ask) };
    }
    const waiting = this.#askEach(pools, false, model, ask, nowMs);
    if (waiting.kind === "granted" || waiting.kind === "wait") return waiting;
    // No section has a key in time: now those that are used last.
    return this.#askEach(pools, true, model, ask, nowMs);
  }

  /** The first key granted; otherwise the section that can serve first decides. */
  #askEach(
    pools: readonly KeyPool[],
    isLast: boolean,
    model: string | null,
    ask: KeyRequest,
    nowMs: number,
  ): PickResult {
    let untilMs = Number.POSITIVE_INFINITY;
    let retryAtMs = Number.POSITIVE_INFINITY;
    for (const pool of pools) {
      const dueMs = waitsUntilMs(ask, pool);
      if (dueMs > nowMs) {
        untilMs = Math.min(untilMs, dueMs);
        continue;
      }
      const turn = pool.ask(model, this.#partOf(ask, pool), nowMs, isLast);
      if (turn.kind === "granted") {
        granted(turn.lease, pool, model, ask);
        return turn;
      }
      if (turn.kind === "wait") untilMs = Math.min(untilMs, turn.untilMs);
      else if (turn.kind === "exhausted") retryAtMs = Math.min(retryAtMs, turn.retryAtMs);
    }
    if (untilMs < Number.POSITIVE_INFINITY) return { kind: "wait", untilMs };
    if (retryAtMs < Number.POSITIVE_INFINITY) return { kind: "exhausted", retryAtMs };
    return { kind: "unavailable" };
  }

  askProven(model: string | null, ask: KeyRequest, nowMs: number): Lease | null {
    for (const pool of this.#pools) {
      const lease = pool.askProven(model, this.#partOf(ask, pool), nowMs);
      if (lease !== null) return granted(lease, pool, model, ask);
    }
    return null;
  }

  pin(model: string | null, keyId: string, ask: KeyRequest, nowMs: number): PickResult | null {
    const pool = this.#holding(keyId);
    if (pool === undefined) return null;
    const turn = pool.pin(model, keyId, this.#partOf(ask, pool), nowMs);
    if (turn?.kind === "granted") granted(turn.lease, pool, model, ask);
    return turn;
  }

  askOwner(model: string | null, keyId: string, ask: KeyRequest, nowMs: number): PickResult | null {
    const pool = this.#holding(keyId);
    if (pool === undefined) return null;
    const turn = pool.askOwner(model, keyId, this.#partOf(ask, pool), nowMs);
    if (turn?.kind === "granted") granted(turn.lease, pool, model, ask);
    return turn;
  }

  leave(model: string | null, ask: KeyRequest): void {
    for (const [pool, part] of partsOf.get(ask) ?? []) pool.leave(model, part);
  }

  availability(model: string | null, nowMs: number): Availability {
    return joined(this.#pools.map((pool) => pool.availability(model, nowMs)));
  }

  /** Null as well if only some of the sections know the model. */
  knownAvailability(model: string, nowMs: number): Availability | null {
    const known: Availability[] = [];
    for (const pool of this.#pools) {
      if (pool.size === 0) continue;
      const own = pool.knownAvailability(model, nowMs);
      if (own === null) return null;
      known.push(own);
    }
    return known.length === 0 ? null : joined(known);
  }

  knownLimits(id: string, nowMs: number) {
    return this.#holding(id)?.knownLimits(id, nowMs) ?? [];
  }

  hasAnsweredSince(sinceMs: number): boolean {
    return this.#pools.some((pool) => pool.hasAnsweredSince(sinceMs));
  }

  hasAnswered(model: string | null): boolean {
    return this.#pools.some((pool) => pool.hasAnswered(model));
  }

  hasReady(model: string | null, tried: ReadonlySet<string>, nowMs: number): boolean {
    return this.#pools.some((pool) => pool.hasReady(model, tried, nowMs));
  }

  /** Only if there is one in every section: otherwise the others serve. */
  get incident(): Incident | null {
    let first: Incident | null = null;
    for (const { incident, size } of this.#pools) {
      if (size === 0) continue;
      if (incident === null) return null;
      first ??= incident;
    }
    return first;
  }

  mayTry(tokenId: string, nowMs: number): boolean {
    return this.#pools.some((pool) => pool.size > 0 && pool.mayTry(tokenId, nowMs));
  }

  succeed(...args: Parameters<KeyPool["succeed"]>): readonly PoolEffect[] {
    return this.#of(args[1]).succeed(...args);
  }

  accuse(...args: Parameters<KeyPool["accuse"]>): readonly PoolEffect[] {
    return this.#of(args[1]).accuse(...args);
  }

  convict(ids: readonly string[]): readonly PoolEffect[] {
    return this.#pools.flatMap((pool) => pool.convict(ids));
  }

  takeCheck(keyId: string, nowMs: number): boolean {
    return this.#holding(keyId)?.takeCheck(keyId, nowMs) ?? false;
  }

  convictChecked(keyId: string): readonly PoolEffect[] {
    return this.#holding(keyId)?.convictChecked(keyId) ?? NO_EFFECTS;
  }

  takeChecks(...args: Parameters<KeyPool["takeChecks"]>): readonly PoolKey[] {
    return this.#of(args[1]).takeChecks(...args);
  }

  noteChecked(...args: Parameters<KeyPool["noteChecked"]>): readonly PoolEffect[] {
    return this.#pools.flatMap((pool) => pool.noteChecked(...args));
  }

  carryOut(sentence: Parameters<KeyPool["carryOut"]>[0]): readonly PoolEffect[] {
    return this.#holding(sentence.keyId)?.carryOut(sentence) ?? [{ kind: "sentenced", sentence }];
  }

  startCooldown(...args: Parameters<KeyPool["startCooldown"]>): void {
    this.#holding(args[0])?.startCooldown(...args);
  }

  noteUnopenable(id: string): void {
    this.#holding(id)?.noteUnopenable(id);
  }

  fail(...args: Parameters<KeyPool["fail"]>): void {
    this.#of(args[1]).fail(...args);
  }

  noteSilence(...args: Parameters<KeyPool["noteSilence"]>): void {
    this.#of(args[1]).noteSilence(...args);
  }

  drop(...args: Parameters<KeyPool["drop"]>): void {
    this.#of(args[1]).drop(...args);
  }

  refuse(...args: Parameters<KeyPool["refuse"]>): ReturnType<KeyPool["refuse"]> {
    return this.#of(args[1]).refuse(...args);
  }

  reserve(...args: Parameters<KeyPool["reserve"]>): void {
    this.#of(args[0]).reserve(...args);
  }

  release(...args: Parameters<KeyPool["release"]>): void {
    this.#of(args[0]).release(...args);
  }

  keep(...args: Parameters<KeyPool["keep"]>): void {
    this.#of(args[0]).keep(...args);
  }

  letGo(...args: Parameters<KeyPool["letGo"]>): void {
    this.#of(args[0]).letGo(...args);
  }

  spend(...args: Parameters<KeyPool["spend"]>): ReturnType<KeyPool["spend"]> {
    return this.#of(args[0]).spend(...args);
  }

  countsTokens(lease: Lease): boolean {
    return this.#of(lease).countsTokens(lease);
  }

  used(...args: Parameters<KeyPool["used"]>): void {
    this.#of(args[0]).used(...args);
  }

  get #pools(): readonly KeyPool[] {
    this.#order ??= this.#inOrder();
    return this.#order.pools;
  }

  #partOf(ask: KeyRequest, pool: KeyPool): KeyRequest {
    let parts = partsOf.get(ask);
    if (parts === undefined) {
      parts = new Map();
      partsOf.set(ask, parts);
    }
    let part = parts.get(pool);
    if (part === undefined) {
      part = new RequestPart(ask, pool === this.#order?.own);
      parts.set(pool, part);
    }
    return part;
  }

  #holding(keyId: string): KeyPool | undefined {
    return this.#pools.find((pool) => pool.get(keyId) !== undefined);
  }

  /** The pool that granted a lease: its outcome belongs there, even if the key has moved to another section since. */
  #of(lease: Lease): KeyPool {
    const pool = grantedBy.get(lease) ?? this.#holding(lease.key.id) ?? this.#pools[0];
    if (pool === undefined) throw new Error("a lease without a pool");
    return pool;
  }
}

/** Who owns a conversation, in whichever section. At most one of them knows an owner. */
class JoinedOwners implements Owners {
  readonly #pools: () => readonly KeyPool[];
  readonly #holding: (keyId: string) => KeyPool | undefined;

  constructor(pools: () => readonly KeyPool[], holding: (keyId: string) => KeyPool | undefined) {
    this.#pools = pools;
    this.#holding = holding;
  }

  of(model: string | null, conversation: string): string | null {
    return firstOf(this.#pools(), ({ owners }) => owners.of(model, conversation));
  }

  withAnyModel(conversation: string): string | null {
    return firstOf(this.#pools(), ({ owners }) => owners.withAnyModel(conversation));
  }

  foreignUpTo(conversation: string): number | null {
    return firstOf(this.#pools(), ({ owners }) => owners.foreignUpTo(conversation));
  }

  isLeft(model: string | null, keyId: string, ask: KeyRequest, nowMs: number): boolean {
    return this.#holding(keyId)?.owners.isLeft(model, keyId, ask, nowMs) ?? false;
  }

  move(model: string | null, conversation: string, keyId: string, mark: number | null): void {
    const holding = this.#holding(keyId);
    for (const pool of this.#pools()) {
      if (pool === holding) pool.owners.move(model, conversation, keyId, mark);
      else pool.owners.forget(model, conversation);
    }
  }

  forget(model: string | null, conversation: string): void {
    for (const { owners } of this.#pools()) owners.forget(model, conversation);
  }
}

/** A request's place in one section. */
class RequestPart implements KeyRequest {
  readonly claim: Claim;
  readonly #whole: KeyRequest;
  waiter: KeyRequest["waiter"] = null;
  isCounted = false;
  #hopefulUntilMs = 0;

  /** @param isOwn Whether all who use the section are of the request's group, whose tokens share with each other. */
  constructor(whole: KeyRequest, isOwn: boolean) {
    this.#whole = whole;
    const { tokenId, weight, priority } = whole.claim;
    this.claim = isOwn ? { tokenId, weight, priority } : whole.claim;
  }

  /** Not beyond its longest wait: sections forecast at different times, and the request polls for each of them. */
  get hopefulUntilMs() {
    return Math.min(this.#hopefulUntilMs, this.#whole.maxWaitUntilMs);
  }

  set hopefulUntilMs(atMs: number) {
    this.#hopefulUntilMs = atMs;
  }

  get tokens() {
    return this.#whole.tokens;
  }

  get tried() {
    return this.#whole.tried;
  }

  get prefersProven() {
    return this.#whole.prefersProven;
  }

  get conversation() {
    return this.#whole.conversation;
  }

  get maxWaitUntilMs() {
    return this.#whole.maxWaitUntilMs;
  }
}

/** When the request polls a section again in which it waits: each says so for itself. 0 if it doesn't wait there. */
function waitsUntilMs(ask: KeyRequest, pool: KeyPool): number {
  return partsOf.get(ask)?.get(pool)?.waiter?.dueMs ?? 0;
}

/** The request waits nowhere else any more, and its conversation has no other owner. */
function granted(lease: Lease, pool: KeyPool, model: string | null, ask: KeyRequest): Lease {
  grantedBy.set(lease, pool);
  const parts = partsOf.get(ask);
  if (parts === undefined || parts.size < 2) return lease;
  const conversation = ask.conversation?.name ?? null;
  for (const [other, part] of parts) {
    if (other === pool) continue;
    other.leave(model, part);
    if (conversation !== null) other.owners.forget(model, conversation);
  }
  return lease;
}

function firstOf<Value>(
  pools: readonly KeyPool[],
  read: (pool: KeyPool) => Value | null,
): Value | null {
  for (const pool of pools) {
    const value = read(pool);
    if (value !== null) return value;
  }
  return null;
}

function joined(parts: readonly Availability[]): Availability {
  let [keys, ready] = [0, 0];
  let firstMs: number | null = null;
  const atCap = new Map<CapKind, KeysAtCap>();
  for (const part of parts) {
    keys += part.keys;
    ready += part.ready;
    if (part.readyAtMs !== null) firstMs = Math.min(firstMs ?? part.readyAtMs, part.readyAtMs);
    for (const { kind, keys: more, readyAtMs } of part.atCap ?? []) {
      const known = atCap.get(kind);
      atCap.set(kind, {
        kind,
        keys: more + (known?.keys ?? 0),
        readyAtMs: Math.min(readyAtMs, known?.readyAtMs ?? readyAtMs),
      });
    }
  }
  const capped = atCap.size === 0 ? {} : { atCap: [...atCap.values()] };
  return { keys, ready, readyAtMs: firstMs, ...capped };
}
