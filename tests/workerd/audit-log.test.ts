import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { newRowId } from "../../lib/db/new-row-id";
import type { Actor } from "../../lib/db/team/audit-log";
import { auditFilterInput, listAuditInput } from "../../lib/manage/audit/audit-schemas";
import { listAuditChoices } from "../../lib/manage/audit/list-audit-choices";
import { listAuditEntries, readAllAuditEntries } from "../../lib/manage/audit/list-audit-entries";
import type { ManageContext } from "../../lib/manage/manage-context";
import { parseInput } from "../../lib/manage/parse-input";
import { db, SECRETS } from "./test-store";
import { emptyTeam, refusal } from "./test-team";

const ACTOR: Actor = { kind: "user", id: "us_a", name: "a@team.test", ip: null, userAgent: null };
const context: ManageContext = { db, secrets: SECRETS, nowMs: Date.now, actor: ACTOR };

const START_MS = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

interface Line {
  readonly actor?: string;
  readonly action?: string;
  readonly subject?: string;
}

/** Writes entries a minute apart, oldest first. */
async function write(lines: readonly Line[], startMs = START_MS): Promise<void> {
  const rows = lines.map(({ actor = "a", action = "token.update", subject = "t" }, index) => ({
    id: newRowId("au", startMs + index * MINUTE_MS),
    atMs: startMs + index * MINUTE_MS,
    actor,
    action,
    subject,
  }));
  await env.DB.prepare(
    `insert into audit_log (id, at_ms, actor_kind, actor_id, actor_name, action, subject_kind,
      subject_id, subject_name, count)
    select value->>'id', value->>'atMs', 'user', 'us_' || (value->>'actor'),
      (value->>'actor') || '@team.test', value->>'action', 'token', 'at_' || (value->>'subject'),
      'token ' || (value->>'subject'), 1
    from json_each(?1)`,
  )
    .bind(JSON.stringify(rows))
    .run();
}

beforeEach(emptyTeam);

const page = (query: Record<string, unknown> = {}) =>
  listAuditEntries(context, parseInput(listAuditInput, query));

const subjects = async (query: Record<string, unknown> = {}) =>
  (await page(query)).items.map(({ subjectName }) => subjectName.replace("token ", ""));

describe("the log", () => {
  test("is read newest first, page by page, and new entries do not shift a page", async () => {
    await write(Array.from({ length: 7 }, (_, index) => ({ subject: String(index) })));
    const first = await page({ limit: "3" });
    expect(first.items.map(({ subjectId }) => subjectId)).toEqual(["at_6", "at_5", "at_4"]);
    await write([{ subject: "late" }], START_MS + 60 * MINUTE_MS);
    const second = await page({ limit: "3", cursor: first.nextCursor });
    expect(second.items.map(({ subjectId }) => subjectId)).toEqual(["at_3", "at_2", "at_1"]);
    const third = await page({ limit: "3", cursor: second.nextCursor });
    expect(third.items.map(({ subjectId }) => subjectId)).toEqual(["at_0"]);
    expect(third.nextCursor).toBeNull();
  });

  test("is narrowed by actor, action, subject, words and time", async () => {
    await write([
      { actor: "a", action: "token.create", subject: "1" },
      { actor: "b", action: "token.update", subject: "1" },
      { actor: "b", action: "token.update", subject: "2" },
      { actor: "a", action: "token.revoke", subject: "2" },
    ]);
    expect(await subjects({ actor: "us_b" })).toEqual(["2", "1"]);
    expect(await subjects({ action: "token.create" })).toEqual(["1"]);
    expect(await subjects({ subjectKind: "token", subjectId: "at_2" })).toEqual(["2", "2"]);
    expect(await subjects({ q: "B@TEAM" })).toEqual(["2", "1"]);
    expect(await subjects({ q: "revoke" })).toEqual(["2"]);
    expect(await subjects({ q: "100%" })).toEqual([]);
    expect(
      await subjects({ fromMs: START_MS + MINUTE_MS, toMs: START_MS + 3 * MINUTE_MS }),
    ).toEqual(["2", "1"]);
    expect(await subjects({ fromMs: START_MS + 60 * MINUTE_MS })).toEqual([]);
    expect(await subjects({ toMs: START_MS })).toEqual([]);
    expect(await subjects({ actor: "us_a", q: "token 2", fromMs: START_MS })).toEqual(["2"]);
  });

  test("names everybody and the latest actions for its filters", async () => {
    expect(await listAuditChoices(context)).toEqual({ actors: [], actions: [] });
    await write([{ actor: "b" }, { actor: "a", action: "token.create" }, { actor: "b" }]);
    expect(await listAuditChoices(context)).toEqual({
      actors: [
        { id: "us_a", name: "a@team.test" },
        { id: "us_b", name: "b@team.test" },
      ],
      actions: ["token.create", "token.update"],
    });
  });

  test("a cursor of another list is rejected", async () => {
    expect(await refusal(page({ cursor: "nonsense" }))).toBe("invalid_input");
  });
});

const QUERIES: readonly Record<string, unknown>[] = [
  {},
  { actor: "us_busy" },
  { actor: "us_rare" },
  { subjectKind: "token", subjectId: "at_7" },
  { q: "not there" },
  { fromMs: START_MS + 1_000 * MINUTE_MS, toMs: START_MS + 2_000 * MINUTE_MS },
];

/** The shortest of a few times, which is barely affected by the machine's other load. */
async function leastMs(query: Record<string, unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 7; round += 1) {
    const startedMs = performance.now();
    await page(query);
    least = Math.min(least, performance.now() - startedMs);
  }
  return least;
}

describe("with 100,000 entries", () => {
  test("a page costs little more than with 5,000, whatever the filter, and all can be read", async () => {
    const few: number[] = [];
    for (let part = 0; part < 20; part++) {
      const lines = Array.from({ length: 5_000 }, (_, index) => ({
        actor: index === 7 ? "rare" : "busy",
        subject: String(index % 100),
      }));
      await write(lines, START_MS + part * 5_000 * MINUTE_MS);
      if (part === 0) for (const query of QUERIES) few.push(await leastMs(query));
    }
    for (const [index, query] of QUERIES.entries()) {
      const ratio = (await leastMs(query)) / (few[index] ?? 0);
      // A page that read all entries would take 20 times as long.
      expect(ratio, JSON.stringify(query)).toBeLessThan(query.q === undefined ? 8 : 40);
    }
    const seen = new Set<string>();
    for await (const rows of readAllAuditEntries(context, parseInput(auditFilterInput, {}))) {
      for (const { id } of rows) seen.add(id);
    }
    expect(seen.size).toBe(100_000);
  });
});
