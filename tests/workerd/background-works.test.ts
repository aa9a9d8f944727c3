/** Background work over D1: counted once, whichever isolate asks and however often it is written. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { claimForgottenWorks, D1BackgroundWorks } from "../../lib/db/state/background-works";
import { readStoredThings } from "../../lib/db/state/resource-keys";
import { writeStateEvents } from "../../lib/db/state/write-state-events";
import { type BegunWork, workName } from "../../lib/proxy/ports";
import { countForgottenWork } from "../../lib/upkeep/count-forgotten-work";
import type { UncalledUsage, UpkeepContext } from "../../lib/upkeep/upkeep-job";
import { db, emptyStore } from "./test-store";

const WORK: BegunWork = {
  provider: "openai",
  id: "resp_0123456789",
  keyId: "pk_1",
  tokenId: "at_1",
  userId: "us_1",
  model: "gpt-5-mini",
  atMs: Date.UTC(2026, 10, 20),
};

const claimFrom = (isolate: D1BackgroundWorks) => isolate.claim(WORK.provider, WORK.id);

beforeEach(async () => {
  await emptyStore();
  await env.DB.prepare("delete from resource_keys").run();
});

describe("what works on in the background", () => {
  test("is claimed by one of many isolates", async () => {
    await new D1BackgroundWorks(db).begin(WORK);
    const isolates = Array.from({ length: 8 }, () => new D1BackgroundWorks(db));
    const claims = await Promise.all(isolates.map(claimFrom));
    expect(claims.filter((claim) => claim !== null)).toEqual([WORK]);
  });

  test("stays counted when it is written again", async () => {
    const isolate = new D1BackgroundWorks(db);
    await isolate.begin(WORK);
    expect(await claimFrom(isolate)).toEqual(WORK);
    await isolate.begin(WORK);
    expect(await claimFrom(isolate)).toBeNull();
    expect(await claimFrom(new D1BackgroundWorks(db))).toBeNull();
  });

  test("is known to the isolate that began it before the store has it", async () => {
    const isolate = new D1BackgroundWorks(db);
    const beginning = isolate.begin(WORK);
    expect(await claimFrom(isolate)).toEqual(WORK);
    await beginning;
    expect(await claimFrom(isolate)).toBeNull();
  });

  test("is known to be counted everywhere, once it is", async () => {
    const other = { ...WORK, id: "resp_other" };
    const [one, two] = [new D1BackgroundWorks(db), new D1BackgroundWorks(db)];
    for (const work of [WORK, other]) await one.begin(work);
    const names = [WORK, other, { ...WORK, id: "resp_unknown" }].map(({ provider, id }) =>
      workName(provider, id),
    );
    expect(await one.counted(names)).toEqual([]);
    await claimFrom(two);
    expect(await one.counted(names)).toEqual([workName(WORK.provider, WORK.id)]);
  });

  test("shares its row with the key it lives at, in either order", async () => {
    const seen = {
      kind: "resource-seen",
      provider: WORK.provider,
      resource: WORK.id,
      keyId: WORK.keyId,
      tokenId: WORK.tokenId,
      userId: WORK.userId,
      atMs: WORK.atMs,
    } as const;
    await writeStateEvents(db, [seen]);
    await new D1BackgroundWorks(db).begin(WORK);
    await writeStateEvents(db, [seen]);
    const [row] = await readStoredThings(db, WORK.provider, [WORK.id]);
    expect(row).toMatchObject({ keyId: WORK.keyId, tokenId: WORK.tokenId, userId: WORK.userId });
    expect(await claimFrom(new D1BackgroundWorks(db))).toEqual(WORK);
  });

  test("belongs to who began it, though nothing else has named it yet", async () => {
    await new D1BackgroundWorks(db).begin(WORK);
    const [row] = await readStoredThings(db, WORK.provider, [WORK.id]);
    expect(row).toMatchObject({ tokenId: WORK.tokenId, userId: WORK.userId });
  });

  test("of a token that replaced another belongs to the first of them", async () => {
    await new D1BackgroundWorks(db).begin({ ...WORK, tokenId: "at_3", familyId: "at_1" });
    const [row] = await readStoredThings(db, WORK.provider, [WORK.id]);
    expect(row?.tokenId).toBe("at_1");
    expect((await claimFrom(new D1BackgroundWorks(db)))?.tokenId).toBe("at_3");
  });

  test("belongs to no one if it wasn't begun here, or the store is away", async () => {
    expect(await claimFrom(new D1BackgroundWorks(db))).toBeNull();
    await env.DB.prepare("alter table resource_keys rename to resource_keys_away").run();
    const isolate = new D1BackgroundWorks(db);
    await isolate.begin(WORK);
    expect(await claimFrom(isolate)).toBeNull();
    await env.DB.prepare("alter table resource_keys_away rename to resource_keys").run();
    // What couldn't be written before is written with the claim.
    expect(await claimFrom(isolate)).toEqual(WORK);
  });
});

describe("work that no one fetches", () => {
  const HOUR_MS = 3_600_000;
  const estimate = { inputTokens: 100, outputTokens: 4_000 };
  const begin = (id: string, more: Partial<BegunWork>) =>
    new D1BackgroundWorks(db).begin({ ...WORK, id, ...more });
  const run = async (atMs: number) => {
    const counted: UncalledUsage[] = [];
    const countUsage = async (events: readonly UncalledUsage[]) => void counted.push(...events);
    const context = { db, nowMs: () => atMs, countUsage } as unknown as UpkeepContext;
    const figures = await countForgottenWork.run(context);
    expect(figures).toEqual({ countedWorks: counted.length });
    return counted;
  };

  test("counts once for its token, after 26 hours, as what was reserved for it", async () => {
    await begin("resp_reserved", { estimate, tags: { customer: "acme" } });
    await begin("resp_without_a_budget", {});
    await begin("resp_fetched", { estimate });
    // A caller's tag looks like the reservation of a work that has none.
    await begin("resp_of_a_joker", { tags: { estimate: '"estimate":{' } });
    await new D1BackgroundWorks(db).claim(WORK.provider, "resp_fetched");
    expect(await run(WORK.atMs + 25 * HOUR_MS)).toEqual([]);
    const [event, ...others] = await run(WORK.atMs + 27 * HOUR_MS);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      ...{ provider: "openai", model: "gpt-5-mini", tokenId: "at_1", userId: "us_1" },
      ...{ tags: { customer: "acme" }, part: "turn", atMs: WORK.atMs + 27 * HOUR_MS },
      usage: { ...estimate, isEstimate: true },
    });
    expect(await run(WORK.atMs + 28 * HOUR_MS)).toEqual([]);
    // Whoever fetches it after all pays nothing more.
    const late = new D1BackgroundWorks(db);
    expect(await late.claim(WORK.provider, "resp_reserved")).toBeNull();
    expect(await late.claim(WORK.provider, "resp_without_a_budget")).not.toBeNull();
  });

  test("is found by its index, a bounded number at a time", async () => {
    for (let index = 0; index < 5; index += 1) await begin(`resp_${index}`, { estimate });
    const beforeMs = WORK.atMs + HOUR_MS;
    expect(await claimForgottenWorks(db, beforeMs, 3)).toHaveLength(3);
    expect(await claimForgottenWorks(db, beforeMs, 3)).toHaveLength(2);
    expect(await claimForgottenWorks(db, beforeMs, 3)).toHaveLength(0);
    const { results } = await env.DB.prepare(
      `explain query plan select provider, resource from resource_keys
        where instr(work, '"estimate":{') > 0 and at_ms < 1 order by at_ms limit 3`,
    ).run<{ readonly detail: string }>();
    expect(results.map(({ detail }) => detail).join()).toContain("resource_keys_work");
  });
});
