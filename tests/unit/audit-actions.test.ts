/** The log's page has a label for every logged action. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import en from "../../messages/en/audit.json" with { type: "json" };
import { root } from "../../scripts/root.ts";

const KEYS = "provider-key";

const matches = (source: string, pattern: RegExp) =>
  [...source.matchAll(pattern)].map(([, first = ""]) => first);

/** Every action in the sources that log. */
function loggedActions(): string[] {
  const folders = ["lib/manage", "lib/auth", "lib/upkeep"].map((folder) => join(root, folder));
  const sources = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .map((name) => readFileSync(join(folder, name), "utf8")),
  );
  const whole = sources
    .filter((source) => /audit(?:Change|Event)|AuditEntry/.test(source))
    .flatMap((source) => matches(source, /"([a-z-]+\.[a-z-]+)"/g));
  const ofKeys = sources.flatMap((source) => matches(source, /auditKeys?\([\w.]+, "([a-z-]+)"/g));
  // Changes of many keys are logged by their kind, and undone by the same.
  const schemas = readFileSync(join(root, "lib/manage/keys/provider-key-schemas.ts"), "utf8");
  const [changes = "", undos = ""] = schemas.split("export const undoProviderKeysInput");
  const kinds = (source: string) => matches(source, /kind: z\.literal\("([a-z-]+)"\)/g);
  return [
    ...whole,
    ...[...ofKeys, ...kinds(changes), ...kinds(undos).map((kind) => `undo-${kind}`)].map(
      (action) => `${KEYS}.${action}`,
    ),
  ];
}

test("every action has its words", () => {
  const actions = [...new Set(loggedActions())];
  const some = [
    "member.join",
    "access-token.revoke",
    "provider-key.disable",
    "provider-key.undo-set",
  ];
  expect(actions).toEqual(expect.arrayContaining(some));
  const words = Object.entries(en.actions).flatMap(([subject, verbs]) =>
    Object.keys(verbs).map((verb) => `${subject}.${verb}`),
  );
  expect(actions.filter((action) => !words.includes(action))).toEqual([]);
});
