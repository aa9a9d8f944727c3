import { expect, test } from "vitest";
import type { ImportedKeys } from "./import-schemas";
import { beginImport, sumImports } from "./sum-imports";

test("calls about parts of a source add up to one answer", () => {
  const source = {
    form: "litellm",
    unusable: [{ position: 9, problem: "pair" }],
    skipped: 2,
    leftOut: [{ position: 4, why: "comment" }],
  } as const;
  const part = (provider: string, position: number): ImportedKeys => ({
    dryRun: true,
    form: "litellm",
    added: 3,
    duplicates: 2,
    changed: 1,
    skipped: 0,
    leftOut: [],
    rejected: [{ position, code: "empty", reason: "the key is empty" }],
    providers: [
      { provider, added: 3, blocked: 1, disabled: 0, cooling: 0, duplicates: 2, changed: 1 },
    ],
    unknown: [{ name: "relay.example.com", keys: 4, proposal: null }],
  });
  const sum = [part("openai", 7), part("groq", 3), part("openai", 5)].reduce(
    sumImports,
    beginImport(source, 10, true),
  );
  expect(sum).toMatchObject({
    form: "litellm",
    added: 9,
    duplicates: 16,
    changed: 3,
    skipped: 2,
    providers: [
      { provider: "openai", added: 6, blocked: 2, duplicates: 4 },
      { provider: "groq", added: 3 },
    ],
    unknown: [{ name: "relay.example.com", keys: 12 }],
  });
  expect(sum.leftOut).toEqual([{ position: 4, code: "comment", reason: "a comment" }]);
  expect(sum.rejected.map(({ position, code }) => [position, code])).toEqual([
    [3, "empty"],
    [5, "empty"],
    [7, "empty"],
    [9, "pair"],
  ]);
});
