import { expect, test } from "vitest";
import type { SectionStates } from "../db/keys/provider-keys";
import { lowPools } from "./low-pools";

const section = (groups: readonly string[] | null, ready: number, blocked = 0): SectionStates => ({
  ...{ provider: "openai", groups, ready, cooling: 0, blocked },
});
const group = (id: string, usesCommonKeys: boolean) => ({ id, name: `${id}'s`, usesCommonKeys });
const GROUPS = [group("a", true), group("b", false)];

test.each<[name: string, sections: SectionStates[], low: (string | null)[]]>([
  ["nobody without keys", [], []],
  ["whom the common keys serve", [section(null, 1)], [null]],
  ["nobody with enough", [section(null, 2), section(["b"], 2)], []],
  ["a group with few keys of its own only", [section(null, 5), section(["b"], 1)], ["b"]],
  ["no group whom common keys serve too", [section(null, 5), section(["a"], 0, 1)], []],
  ["both, if the common keys are few", [section(null, 0, 3), section(["a"], 1)], [null, "a"]],
  [
    "callers without a group, whatever groups have",
    [section(null, 0, 1), section(["b"], 9)],
    [null],
  ],
  ["no one for keys that are disabled", [section(null, 0), section(["b"], 0)], []],
  ["no one with enough shared keys", [section(["a", "b"], 2)], []],
])("low is %s", (_, sections, low) => {
  const found = lowPools(sections, GROUPS, 2);
  expect(found.map((pool) => pool.group?.id ?? null)).toEqual(low);
});
