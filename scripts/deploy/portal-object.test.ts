import { describe, expect, test } from "vitest";
import { companionSecrets, migratedBy, NOT_MIGRATED, objectConfig } from "./portal-object.ts";

interface Deployed {
  tag: string | null;
  readonly classes: Set<string>;
}

/** What Cloudflare does with a Worker's migrations: it runs those after the Worker's tag, in order. */
function apply(state: Deployed, hasObject: boolean, hasLeases: boolean) {
  const migrated = migratedBy(state.tag ?? "");
  const config = objectConfig({ hasObject, hasLeases, migrated });
  const migrations = config.migrations ?? [];
  const tags = migrations.map(({ tag }) => tag);
  expect(new Set(tags).size).toBe(tags.length);
  const from = tags.indexOf(state.tag ?? "") + 1;
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
  const portal = hasObject ? ["PortalObject"] : [];
  expect(bound).toEqual([...portal, ...(hasLeases ? ["LeaseObject"] : [])]);
  for (const name of bound) expect(state.classes).toContain(name);
  expect(state.classes.has("PortalObject")).toBe(hasObject);
}

describe("objectConfig", () => {
  test("whatever comes after whatever, a class is there where it is wanted, and the portal's nowhere else", () => {
    for (let run = 0; run < 1_024; run++) {
      const state: Deployed = { tag: null, classes: new Set() };
      for (let step = 0; step < 5; step++) {
        const wanted = (run >> (2 * step)) & 3;
        apply(state, (wanted & 1) === 1, (wanted & 2) === 2);
      }
    }
  });

  test("a deployment from before there were leases gets them", () => {
    const state: Deployed = { tag: "portal-3", classes: new Set(["PortalObject"]) };
    apply(state, true, true);
    expect(state.tag).toBe("portal-3-leases");
  });

  test("a deployment that never had an object has no migrations", () => {
    const none = { hasObject: false, hasLeases: false, migrated: NOT_MIGRATED };
    expect(objectConfig(none)).toEqual({});
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

  test("an unknown value is requested by name", () => {
    const needed = new Set(["AUTH_SECRET", "GOOGLE_SECRET"]);
    expect(() => companionSecrets({ needed, deployed, known: {} })).toThrow(
      /GOOGLE_SECRET.*--no-object/s,
    );
  });
});
