/** Keys that arrive in parts, whatever happens to them in the store in the meantime. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { UseBoard } from "../../pool/peers/use-board";
import type { KeyStatus } from "../../pool/types";
import { KnownState } from "./known-state";
import type { KeyPart, KeyState, StateChanges } from "./read-state";

const FIRST = 5;
const PART = 4;
const NO_CAPS = { concurrentRequests: null, dailyCostUsd: null, monthlyCostUsd: null };

interface Stored extends KeyState {
  readonly version: number;
}

/** The store's tables of keys, with the reads of `read-state.ts`. */
class Store {
  version = 1;
  readonly keys = new Map<string, Stored>();
  readonly tombstones: { readonly id: string; readonly version: number }[] = [];
  #made = 0;

  add(provider: string, priority: number, status: KeyStatus): void {
    this.version += 1;
    this.#made += 1;
    // Not in the order in which they are created.
    const id = `pk_${String((this.#made * 7_919) % 10_007).padStart(5, "0")}`;
    const rest = {
      weight: 1,
      quotaDomain: null,
      groups: null,
      models: null,
      limits: null,
      resetAtMs: 0,
      ...NO_CAPS,
    };
    const key = { id, provider, priority, status, sealed: id, masked: id, ...rest };
    this.keys.set(id, { ...key, version: this.version });
  }

  change(at: number, status: KeyStatus | "deleted"): void {
    const id = [...this.keys.keys()][at % Math.max(1, this.keys.size)];
    const key = id === undefined ? undefined : this.keys.get(id);
    if (key === undefined) return;
    this.version += 1;
    if (status === "deleted") {
      this.keys.delete(key.id);
      this.tombstones.push({ id: key.id, version: this.version });
    } else this.keys.set(key.id, { ...key, status, version: this.version });
  }

  first(): StateChanges {
    const rank = ({ status, priority, id }: Stored) =>
      `${status === "active" ? 0 : 1} ${priority} ${id}`;
    const ordered = [...this.keys.values()].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
    const providers = Object.groupBy(ordered, ({ provider }) => provider);
    const keys = Object.values(providers).flatMap((own = []) => own.slice(0, FIRST + 1));
    const isFirstPart = Object.values(providers).some((own = []) => own.length > FIRST);
    return { ...this.#changes(null), keys, isFirstPart };
  }

  since(version: number): StateChanges {
    const isNewer = (row: { readonly version: number }) => row.version > version;
    return {
      ...this.#changes(version),
      keys: [...this.keys.values()].filter(isNewer),
      deletedKeyIds: this.tombstones.filter(isNewer).map(({ id }) => id),
    };
  }

  part(afterId: string): KeyPart {
    const ids = [...this.keys.keys()].filter((id) => id > afterId).sort();
    const keys = ids.slice(0, PART).flatMap((id) => this.keys.get(id) ?? []);
    const nextAfterId = keys.length < PART ? null : (keys.at(-1)?.id ?? null);
    return { keys, cooldowns: [], nextAfterId };
  }

  #changes(since: number | null): StateChanges {
    return {
      version: this.version,
      since,
      keys: [],
      cooldowns: [],
      tokens: [],
      memberLimits: [],
      groups: [],
      customProviders: [],
      modelAliases: [],
      quotaLimits: [],
      settings: [],
      deletedKeyIds: [],
      deletedGroups: [],
      deletedProviders: [],
      deletedAliases: [],
    };
  }
}

const PROVIDERS = ["openai", "groq"] as const;
const provider = fc.constantFrom(...PROVIDERS);
const status = fc.constantFrom<KeyStatus>("active", "active", "active", "disabled", "blocked");
const step = fc.oneof(
  fc.record({ do: fc.constant("add" as const), provider, status, priority: fc.nat(2) }),
  fc.record({
    do: fc.constant("change" as const),
    at: fc.nat(100),
    to: fc.constantFrom<KeyStatus | "deleted">("active", "disabled", "deleted"),
  }),
  fc.constant({ do: "refresh" as const }),
  // A part is read at one time and applied at another.
  fc.constant({ do: "read" as const }),
  fc.constant({ do: "apply" as const }),
);

const known = (state: KnownState) =>
  PROVIDERS.flatMap((slug) =>
    [...state.pools(slug).everyKey().keys()].map((key) => [key.id, key.status]),
  );
const sorted = (rows: readonly (readonly string[])[]) => rows.map((row) => row.join(" ")).sort();

test("in the end an isolate knows the store's keys, and before the last part none that comes after those it has", () => {
  const keys = fc.array(fc.record({ provider, status, priority: fc.nat(2) }), { maxLength: 40 });
  fc.assert(
    fc.property(keys, fc.array(step, { maxLength: 40 }), (made, steps) => {
      const store = new Store();
      for (const each of made) store.add(each.provider, each.priority, each.status);
      const state = new KnownState({
        random: () => 0.5,
        allowPrivateUpstreams: false,
        uses: new UseBoard(() => "is_1"),
        nowMs: () => 0,
      });
      state.apply(store.first(), []);
      const lastOf = new Map<string, number>();
      for (const slug of PROVIDERS) {
        const own = [...state.pools(slug).everyKey().keys()].filter(
          (key) => key.status === "active",
        );
        lastOf.set(slug, Math.max(-1, ...own.map((key) => key.priority)));
      }
      let waiting: KeyPart | null = null;
      const read = () => {
        if (state.nextPart !== null) waiting ??= store.part(state.nextPart);
      };
      const apply = () => {
        if (waiting === null) return;
        const before = new Set(known(state).map(([id]) => id));
        state.applyPart(waiting, []);
        waiting = null;
        if (state.nextPart === null) return;
        for (const slug of PROVIDERS) {
          for (const key of state.pools(slug).everyKey().keys()) {
            const last = lastOf.get(slug) ?? -1;
            if (!before.has(key.id) && last >= 0) expect(key.priority).toBeLessThanOrEqual(last);
          }
        }
      };
      const refresh = () => state.apply(store.since(state.version ?? 0), []);
      for (const each of steps) {
        if (each.do === "add") store.add(each.provider, each.priority, each.status);
        else if (each.do === "change") store.change(each.at, each.to);
        else if (each.do === "refresh") refresh();
        else if (each.do === "read") read();
        else apply();
      }
      while (state.nextPart !== null) {
        read();
        apply();
      }
      refresh();
      const expected = [...store.keys.values()].map(({ id, status }) => [id, status]);
      expect(sorted(known(state))).toEqual(sorted(expected));
    }),
    { numRuns: 500 },
  );
});
