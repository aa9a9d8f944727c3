/**
 * Collects what this isolate reports to the others about its use of provider keys, and passes on what they report.
 * Plain data with the clock handed in; the caller transports the reports.
 * @module
 */
import type { ModelReport, PeerReport } from "./report-format";

/** `alone` if no other isolate reports, `tight` if little quota is left or requests wait, `roomy` otherwise. */
export type Pressure = "alone" | "roomy" | "tight";

/** One model of one provider, as the board sees it. */
export interface SharedModel {
  /** The same in all isolates. */
  readonly name: string;
  /** Decides how often reports are exchanged. */
  readonly pressure: Pressure;
  isSharing(nowMs: number): boolean;
  /** Returns what this isolate used. */
  report(nowMs: number): ModelReport;
  /** Replaces what the other isolates used by their latest reports. */
  receive(reports: readonly PeerReport[], nowMs: number): void;
}

/** The most models that are shared at once. */
const MODELS_MAX = 50;

export class UseBoard {
  readonly #nameOf: () => string;
  #name: string | null = null;
  /** Whether no more can be reported today: each isolate then relies on its own counts. */
  isOff = false;
  readonly #sharing = new Map<string, SharedModel>();
  #isDue = false;
  #isolates = 1;

  /** @param nameOf Returns a unique name. Called on first use, because an isolate has no random numbers at startup. */
  constructor(nameOf: () => string) {
    this.#nameOf = nameOf;
  }

  /** The isolate's name. */
  get isolate(): string {
    this.#name ??= this.#nameOf();
    return this.#name;
  }

  /** The number of isolates with recent reports, including this one. */
  get isolates(): number {
    return this.#isolates;
  }

  /** Whether any model is shared. */
  get isSharing(): boolean {
    return this.#sharing.size > 0;
  }

  /** Whether something was sent since the last report, or requests wait. */
  get isDue(): boolean {
    return this.#isDue;
  }

  /** The highest pressure of all shared models. */
  get pressure(): Pressure {
    let most: Pressure = "alone";
    for (const { pressure } of this.#sharing.values()) {
      if (pressure === "tight") return "tight";
      if (pressure === "roomy") most = "roomy";
    }
    return most;
  }

  /** Starts sharing a model, or keeps it shared. */
  share(model: SharedModel): void {
    if (this.#sharing.size < MODELS_MAX) this.#sharing.set(model.name, model);
    this.#isDue = true;
  }

  /** Requests an exchange: there is something to report, or a request waits for the others' reports. */
  markDue(): void {
    this.#isDue = true;
  }

  /** Returns this isolate's report. A model that isn't shared any more is reported one last time. */
  report(nowMs: number): readonly ModelReport[] {
    this.#isDue = false;
    const models: ModelReport[] = [];
    for (const model of this.#sharing.values()) {
      if (!model.isSharing(nowMs)) this.#sharing.delete(model.name);
      models.push(model.report(nowMs));
    }
    return models;
  }

  /** Replaces what the other isolates used by their latest reports. */
  receive(reports: readonly PeerReport[], nowMs: number): void {
    this.#isolates = reports.length + 1;
    for (const model of this.#sharing.values()) model.receive(reports, nowMs);
  }
}
