import { beforeEach, describe, expect, test } from "vitest";
import { savedViews } from "../../lib/db/schema/team-schema";
import type { Actor } from "../../lib/db/team/audit-log";
import type { Fields } from "../../lib/manage/assert-unchanged";
import type { ManageContext } from "../../lib/manage/manage-context";
import { ManageError } from "../../lib/manage/manage-error";
import { parseInput } from "../../lib/manage/parse-input";
import { removeMember } from "../../lib/manage/team/remove-member";
import type { UsageReader } from "../../lib/manage/usage/usage-scope";
import { changeView } from "../../lib/manage/views/change-view";
import { listViews } from "../../lib/manage/views/list-views";
import { removeView } from "../../lib/manage/views/remove-view";
import { saveView } from "../../lib/manage/views/save-view";
import { viewQueryOf } from "../../lib/manage/views/view-address";
import { VIEW_BOUNDS } from "../../lib/manage/views/view-bounds";
import {
  type SaveViewInput,
  saveViewInput,
  type ViewChanges,
} from "../../lib/manage/views/view-schemas";
import { db, SECRETS } from "./test-store";
import { auditActions, auditEntries, emptyTeam, refusal, storeUser } from "./test-team";

type Person = { readonly context: ManageContext; readonly reader: UsageReader };

let ada: Person;
let bob: Person;
let vera: Person;

async function person(email: string, role: UsageReader["role"]): Promise<Person> {
  const actor: Actor = { ...(await storeUser(email, role)), role };
  const context = { db, secrets: SECRETS, nowMs: Date.now, actor };
  return { context, reader: { id: actor.id, role } };
}

beforeEach(async () => {
  await emptyTeam();
  ada = await person("ada@team.test", "admin");
  bob = await person("bob@team.test", "member");
  vera = await person("vera@team.test", "viewer");
});

const ERRORS: SaveViewInput = {
  path: "/requests",
  name: "Errors",
  query: "status=500%2C502&retried=true",
  isShared: false,
};

const save = ({ context, reader }: Person, input: Partial<SaveViewInput> = {}) =>
  saveView(context, reader, { ...ERRORS, ...input });

const seenBy = ({ context, reader }: Person, path = "/requests") =>
  listViews(context, reader, path);

async function viewOf(who: Person, name = "Errors"): Promise<string> {
  const view = (await seenBy(who)).find((each) => each.name === name);
  if (view === undefined) throw new Error(`no view ${name}`);
  return view.id;
}

const change = ({ context, reader }: Person, id: string, changes: ViewChanges, was?: Fields) =>
  changeView(context, reader, id, changes, was);

const remove = ({ context, reader }: Person, id: string) => removeView(context, reader, id);

test("what is kept of an address: what a page shows, not where one is in it", () => {
  expect(viewQueryOf("/requests", "?page=abc&q=429&key=pk_1&model=&by=")).toBe("key=pk_1&q=429");
  expect(viewQueryOf("/keys/openai", "status=blocked&sort=-cost&page=3&key=pk_1")).toBe(
    "sort=-cost&status=blocked",
  );
  expect(viewQueryOf("/usage", "until=2026-11-30T15%3A00Z&range=custom&by=token")).toBe(
    viewQueryOf("/usage", "by=token&range=custom&until=2026-11-30T15:00Z"),
  );
});

test.each([
  ["path", { path: "/settings" }],
  ["path", { path: "//evil.test/requests" }],
  ["path", { path: "/keys/OpenAI" }],
  ["path", { path: "/keys/openai/../../settings" }],
  ["name", { name: " " }],
  ["name", { name: "n".repeat(81) }],
  ["query", { query: "q".repeat(4_001) }],
])("a wrong %s is rejected", (path, fields) => {
  let error: unknown;
  try {
    parseInput(saveViewInput, { ...ERRORS, ...fields });
  } catch (caught) {
    error = caught;
  }
  expect(error instanceof ManageError && error.issues.map((issue) => issue.path)).toEqual([path]);
});

describe("who sees and changes a view", () => {
  test("its owner alone, on its page", async () => {
    await save(bob);
    expect(await seenBy(bob)).toEqual([
      {
        ...{ id: expect.stringMatching(/^sv_/), name: "Errors", isShared: false },
        ...{ query: "retried=true&status=500%2C502", isOwn: true, ownerName: "bob" },
        mayChange: true,
      },
    ]);
    expect(await seenBy(bob, "/usage")).toEqual([]);
    expect(await seenBy(ada)).toEqual([]);
    const id = await viewOf(bob);
    expect(await refusal(change(ada, id, { name: "Mine" }))).toBe("not_found");
    expect(await refusal(remove(ada, id))).toBe("not_found");
  });

  test("once shared everyone sees it, and its owner and admins change it", async () => {
    await save(bob);
    const id = await viewOf(bob);
    await change(bob, id, { isShared: true });
    expect(await seenBy(vera)).toMatchObject([{ id, isOwn: false, mayChange: false }]);
    expect(await refusal(change(vera, id, { name: "Mine" }))).toBe("not_found");
    expect(await refusal(remove(vera, id))).toBe("not_found");
    await change(ada, id, { name: "All errors", query: "status=500&page=2" });
    expect(await seenBy(bob)).toMatchObject([{ name: "All errors", query: "status=500" }]);
    await change(bob, id, { isShared: false });
    expect(await seenBy(ada)).toEqual([]);
    await change(bob, id, { isShared: true });
    await remove(ada, id);
    expect(await seenBy(bob)).toEqual([]);
    expect(await auditActions()).toEqual([
      "saved-view.create",
      ...Array.from({ length: 4 }, () => "saved-view.update"),
      "saved-view.delete",
    ]);
    expect((await auditEntries())[2]).toMatchObject({
      ...{ actorName: "ada@team.test", subjectId: id, subjectName: "Errors" },
      ...{ before: { name: "Errors" }, after: { name: "All errors", query: "status=500" } },
    });
  });

  test("only the owner ends the sharing, and viewers share nothing", async () => {
    await save(bob, { isShared: true });
    expect(await refusal(change(ada, await viewOf(bob), { isShared: false }))).toBe(
      "invalid_input",
    );
    expect(await refusal(save(vera, { isShared: true }))).toBe("invalid_input");
    await save(vera, { name: "Slow" });
    expect(await refusal(change(vera, await viewOf(vera, "Slow"), { isShared: true }))).toBe(
      "invalid_input",
    );
  });

  test("of someone who leaves, what was shared stays for the team", async () => {
    await save(bob);
    await save(bob, { name: "Shared", isShared: true });
    await removeMember(ada.context, { id: bob.reader.id });
    expect(await seenBy(ada)).toMatchObject([{ name: "Shared", ownerName: null, mayChange: true }]);
    expect(await db.$count(savedViews)).toBe(1);
    await remove(ada, await viewOf(ada, "Shared"));
  });
});

describe("two at once", () => {
  test("a form that was read before another's change reports it", async () => {
    await save(bob, { isShared: true });
    const id = await viewOf(bob);
    await change(ada, id, { name: "All errors" });
    const stale = { name: "Failures", query: "status=502" };
    const was = { name: "Errors", query: "retried=true&status=500%2C502" };
    const failed = await change(bob, id, stale, was).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "conflict", theirs: { name: "All errors" } });
    // What no one else changed is written.
    await change(bob, id, { query: "status=502" }, { query: was.query });
    expect(await seenBy(bob)).toMatchObject([{ name: "All errors", query: "status=502" }]);
  });

  test("of two changes at the same moment one is written", async () => {
    await save(bob, { isShared: true });
    const id = await viewOf(bob);
    const outcomes = await Promise.allSettled([
      change(ada, id, { name: "Ada's" }),
      change(bob, id, { name: "Bob's" }),
    ]);
    expect(outcomes.filter(({ status }) => status === "rejected")).toMatchObject([
      { reason: { code: "conflict" } },
    ]);
  });

  test("a name is taken once per owner and page", async () => {
    await save(bob);
    await save(bob, { path: "/usage" });
    await save(ada);
    expect(await refusal(save(bob))).toBe("conflict");
    await save(bob, { name: "Slow" });
    expect(await refusal(change(bob, await viewOf(bob, "Slow"), { name: "Errors" }))).toBe(
      "conflict",
    );
  });
});

describe("how many there may be", () => {
  const times = { createdAtMs: 1, updatedAtMs: 1 };
  const fill = async (ownerId: string, count: number, isShared: boolean) => {
    const rows = Array.from({ length: count }, (_, index) => {
      const name = `${ownerId} ${index}`;
      return { id: `sv_${name}`, ownerId, path: "/usage", name, query: "by=key", isShared };
    });
    for (const row of rows) await db.insert(savedViews).values({ ...row, ...times });
  };

  test("of one's own", async () => {
    await fill(bob.reader.id, VIEW_BOUNDS.own - 1, false);
    await save(bob);
    await expect(save(bob, { name: "One too many" })).rejects.toMatchObject({
      ...{ code: "invalid_input", issues: [{ path: "own" }] },
    });
    await save(ada);
  });

  test("that are shared", async () => {
    await fill("us_gone", VIEW_BOUNDS.shared - 1, true);
    await save(bob);
    await save(ada, { isShared: true });
    const full = { code: "invalid_input", issues: [{ path: "shared" }] };
    await expect(change(bob, await viewOf(bob), { isShared: true })).rejects.toMatchObject(full);
    await expect(save(ada, { name: "Another", isShared: true })).rejects.toMatchObject(full);
    await change(bob, await viewOf(bob), { name: "Still mine" });
  });
});
