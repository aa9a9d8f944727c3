import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Findable, plain, rank } from "./rank";

const target = (label: string, ...words: string[]): Findable => ({ id: label, label, words });

const labels = (
  names: readonly (string | Findable)[],
  query: string,
  recent: readonly string[] = [],
) =>
  rank(
    names.map((name) => (typeof name === "string" ? target(name) : name)),
    query,
    recent,
  ).map(({ label }) => label);

describe("rank", () => {
  test("exact names, then beginnings, words, parts, and what resembles them", () => {
    const names = ["Azure OpenAI", "OpenAI", "OpenAI batch", "myopenai", "Opnai x", "Groq"];
    expect(labels(names, "openai")).toEqual([
      "OpenAI",
      "OpenAI batch",
      "Azure OpenAI",
      "myopenai",
      "Opnai x",
    ]);
  });

  test("further words come after the label's own", () => {
    const names = [target("Alerts", "webhook"), target("Webhook tests"), target("Webhook")];
    expect(labels(names, "webhook")).toEqual(["Webhook", "Alerts", "Webhook tests"]);
  });

  test("the recently chosen come first among equals only", () => {
    const names = ["keys a", "keys b", "keys c", "keys"];
    expect(labels(names, "keys", ["keys c", "keys b"])).toEqual([
      "keys",
      "keys c",
      "keys b",
      "keys a",
    ]);
  });

  test.each([
    ["Provider keys", "pkeys"],
    ["Provider keys", "prov k"],
    ["Settings", "setings"],
    ["Settings", "settinsg"],
    ["Settings", "sattings"],
    ["Café", "cafe"],
  ])("%s is found by %s", (label, query) => {
    expect(labels([label], query)).toEqual([label]);
  });

  test.each([
    ["Workers AI", "dark"],
    ["Amazon Bedrock", "dark"],
    ["Cerebras", "prices"],
    ["Cartesia", "prices"],
  ])("%s is not found by %s", (label, query) => {
    expect(labels([label], query)).toEqual([]);
  });

  test("an empty query finds nothing", () => {
    expect(labels(["a"], "  ")).toEqual([]);
  });
});

const name = fc.string({ unit: fc.constantFrom("a", "b", "c", " ", "-", "Ä"), maxLength: 8 });
const named = fc.record({ label: name, words: fc.array(name, { maxLength: 2 }) });
const list = fc
  .array(named, { maxLength: 8 })
  .map((all) => all.map((each, index) => ({ ...each, id: String(index) })));
const recent = fc.uniqueArray(fc.nat(8).map(String), { maxLength: 5 });

/** The tier that a label alone promises: 0 exact, 1 begins, 3 contains; null for anything else. */
function promised(label: string, query: string): number | null {
  const [text, wanted] = [plain(label), plain(query)];
  if (text === wanted) return 0;
  if (text.startsWith(wanted)) return 1;
  return text.includes(wanted) ? 3 : null;
}

describe("for any targets and query", () => {
  test("each is found at most once, and all that contain the query are found", () => {
    fc.assert(
      fc.property(list, name, recent, (targets, query, chosen) => {
        const found = rank(targets, query, chosen);
        expect(new Set(found).size).toBe(found.length);
        const isWanted = plain(query) !== "";
        const containing = targets.filter(
          ({ label }) => isWanted && promised(label, query) !== null,
        );
        for (const each of containing) expect(found).toContain(each);
        for (const each of found) expect(targets).toContain(each);
      }),
    );
  });

  test("no name that begins with it comes before one that is it, nor one that contains it before one that begins", () => {
    fc.assert(
      fc.property(list, name, recent, (targets, query, chosen) => {
        // Words may raise a target, so they are left out here.
        const plainTargets = targets.map((each) => ({ ...each, words: [] }));
        const tiers = rank(plainTargets, query, chosen).map(({ label }) => promised(label, query));
        const known = tiers.filter((tier) => tier === 0 || tier === 1);
        expect(known).toEqual(known.toSorted());
        const last = tiers.findLastIndex((tier) => tier === 0 || tier === 1);
        expect(tiers.slice(0, last + 1).every((tier) => tier === 0 || tier === 1)).toBe(true);
      }),
    );
  });

  test("the order doesn't depend on what is not found", () => {
    fc.assert(
      fc.property(list, name, recent, (targets, query, chosen) => {
        const found = rank(targets, query, chosen);
        const kept = targets.filter((each) => found.includes(each));
        expect(rank(kept, query, chosen)).toEqual(found);
      }),
    );
  });
});
