/**
 * SQLite plans by statistics that may be from a time with few rows. A statement with a long list must not go through a
 * table and parse the list once for each of its rows: 5,000 changes of 6,000 keys took more than a minute.
 */
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { putBackSettings } from "../../lib/db/keys/change-provider-keys";
import { fillProviderKeys } from "../../lib/db/keys/fill-provider-keys";
import { insertProviderKeys } from "../../lib/db/keys/insert-provider-keys";
import { settleRechecks } from "../../lib/db/keys/key-rechecks";
import { writeSeals } from "../../lib/db/keys/reseal-provider-keys";
import { type Database, openDatabase } from "../../lib/db/open-database";
import { optimizeDatabase } from "../../lib/db/optimize-database";
import { writeStateEvents } from "../../lib/db/state/write-state-events";
import { emptyStore, NO_AUDIT, storeKey } from "./test-store";

const AT_MS = Date.UTC(2026, 10, 20, 12);
const EVIDENCE = { meaning: "rate_limit_minute", status: 429, words: "", atMs: AT_MS } as const;
const KEY = {
  id: "pk_new",
  sealed: "v2.x",
  fingerprint: "f",
  masked: "sk-…",
  weight: 1,
  priority: 0,
};

let ids: readonly string[];

beforeAll(async () => {
  await emptyStore();
  ids = await Promise.all(["one", "two", "three"].map((text) => storeKey(text)));
  await optimizeDatabase(openDatabase(env.DB));
});

// As much of an event as is written.
const event = (kind: "key-cooled" | "key-blocked") => ({
  ...{ kind, keyId: ids[0] ?? "", provider: "openai", model: "gpt-5", untilMs: AT_MS + 60_000 },
  evidence: EVIDENCE,
});

const STATEMENTS: Readonly<Record<string, (db: Database) => Promise<unknown>>> = {
  "keys with cooldowns that come from elsewhere": (db) =>
    insertProviderKeys(
      db,
      { provider: "openai", createdAtMs: AT_MS, createdBy: null },
      [
        {
          ...KEY,
          ...{
            previousFingerprint: null,
            quotaDomain: null,
            models: null,
            limits: null,
            remark: null,
          },
          initial: {
            ...{ status: "active", reason: null, evidence: null },
            cooldowns: [{ model: "gpt-5", untilMs: AT_MS, evidence: EVIDENCE as never }],
          },
        },
      ],
      NO_AUDIT,
    ),
  "empty fields that an import fills": (db) =>
    fillProviderKeys(db, [{ id: ids[0] ?? "", remark: "a", quotaDomain: null }], AT_MS, NO_AUDIT()),
  "settings that are put back": (db) =>
    putBackSettings(db, ["weight"], [{ id: ids[0] ?? "", weight: 2 }], AT_MS, NO_AUDIT()),
  "keys that are sealed again": (db) =>
    writeSeals(db, [{ id: ids[0] ?? "", from: "a", to: "b", fingerprint: "c" }], NO_AUDIT()),
  "re-checks that were made": (db) =>
    settleRechecks(db, [{ id: ids[0] ?? "", wasCalled: true }], AT_MS),
  "cooldowns and blocks": (db) =>
    writeStateEvents(db, [event("key-cooled"), event("key-blocked")] as never),
};

test.each(Object.keys(STATEMENTS))("%s: the list is read once", async (name) => {
  const { d1, plans } = explained(env.DB);
  await STATEMENTS[name]?.(openDatabase(d1));
  const joined = plans().then((all) =>
    all.filter((plan) => plan.some((line) => /json_each|SCAN e\b/.test(line))),
  );
  expect((await joined).length).toBeGreaterThan(0);
  for (const plan of await joined) {
    expect(
      plan.findIndex((line) => /^SCAN e VIRTUAL TABLE/.test(line)),
      plan.join("\n"),
    ).toBeLessThan(1);
  }
});

/** A D1 that notes its statements, and explains them when asked. */
function explained(inner: D1Database) {
  const noted: D1PreparedStatement[] = [];
  const d1 = new Proxy(inner, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== "prepare") return typeof value === "function" ? value.bind(target) : value;
      return (text: string) => {
        const statement = target.prepare(text);
        return new Proxy(statement, {
          get(own, method) {
            const call: unknown = Reflect.get(own, method);
            if (method !== "bind") return typeof call === "function" ? call.bind(own) : call;
            return (...values: unknown[]) => {
              noted.push(target.prepare(`explain query plan ${text}`).bind(...values));
              return own.bind(...values);
            };
          },
        });
      };
    },
  });
  const plans = () =>
    Promise.all(
      noted.map(async (each) =>
        (await each.all<{ detail: string }>()).results.map((row) => row.detail),
      ),
    );
  return { d1, plans };
}
