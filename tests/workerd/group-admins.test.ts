/**
 * What each role may do with the tokens and keys of a group, and see of groups' keys, verb by verb; nothing unless it is
 * listed.
 */
import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { providerKeys } from "../../lib/db/schema/schema";
import type { Actor } from "../../lib/db/team/audit-log";
import { listIncidents } from "../../lib/manage/alerts/list-incidents";
import { addGroup } from "../../lib/manage/groups/add-group";
import { listGroupChanges } from "../../lib/manage/groups/list-group-changes";
import { putGroupMember } from "../../lib/manage/groups/put-group-member";
import { importKeys } from "../../lib/manage/imports/import-keys";
import { addProviderKeys } from "../../lib/manage/keys/add-provider-keys";
import { browseProviderKeys } from "../../lib/manage/keys/browse-provider-keys";
import { changeProviderKeys } from "../../lib/manage/keys/change-provider-keys";
import {
  browseProviderKeysInput,
  type ChangeProviderKeysInput,
} from "../../lib/manage/keys/provider-key-schemas";
import { readKeyGrid } from "../../lib/manage/keys/read-key-grid";
import { readProviderKey } from "../../lib/manage/keys/read-provider-key";
import { summarizeProviderKeys } from "../../lib/manage/keys/summarize-provider-keys";
import { undoProviderKeys } from "../../lib/manage/keys/undo-provider-keys";
import { readProviderLimits } from "../../lib/manage/limits/read-provider-limits";
import { readQuotaDays } from "../../lib/manage/limits/read-quota-days";
import type { ManageContext } from "../../lib/manage/manage-context";
import { parseInput } from "../../lib/manage/parse-input";
import { changeRole } from "../../lib/manage/team/change-role";
import { createAccessToken } from "../../lib/manage/tokens/create-access-token";
import { findAccessToken } from "../../lib/manage/tokens/find-access-token";
import { listAccessTokens } from "../../lib/manage/tokens/list-access-tokens";
import { revokeAccessToken } from "../../lib/manage/tokens/revoke-access-token";
import { rotateAccessToken } from "../../lib/manage/tokens/rotate-access-token";
import { tokenReach } from "../../lib/manage/tokens/token-reach";
import { updateAccessToken } from "../../lib/manage/tokens/update-access-token";
import { browseRequests, readRequestStory } from "../../lib/manage/usage/browse-requests";
import { listRequestChoices } from "../../lib/manage/usage/list-request-choices";
import { readBudgets } from "../../lib/manage/usage/read-budgets";
import { readPoolOverview } from "../../lib/manage/usage/read-pool-overview";
import { readUsageBoard, type UsageBoardInput } from "../../lib/manage/usage/read-usage-board";
import { recordRequests } from "./record-requests";
import { db, emptyUsage, SECRETS } from "./test-store";
import { emptyTeam, storeUser } from "./test-team";
import { attemptBy, requestAt } from "./usage-events";

type Role = "admin" | "member" | "viewer";
interface Person {
  readonly actor: Actor;
  readonly role: Role;
}

let nowMs = 0;
let people: Readonly<Record<string, Person>>;
let groupId = "";
let otherId = "";

/** As in `app/portal-context.ts`. */
const as = ({ actor, role }: Person): ManageContext => ({
  db,
  secrets: SECRETS,
  nowMs: () => nowMs,
  actor,
  shownTo: role === "member" ? actor.id : undefined,
});
const reachOf = ({ actor: { id }, role }: Person) => tokenReach({ id, role });
const person = (name: string): Person => {
  const found = people[name];
  if (found === undefined) throw new Error(`who is ${name}?`);
  return found;
};

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 20, 12, 30);
  await emptyTeam();
  await emptyUsage();
  const roles: Readonly<Record<string, Role>> = {
    "team admin": "admin",
    "group admin": "member",
    owner: "member",
    "group member": "member",
    "other admin": "member",
    "viewing admin": "viewer",
    stranger: "member",
  };
  const made = Object.entries(roles).map(async ([name, role], index) => {
    const actor = await storeUser(`p${index}@team.test`, role);
    return [name, { actor, role }] as const;
  });
  people = Object.fromEntries(await Promise.all(made));
  const admin = as(person("team admin"));
  groupId = (await addGroup(admin, { name: "search", dailyRequests: 9 })).id;
  otherId = (await addGroup(admin, { name: "rag" })).id;
  const put = (group: string, name: string, role: "admin" | "member") =>
    putGroupMember(admin, group, { userId: person(name).actor.id, role });
  await put(groupId, "group admin", "admin");
  await put(groupId, "viewing admin", "admin");
  await put(groupId, "owner", "member");
  await put(groupId, "group member", "member");
  await put(otherId, "other admin", "admin");
});

const newToken = async (more: object = {}) => {
  const owner = person("owner");
  const reach = { ownerId: owner.actor.id };
  const input = { name: "app", group: groupId, dailyRequests: 5, ...more };
  return (await createAccessToken(as(owner), reach, owner.actor.id, input)).id;
};

/** Each on a new token of the owner, in the group; whether it was done, or seen. */
const VERBS: Readonly<Record<string, (who: Person, id: string) => Promise<boolean>>> = {
  list: async (who, id) => {
    const page = await listAccessTokens(as(who), reachOf(who), { limit: 50 });
    return page.items.some((item) => item.id === id);
  },
  read: (who, id) => done(findAccessToken(as(who), reachOf(who), id)),
  pause: (who, id) => done(updateAccessToken(as(who), reachOf(who), id, { status: "paused" })),
  rename: (who, id) => done(updateAccessToken(as(who), reachOf(who), id, { name: "mine" })),
  rotate: (who, id) => done(rotateAccessToken(as(who), reachOf(who), id, { overlapSeconds: 0 })),
  revoke: (who, id) => done(revokeAccessToken(as(who), reachOf(who), id)),
  "see its budgets": async (who, id) =>
    (await readBudgets(as(who), reachOf(who))).some((holder) => holder.id === id),
  "see the group's budgets": async (who) =>
    (await readBudgets(as(who), reachOf(who))).some((holder) => holder.id === groupId),
  "see a request": async (who, id) => {
    const request = await requestOf(id);
    const reader = { id: who.actor.id, role: who.role };
    return done(readRequestStory(as(who), reader, request.id));
  },
  "list the group's requests": async (who, id) => {
    const request = await requestOf(id);
    const reader = { id: who.actor.id, role: who.role };
    const page = await browseRequests(as(who), reader, {
      ...{ group: groupId, limit: 50, format: "json" },
    });
    return page.items.some((item) => item.id === request.id);
  },
  "see the group's use": async (who, id) => {
    await requestOf(id);
    return (await useOf(who, { group: groupId })).includes(id);
  },
};

async function requestOf(tokenId: string) {
  const request = requestAt(nowMs, { tokenId, userId: person("owner").actor.id });
  await recordRequests([request], nowMs);
  return request;
}

/** The ids of the tokens, or of other things, of which someone sees the use of the last hour. */
async function useOf(who: Person, question: Partial<UsageBoardInput>): Promise<readonly string[]> {
  const reader = { id: who.actor.id, role: who.role };
  const hour = { grain: "hour", fromMs: nowMs - 3_600_000, toMs: nowMs + 3_600_000 } as const;
  const board = await readUsageBoard(as(who), reader, { ...hour, groupBy: "token", ...question });
  return board.groups.map(({ id }) => id);
}

/** False if it is rejected. */
async function done(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

const OF_OWNER = Object.keys(VERBS).filter((verb) => verb !== "see the group's budgets");
/** What each may do. Viewers of the team see every request, as they do without groups. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "team admin": Object.keys(VERBS),
  "group admin": Object.keys(VERBS),
  owner: OF_OWNER,
  "group member": [],
  "other admin": [],
  "viewing admin": ["see a request", "list the group's requests", "see the group's use"],
  stranger: [],
};

test("every verb, as each role", async () => {
  for (const [name, allowed] of Object.entries(ALLOWED)) {
    for (const [verb, run] of Object.entries(VERBS)) {
      const isDone = await run(person(name), await newToken());
      expect(isDone, `${verb} as ${name}`).toBe(allowed.includes(verb));
    }
  }
});

test("a group's admin manages no other token, and loses the right with the role", async () => {
  const admin = person("group admin");
  const elsewhere = await newToken({ group: null });
  expect(await VERBS.read?.(admin, elsewhere)).toBe(false);
  expect(await VERBS.revoke?.(admin, elsewhere)).toBe(false);
  const id = await newToken();
  expect(await VERBS.read?.(admin, id)).toBe(true);
  const { actor } = admin;
  await putGroupMember(as(person("team admin")), groupId, { userId: actor.id, role: "member" });
  expect(await VERBS.read?.(admin, id)).toBe(false);
  await putGroupMember(as(person("team admin")), groupId, { userId: actor.id, role: "admin" });
  await changeRole(as(person("team admin")), { id: actor.id, role: "viewer" });
  expect(await VERBS.list?.({ ...admin, role: "viewer" }, id)).toBe(false);
});

test("a group's admin sees the use of the group's tokens, and nothing else of others", async () => {
  const [inGroup, elsewhere, ofOther] = [
    await newToken(),
    await newToken({ group: null }),
    await newToken({ group: null }),
  ];
  for (const id of [inGroup, elsewhere, ofOther]) await requestOf(id);
  const admin = person("group admin");
  expect(await useOf(admin, { group: groupId })).toEqual([inGroup]);
  expect(await useOf(admin, { group: groupId, groupBy: "user" })).toEqual([
    person("owner").actor.id,
  ]);
  // By group: an admin of the team sees all, with what had none; others their own.
  const [byGroup, ownOnly] = [
    await useOf(person("team admin"), { groupBy: "group" }),
    await useOf(person("stranger"), { groupBy: "group" }),
  ];
  expect(byGroup.toSorted()).toEqual(["", groupId]);
  expect(ownOnly).toEqual([]);
  // Without the group, with another, or counted by what has no token, only what is the reader's own.
  expect(await useOf(admin, {})).toEqual([]);
  expect(await useOf(admin, { group: otherId })).toEqual([]);
  expect(await useOf(admin, { group: groupId, groupBy: "tag:customer" })).toEqual([]);
  expect(await useOf(admin, { group: groupId, groupBy: "key" })).not.toContain(elsewhere);
  const reader = { id: admin.actor.id, role: admin.role };
  const query = { grain: "hour", fromMs: nowMs - 3_600_000, toMs: nowMs + 1 } as const;
  const board = await readUsageBoard(as(admin), reader, {
    ...{ ...query, groupBy: "model", group: groupId },
  });
  expect(board.choices).toMatchObject({ tokens: [], users: [admin.actor.id] });
  const log = (filter: object) =>
    browseRequests(as(admin), reader, { limit: 50, format: "json", ...filter });
  expect((await log({})).items).toEqual([]);
  expect((await log({ group: otherId })).items).toEqual([]);
  expect((await log({ group: groupId })).items).toHaveLength(1);
});

test("a group's admin keeps below what an admin of the team set", async () => {
  const id = await newToken();
  const team = person("team admin");
  await updateAccessToken(as(team), "everyone", id, { dailyRequests: 5, rpm: 10 });
  const admin = person("group admin");
  const set = (changes: object) => done(updateAccessToken(as(admin), reachOf(admin), id, changes));
  expect(await set({ rpm: 9 })).toBe(true);
  expect(await set({ rpm: 11 })).toBe(false);
  expect(await set({ rpm: null })).toBe(false);
  expect(await set({ weight: 50 })).toBe(false);
  expect(await set({ group: otherId })).toBe(false);
});

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

/** Everything that the portal's pages read of keys. @param ids Of the keys that are asked for one by one. */
const KEY_PAGES: Readonly<
  Record<string, (who: Person, ids: readonly string[]) => Promise<unknown>>
> = {
  "the keys": async (who) => {
    const page = (query: object) =>
      browseProviderKeys(
        as(who),
        parseInput(browseProviderKeysInput, { provider: "openai", ...query }),
      );
    // Whatever is filtered and sorted by.
    return Promise.all(
      [{}, { group: groupId }, { group: otherId }, { q: "note" }, { order: "quotaDomain" }].map(
        page,
      ),
    );
  },
  "one key": (who, ids) =>
    Promise.all(ids.map((id) => readProviderKey(as(who), id).catch(() => null))),
  "the grid": (who) => readKeyGrid(as(who), "openai"),
  "the limits": (who) => readProviderLimits(as(who), "openai"),
  incidents: (who) => listIncidents(as(who), { provider: "openai" }),
  overview: (who) => readPoolOverview(as(who), { withPeople: who.role === "admin" }),
  "the daily quotas": async (who) => (await readQuotaDays(as(who))).models,
  "a filter by key": async (who, ids) =>
    (
      await Promise.all(
        ids.map((key) =>
          listRequestChoices(as(who), { id: who.actor.id, role: who.role }, { key }),
        ),
      )
    ).map(({ key }) => key?.name),
};

test(`keys that serve groups are shown to their members only, on any page (seed ${SEED})`, async () => {
  const keys = fc.array(fc.subarray([0, 1]), { minLength: 3, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(keys, async (drawn) => {
      const groups = [groupId, otherId];
      await db.batch([
        db.run(sql`delete from provider_keys`),
        db.run(sql`delete from key_events`),
        db.run(sql`delete from incidents`),
      ]);
      const stored = drawn.map((indexes, index) => ({
        id: `pk_${index}`,
        // None drawn: a common key.
        groups: indexes.length === 0 ? null : indexes.map((each) => groups[each] ?? "").sort(),
        marks: {
          ...{ masked: `sk-${index}…`, remark: `note-${index}.`, domain: `domain-${index}.` },
          model: `model-${index}.`,
        },
      }));
      const evidence = (meaning: string, words: string) => JSON.stringify({ meaning, words });
      for (const { id, groups: own, marks } of stored) {
        await db.run(sql`
          insert into provider_keys (id, provider, sealed, fingerprint, masked, remark, quota_domain,
            "groups", created_at_ms, updated_at_ms, version)
          values (${id}, 'openai', '', ${id}, ${marks.masked}, ${marks.remark}, ${marks.domain},
            ${own && JSON.stringify(own)}, 0, 0, 1)`);
        await db.run(sql`
          insert into key_events (id, key_id, provider, kind, evidence, at_ms)
          values (${`ke_${id}`}, ${id}, 'openai', 'blocked', ${evidence("key_invalid", marks.remark)}, ${nowMs})`);
        await db.run(sql`
          insert into key_events (id, key_id, provider, kind, model, evidence, at_ms)
          values (${`ke_${id}_2`}, ${id}, 'openai', 'cooled', ${marks.model}, ${evidence("rate_limit_day", marks.remark)}, ${nowMs})`);
      }
      const ids = stored.map(({ id }) => id);
      await db.run(sql`
        insert into incidents (id, provider, rule, meaning, status, words, effect, key_ids, opened_at_ms, last_seen_ms)
        values ('in_1', 'openai', 'r', 'key_invalid', 401, '', 'block', ${JSON.stringify(ids)}, ${nowMs}, ${nowMs})`);
      const isIn: Readonly<Record<string, readonly string[]>> = {
        "group admin": [groupId],
        "group member": [groupId],
        "other admin": [otherId],
        stranger: [],
      };
      for (const name of [...Object.keys(isIn), "team admin", "viewing admin"]) {
        const who = person(name);
        const own = isIn[name];
        const mayBeShown = ({ groups: serves }: (typeof stored)[number]) =>
          own === undefined || serves === null || serves.some((each) => own.includes(each));
        const shown = stored.filter(mayBeShown);
        const counts = await summarizeProviderKeys(as(who));
        const counted = counts.withKeys.map(({ ready }) => ready);
        expect(counted, name).toEqual(shown.length === 0 ? [] : [shown.length]);
        for (const [page, read] of Object.entries(KEY_PAGES)) {
          const text = JSON.stringify(await read(who, ids).catch(() => null));
          for (const key of stored) {
            const found = Object.values(key.marks).some((mark) => text.includes(mark));
            expect(found, `${page} of ${key.id} as ${name}`).toBe(mayBeShown(key));
          }
        }
      }
    }),
    { seed: SEED, numRuns: 2 },
  );
});

test("a token's name is shown to those who reach it, whoever else names its id", async () => {
  const id = await newToken({ name: "a secret project" });
  const hour = { grain: "hour", fromMs: nowMs - 3_600_000, toMs: nowMs + 1 } as const;
  for (const name of Object.keys(ALLOWED)) {
    const who = person(name);
    const reader = { id: who.actor.id, role: who.role };
    const board = await readUsageBoard(as(who), reader, { ...hour, groupBy: "model", token: id });
    const choices = await listRequestChoices(as(who), reader, { token: id });
    const text = JSON.stringify([board.names, choices.tokens]);
    const isShown = who.role !== "member" || ALLOWED[name]?.includes("read") === true;
    expect(text.includes("a secret project"), name).toBe(isShown);
  }
});
/** Adds a key as an admin of the team. @returns Its id. */
async function newKey(groups: readonly string[] | null): Promise<string> {
  keys += 1;
  const admin = as(person("team admin"));
  const key = `sk-group-admins-${keys}-0123456789abcdef`;
  await addProviderKeys(admin, { provider: "openai", keys: [{ key, remark: `n${keys}`, groups }] });
  const [added] = await db
    .select({ id: providerKeys.id })
    .from(providerKeys)
    .where(eq(providerKeys.remark, `n${keys}`));
  if (added === undefined) throw new Error("the key was not added");
  return added.id;
}
let keys = 0;

const browse = (context: ManageContext) =>
  browseProviderKeys(context, {
    ...{ provider: "openai", order: "created", direction: "desc", page: 1, pageSize: 200 },
  });

/** Each on a new key; whether it was done, or seen. Which keys are shown at all is tested above. */
const KEY_VERBS: Readonly<Record<string, (who: Person, id: string) => Promise<boolean>>> = {
  disable: async (who, id) =>
    (await changeKeys(who, { target: { ids: [id] }, change: { kind: "disable" } })) === 1,
  "disable by a filter": async (who, id) => {
    const filter = { provider: "openai" };
    await changeKeys(who, { target: { filter }, change: { kind: "disable" } });
    return (await readProviderKey(as(person("team admin")), id)).key.state === "disabled";
  },
  enable: async (who, id) => {
    await disableAs(await someTender(id), id);
    return (await changeKeys(who, { target: { ids: [id] }, change: { kind: "enable" } })) === 1;
  },
  "undo a disabling": async (who, id) => {
    await disableAs(await someTender(id), id);
    return (await undoProviderKeys(as(who), { kind: "disable", ids: [id] })).changed === 1;
  },
  "enable what an admin of the team disabled": async (who, id) => {
    await disableAs(person("team admin"), id);
    await disableAs(who, id);
    return (await changeKeys(who, { target: { ids: [id] }, change: { kind: "enable" } })) === 1;
  },
  "undo what an admin of the team disabled": async (who, id) => {
    await disableAs(person("team admin"), id);
    const asked = { kind: "disable" as const, ids: [id] };
    // Undoing its own enabling, which was none, disables what is disabled.
    await undoProviderKeys(as(who), { kind: "enable", ids: [id] });
    return (await undoProviderKeys(as(who), asked)).changed === 1;
  },
  "set its weight": async (who, id) =>
    (await changeKeys(who, {
      target: { ids: [id] },
      change: { kind: "set", settings: { weight: 2 } },
    })) === 1,
  "put back its weight": (who, id) =>
    done(
      undoProviderKeys(as(who), { kind: "set", groups: [{ ids: [id], settings: { weight: 3 } }] }),
    ),
  "see what it served": async (who, id) => {
    const served = requestAt(nowMs, { tokenId: "at_x", userId: null, attempts: [attemptBy(id)] });
    await recordRequests([served], nowMs);
    const reader = { id: who.actor.id, role: who.role };
    const hour = { grain: "hour", fromMs: nowMs - 3_600_000, toMs: nowMs + 3_600_000 } as const;
    const board = await readUsageBoard(as(who), reader, { ...hour, groupBy: "model", key: id });
    return board.totals.requests > 0;
  },
};

/** Who may switch the key off: an admin of its groups, if one person tends them all. */
async function someTender(id: string): Promise<Person> {
  const [key] = await db
    .select({ groups: providerKeys.groups })
    .from(providerKeys)
    .where(eq(providerKeys.id, id));
  const [only, ...more] = key?.groups ?? [];
  if (more.length > 0) return person("team admin");
  if (only === groupId) return person("group admin");
  return person(only === otherId ? "other admin" : "team admin");
}

const disableAs = (who: Person, id: string) =>
  changeKeys(who, { target: { ids: [id] }, change: { kind: "disable" } });

/** The number of changed keys; 0 if it is rejected. */
async function changeKeys(who: Person, input: ChangeProviderKeysInput): Promise<number> {
  return changeProviderKeys(as(who), input).then(
    ({ changed }) => changed,
    () => 0,
  );
}

const TENDED = [
  ...["see what it served", "disable", "disable by a filter"],
  ...["enable", "undo a disabling"],
];
type Serving = "everyone" | "its group" | "both groups" | "the other group";
/** Who tends the keys that serve someone. Members and viewers have no action for it: here is what the verbs hold. */
const TENDED_BY: Readonly<Record<Serving, string | null>> = {
  everyone: null,
  "its group": "group admin",
  "both groups": null,
  "the other group": "other admin",
};

test.each(Object.keys(TENDED_BY) as Serving[])(
  "keys that serve %s are tended by its admin alone",
  async (serving) => {
    const groups = {
      everyone: null,
      "its group": [groupId],
      "both groups": [groupId, otherId].sort(),
      "the other group": [otherId],
    }[serving];
    for (const name of ["group admin", "owner", "other admin"]) {
      const allowed = TENDED_BY[serving] === name ? TENDED : [];
      for (const [verb, run] of Object.entries(KEY_VERBS)) {
        const isDone = await run(person(name), await newKey(groups));
        expect(isDone, `${verb} as ${name}`).toBe(allowed.includes(verb));
      }
    }
  },
);

test("a key whose list of groups is empty serves and is shown to no one, and no group's admin tends it", async () => {
  for (const name of ["group admin", "owner", "other admin"]) {
    for (const [verb, run] of Object.entries(KEY_VERBS)) {
      const id = await newKey(null);
      await db.update(providerKeys).set({ groups: [] }).where(eq(providerKeys.id, id));
      expect(await run(person(name), id), `${verb} as ${name}`).toBe(false);
    }
  }
});

test("a group's admin adds and imports keys for the group, and for no one else", async () => {
  const admin = as(person("group admin"));
  const add = async (groups: readonly string[] | null) => {
    keys += 1;
    const key = `sk-group-admins-${keys}-0123456789abcdef`;
    const { added } = await addProviderKeys(admin, { provider: "openai", keys: [{ key, groups }] });
    const text = `sk-group-admins-import-${keys}-0123456789`;
    const read = [{ text, position: 1 }];
    const input = {
      form: "text",
      keys: read,
      dryRun: false,
      provider: "openai",
      providers: {},
    } as const;
    const imported = await importKeys(admin, { ...input, ...(groups && { groups: [...groups] }) });
    return [added, imported.added];
  };
  expect(await add([groupId])).toEqual([1, 1]);
  expect(await add(null)).toEqual([0, 0]);
  expect(await add([otherId])).toEqual([0, 0]);
  expect(await add([groupId, otherId].sort())).toEqual([0, 0]);
  const { items } = await browse(as(person("team admin")));
  expect(items.map((key) => key.groups)).toEqual([[groupId], [groupId]]);
});

test("the changes of a group are those of itself, its tokens and its own keys, without addresses", async () => {
  const team = as(person("team admin"));
  const token = await newToken();
  const [own, shared, common] = [
    await newKey([groupId]),
    await newKey([groupId, otherId].sort()),
    await newKey(null),
  ];
  const ofOther = await newKey([otherId]);
  for (const id of [own, shared, common, ofOther]) {
    await changeKeys(person("team admin"), { target: { ids: [id] }, change: { kind: "disable" } });
  }
  const entries = await listGroupChanges(as(person("group admin")), groupId);
  const mentioned = JSON.stringify(entries);
  expect(entries.map(({ action }) => action)).toEqual(
    expect.arrayContaining([
      ...["group.create", "group.put-member", "access-token.create"],
      ...["provider-key.add", "provider-key.disable"],
    ]),
  );
  expect(mentioned).toContain(token);
  expect(mentioned).toContain(own);
  for (const id of [shared, common, ofOther, otherId]) expect(mentioned).not.toContain(id);
  expect(entries.every(({ ip, userAgent }) => ip === null && userAgent === null)).toBe(true);
  const seen = await listGroupChanges(team, groupId);
  expect(seen.some(({ ip }) => ip !== null)).toBe(true);
});
