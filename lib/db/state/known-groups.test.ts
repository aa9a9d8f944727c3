/** Groups, their keys and their tokens as an isolate knows them, whatever order the changes come in. */
import { beforeEach, describe, expect, test } from "vitest";
import { UseBoard } from "../../pool/peers/use-board";
import { newKeyRequest } from "../../pool/pick-result";
import { NO_LIMITS } from "../../usage/token-limits";
import { KnownState } from "./known-state";
import type { GroupState, KeyState, StateChanges, TokenState } from "./read-state";

const NO_CAPS = { concurrentRequests: null, dailyCostUsd: null, monthlyCostUsd: null };

const NOTHING: StateChanges = {
  version: 1,
  since: null,
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

const key = (id: string, groups: readonly string[] | null): KeyState => ({
  ...{ id, provider: "openai", sealed: id, masked: id, status: "active", weight: 1, priority: 0 },
  ...{ quotaDomain: null, groups, models: null, limits: null, resetAtMs: 0 },
  ...NO_CAPS,
});

const token = (id: string, groupId: string | null): TokenState => ({
  ...{ id, kind: "app", name: id, ownerId: "us_1", groupId, tokenHash: id, status: "active" },
  ...{ providers: null, models: null, expiresAtMs: null, weight: 1, maxWaitSeconds: null },
  ...{ fixedTags: null, requiredTags: null },
  ...{ priorityClass: "interactive", unpricedReserveUsd: null, budgetId: null },
  ...NO_LIMITS,
});

const group = (id: string, more: Partial<GroupState> = {}): GroupState => ({
  ...{ id, name: id, usesCommonKeys: true, weight: 1 },
  ...NO_LIMITS,
  ...more,
});

let state: KnownState;
let version: number;

/** Applies a change of the store. */
function change(changes: Partial<StateChanges>): void {
  const since = version === 0 ? null : version;
  version += 1;
  state.apply({ ...NOTHING, since, version, ...changes }, []);
}

beforeEach(() => {
  state = new KnownState({
    random: () => 0.5,
    allowPrivateUpstreams: false,
    uses: new UseBoard(() => "is_1"),
    nowMs: () => 0,
  });
  version = 0;
});

/** Ids of the keys that serve a token. */
function servedBy(tokenId: string): string[] {
  const caller = state.accessToken(tokenId)?.group;
  return [...state.pools("openai").forCaller(caller).keys()].map(({ id }) => id);
}

describe("a key", () => {
  test("serves its groups, and everyone once it is a common one again", () => {
    const tokens = [token("at_none", null), token("at_a", "gr_a"), token("at_b", "gr_b")];
    const groups = [group("gr_a"), group("gr_b", { usesCommonKeys: false })];
    const served = () => tokens.map(({ id }) => servedBy(id));
    change({ tokens, groups, keys: [key("pk_1", ["gr_a"]), key("pk_2", null)] });
    expect(served()).toEqual([["pk_2"], ["pk_1", "pk_2"], []]);
    change({ keys: [key("pk_1", ["gr_a", "gr_b"])] });
    expect(served()).toEqual([["pk_2"], ["pk_1", "pk_2"], ["pk_1"]]);
    change({ keys: [key("pk_1", ["gr_b"]), key("pk_2", ["gr_a"])] });
    expect(served()).toEqual([[], ["pk_2"], ["pk_1"]]);
    change({ keys: [key("pk_1", null)] });
    expect(served()).toEqual([["pk_1"], ["pk_2", "pk_1"], []]);
    change({ keys: [key("pk_1", [])] });
    expect(served()).toEqual([[], ["pk_2"], []]);
    change({ deletedKeyIds: ["pk_1", "pk_2"] });
    expect(state.pools("openai").everyKey().size).toBe(0);
  });

  test("keeps its limits in every section", () => {
    const rules = [{ model: "*", rpm: 1, tpm: null, dailyRequests: null }];
    change({
      groups: [group("gr_a")],
      tokens: [token("at_a", "gr_a")],
      keys: [key("pk_1", ["gr_a"])],
      quotaLimits: [{ provider: "openai", domain: "", rules }],
    });
    change({ keys: [key("pk_2", ["gr_a", "gr_b"])] });
    const keys = state.pools("openai").forCaller(state.accessToken("at_a")?.group);
    const claim = { tokenId: "at_a", weight: 1, priority: 0 };
    const kinds = [0, 1, 2].map(() => {
      const request = { claim, tokens: 1, tried: new Set<string>(), prefersProven: false };
      const waits = { conversation: null, maxWaitUntilMs: 0, waiter: null, isCounted: false };
      return keys.ask("m", { ...request, ...waits, hopefulUntilMs: 0 }, 1_000).kind;
    });
    expect(kinds).toEqual(["granted", "granted", "exhausted"]);
  });

  test("that moves takes along what was counted, with the other keys of its domain", () => {
    const limits = [{ model: "*", rpm: 1, tpm: null, dailyRequests: null }];
    const domainRules = [{ model: "*", rpm: 2, tpm: null, dailyRequests: null }];
    const ofDomain = (id: string, groups: readonly string[] | null) => ({
      ...key(id, groups),
      quotaDomain: "account",
    });
    change({
      groups: [group("gr_a")],
      tokens: [token("at_a", "gr_a"), token("at_none", null)],
      keys: [{ ...key("pk_1", null), limits }, ofDomain("pk_2", null), ofDomain("pk_3", null)],
      quotaLimits: [{ provider: "openai", domain: "account", rules: domainRules }],
    });
    const ask = (tokenId: string) => {
      const keys = state.pools("openai").forCaller(state.accessToken(tokenId)?.group);
      const request = newKeyRequest({ tokenId, weight: 1, priority: 0 });
      return keys.ask("m", request, 1_000).kind;
    };
    expect([ask("at_none"), ask("at_none"), ask("at_none")]).toEqual(Array(3).fill("granted"));
    expect(ask("at_none")).toBe("exhausted");
    change({
      keys: [
        { ...key("pk_1", ["gr_a"]), limits },
        ofDomain("pk_2", ["gr_a"]),
        ofDomain("pk_3", ["gr_a"]),
      ],
    });
    expect([ask("at_a"), ask("at_none")]).toEqual(["exhausted", "unavailable"]);
  });
});

describe("a token", () => {
  test("keeps the limits of its group, its owner and its own", () => {
    change({
      tokens: [{ ...token("at_a", "gr_a"), rpm: 5 }, token("at_none", null)],
      groups: [group("gr_a", { monthlyCostUsd: 10 })],
      memberLimits: [{ userId: "us_1", ...NO_LIMITS, dailyRequests: 3 }],
    });
    const kinds = (id: string) => state.accessToken(id)?.limitHolders?.map(({ kind }) => kind);
    expect(kinds("at_a")).toEqual(["token", "member", "group"]);
    expect(kinds("at_none")).toEqual(["member"]);
    expect(state.accessToken("at_a")?.limitHolders?.[2]).toMatchObject({
      ...{ id: "gr_a", budgetId: "gr_a", name: "gr_a" },
      limits: { monthlyCostUsd: 10 },
    });
    change({ groups: [group("gr_a", { name: "search", rpm: 7 })] });
    expect(state.accessToken("at_a")?.limitHolders?.[2]).toMatchObject({ name: "search" });
    change({ groups: [group("gr_a")], memberLimits: [{ userId: "us_1", ...NO_LIMITS }] });
    expect(kinds("at_a")).toEqual(["token"]);
    expect(kinds("at_none")).toBeUndefined();
  });

  test("of a group that isn't known gets only the keys of that group", () => {
    change({ tokens: [token("at_a", "gr_a")], keys: [key("pk_1", null), key("pk_2", ["gr_a"])] });
    expect(servedBy("at_a")).toEqual(["pk_2"]);
    change({ groups: [group("gr_a")] });
    expect(servedBy("at_a")).toEqual(["pk_2", "pk_1"]);
    change({ deletedGroups: ["gr_a"] });
    expect(servedBy("at_a")).toEqual(["pk_2"]);
  });
});
