/**
 * What this isolate tells the others of its use of provider keys, and what it hears of theirs. Plain data with the
 * clock handed in; who carries it is the caller's.
 * @module
 */
import type { PeerReport, ToldModel } from "./told-use";

/** `alone` where no other isolate tells anything, `tight` where little is left, or requests wait. */
export type Pressure = "alone" | "roomy" | "tight";

/** One model of one provider, as the board knows it. */
export interface SharedModel {
  /** The same in all isolates. */
  readonly name: string;
  /** How soon others should be told and heard. */
  readonly pressure: Pressure;
  /** Whether its keys are much used. */
  isHot(nowMs: number): boolean;
  tell(nowMs: number): ToldModel;
  heard(reports: readonly PeerReport[], nowMs: number): void;
}

/** Models that are told of at once. */
const MODELS_MAX = 50;

export class UseBoard {
  readonly #nameOf: () => string;
  #name: string | null = null;
  /** Whether others can't be told today: each isolate keeps to what it knows itself. */
  isOff = false;
  readonly #hot = new Map<string, SharedModel>();
  #isDirty = false;
  #isolates = 1;

  /** @param nameOf Another name for each isolate. Called at the first need: while an isolate starts, nothing is random. */
  constructor(nameOf: () => string) {
    this.#nameOf = nameOf;
  }

  /** The isolate's name. */
  get isolate(): string {
    this.#name ??= this.#nameOf();
    return this.#name;
  }

  /** How many isolates told something recently, this one included. */
  get isolates(): number {
    return this.#isolates;
  }

  /** Whether something is to be told or heard. */
  get isHot(): boolean {
    return this.#hot.size > 0;
  }

  /** Whether something was sent since it was told last, or requests wait. */
  get isDue(): boolean {
    return this.#isDirty;
  }

  /** How soon others should be told and heard. */
  get pressure(): Pressure {
    let most: Pressure = "alone";
    for (const { pressure } of this.#hot.values()) {
      if (pressure === "tight") return "tight";
      if (pressure === "roomy") most = "roomy";
    }
    return most;
  }

  /** A model's keys are much used from now on. */
  heat(model: SharedModel): void {
    if (this.#hot.size < MODELS_MAX) this.#hot.set(model.name, model);
    this.#isDirty = true;
  }

  /** Something is to be told, or somebody waits to hear. */
  touch(): void {
    this.#isDirty = true;
  }

  /** What to tell now. */
  tell(nowMs: number): readonly ToldModel[] {
    this.#isDirty = false;
    const models: ToldModel[] = [];
    for (const model of this.#hot.values()) {
      if (!model.isHot(nowMs)) this.#hot.delete(model.name);
      models.push(model.tell(nowMs));
    }
    return models;
  }

  /** Takes over what all others told last. */
  heard(reports: readonly PeerReport[], nowMs: number): void {
    this.#isolates = reports.length + 1;
    for (const model of this.#hot.values()) model.heard(reports, nowMs);
  }
}
