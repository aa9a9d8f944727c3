import { describe, expect, test } from "vitest";
import { companionSecrets, objectConfig } from "./portal-object.ts";

/** What Cloudflare makes of a Worker's migrations: those after the tag it has, in order. */
function apply(state: { tag: string | null; classes: Set<string> }, hasObject: boolean) {
  const migrated = Number(/\d+$/.exec(state.tag ?? "0")?.[0]);
  const config = objectConfig({ hasObject, migrated });
  const migrations = config.migrations ?? [];
  const from = migrations.findIndex(({ tag }) => tag === state.tag) + 1;
  if (state.tag !== null) expect(from).toBeGreaterThan(0);
  for (const { tag, ...step } of migrations.slice(from)) {
    for (const name of step.new_sqlite_classes ?? []) {
      expect(state.classes).not.toContain(name);
      state.classes.add(name);
    }
    for (const name of step.deleted_classes ?? []) {
      expect(state.classes.delete(name)).toBe(true);
    }
    state.tag = tag;
  }
  const bound = config.durable_objects?.bindings.map(({ class_name }) => class_name) ?? [];
  expect(bound).toEqual(hasObject ? ["PortalObject"] : []);
  expect([...state.classes]).toEqual(bound);
}

describe("objectConfig", () => {
  test("whatever comes after whatever, the class is there exactly while the object is wanted", () => {
    for (let run = 0; run < 64; run++) {
      const state = { tag: null, classes: new Set<string>() };
      for (let bit = 0; bit < 6; bit++) apply(state, ((run >> bit) & 1) === 1);
    }
  });

  test("a deployment that never had the object has no migrations", () => {
    expect(objectConfig({ hasObject: false, migrated: 0 })).toEqual({});
  });
});

describe("companionSecrets", () => {
  const deployed = new Set(["AUTH_SECRET", "GITHUB_SECRET"]);

  test("puts what is known, leaves what the companion has", () => {
    const needed = new Set(["AUTH_SECRET", "GITHUB_SECRET", "SETUP_TOKEN"]);
    const known = { AUTH_SECRET: "a", SETUP_TOKEN: "s", OTHER: "o" };
    expect(companionSecrets({ needed, deployed, known })).toEqual({
      AUTH_SECRET: "a",
      SETUP_TOKEN: "s",
    });
  });

  test("a value that nobody knows is asked for by name", () => {
    const needed = new Set(["AUTH_SECRET", "GOOGLE_SECRET"]);
    expect(() => companionSecrets({ needed, deployed, known: {} })).toThrow(
      /GOOGLE_SECRET.*--no-object/s,
    );
  });
});
