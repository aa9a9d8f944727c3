/**
 * A member is removed, gets another role or leaves a group while a request of theirs is running: whichever verb it
 * called, and whatever it has read and checked by then, nothing is written.
 */
import { type SQL, sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import type { Actor } from "../../lib/db/team/audit-log";
import type { TokenReach } from "../../lib/db/tokens/access-tokens";
import { addGroup } from "../../lib/manage/groups/add-group";
import { changeGroup } from "../../lib/manage/groups/change-group";
import { putGroupMember } from "../../lib/manage/groups/put-group-member";
import { removeGroup } from "../../lib/manage/groups/remove-group";
import { hasLostRole } from "../../lib/manage/has-lost-role";
import { addProviderKeys } from "../../lib/manage/keys/add-provider-keys";
import { changeProviderKeys } from "../../lib/manage/keys/change-provider-keys";
import { deleteProviderKeys } from "../../lib/manage/keys/delete-provider-keys";
import { updateProviderKey } from "../../lib/manage/keys/update-provider-key";
import { setQuotaLimitsInput } from "../../lib/manage/limits/quota-limit-schemas";
import { setQuotaLimits } from "../../lib/manage/limits/set-quota-limits";
import type { ManageContext } from "../../lib/manage/manage-context";
import { addCustomProvider } from "../../lib/manage/providers/add-custom-provider";
import { openPlayground } from "../../lib/manage/providers/open-playground";
import { addProviderKeysInput } from "../../lib/manage/schemas";
import { changeSettings } from "../../lib/manage/settings/change-settings";
import { changeSignInSettings } from "../../lib/manage/settings/sign-in-settings";
import { changeTraceSettings } from "../../lib/manage/settings/trace-settings";
import { changeMemberLimits } from "../../lib/manage/team/change-member-limits";
import { changeRole } from "../../lib/manage/team/change-role";
import { inviteMember } from "../../lib/manage/team/invite-member";
import { removeMember } from "../../lib/manage/team/remove-member";
import { renameMember } from "../../lib/manage/team/rename-member";
import { createAccessToken } from "../../lib/manage/tokens/create-access-token";
import { revokeAccessToken } from "../../lib/manage/tokens/revoke-access-token";
import { rotateAccessToken } from "../../lib/manage/tokens/rotate-access-token";
import { updateAccessToken } from "../../lib/manage/tokens/update-access-token";
import { signInDeployment } from "../../lib/runtime/sign-in";
import { db, SECRETS } from "./test-store";
import { emptyTeam, refusal, storeUser } from "./test-team";

const NOW = Date.UTC(2026, 10, 20, 12);
/** What happens right before the verb writes. */
let beforeWriting: () => Promise<unknown> = async () => undefined;

const client = new Proxy(db.$client, {
  get(target, name) {
    if (name === "batch") {
      return async (statements: D1PreparedStatement[]) => {
        await beforeWriting();
        return target.batch(statements);
      };
    }
    const member: unknown = Reflect.get(target, name);
    return typeof member === "function" ? member.bind(target) : member;
  },
});
const racing: typeof db = Object.create(db, { $client: { value: client } });

const as = (actor: Actor): ManageContext => ({
  ...{ db: racing, secrets: SECRETS, nowMs: () => NOW, actor },
});

interface Scene {
  /** An admin, whose request it is. */
  readonly me: Actor;
  readonly other: Actor;
  readonly groupId: string;
  readonly tokenId: string;
  readonly keyId: string;
}

async function begin(): Promise<Scene> {
  beforeWriting = async () => undefined;
  await emptyTeam();
  const boss = await storeUser("boss@team.test", "admin");
  const me = { ...(await storeUser("me@team.test", "admin")), role: "admin" as const };
  const other = { ...(await storeUser("other@team.test", "member")), role: "member" as const };
  const keys = { provider: "openai", keys: [{ key: "sk-fake-0123456789abcdef" }] };
  await addProviderKeys(as(boss), addProviderKeysInput.parse(keys));
  const [key] = await db.all<{ id: string }>(sql`select id from provider_keys`);
  const group = await addGroup(as(boss), { name: "search" });
  const token = await createAccessToken(as(boss), "everyone", null, { name: "app" });
  return { me, other, groupId: group.id, tokenId: token.id, keyId: key?.id ?? "" };
}

/** Verbs of admins, and of anyone for themselves. */
const VERBS: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  invite: ({ me }) => inviteMember(as(me), { role: "admin", expiresInDays: 30 }),
  "give a role": ({ me, other }) => changeRole(as(me), { id: other.id, role: "admin" }),
  remove: ({ me, other }) => removeMember(as(me), { id: other.id }),
  "limit a member": ({ me, other }) => changeMemberLimits(as(me), other.id, { rpm: 9 }),
  rename: ({ me }) => renameMember(as(me), { name: "somebody else" }),
  "add a group": ({ me }) => addGroup(as(me), { name: "rag" }),
  "change a group": ({ me, groupId }) => changeGroup(as(me), groupId, { weight: 9 }),
  "put into a group": ({ me, other, groupId }) =>
    putGroupMember(as(me), groupId, { userId: other.id, role: "admin" }),
  "remove a group": ({ me, groupId }) => removeGroup(as(me), groupId),
  "add keys": ({ me }) =>
    addProviderKeys(
      as(me),
      addProviderKeysInput.parse({ provider: "openai", keys: [{ key: "sk-fake-another-0123" }] }),
    ),
  "change a key": ({ me, keyId }) => updateProviderKey(as(me), keyId, { status: "disabled" }),
  "change keys": ({ me, keyId }) =>
    changeProviderKeys(as(me), {
      target: { ids: [keyId] },
      change: { kind: "set", settings: { weight: 9 } },
    }),
  "delete keys": ({ me, keyId }) => deleteProviderKeys(as(me), { ids: [keyId] }),
  "set limits": ({ me }) =>
    setQuotaLimits(as(me), setQuotaLimitsInput.parse({ provider: "openai", limits: [{ rpm: 1 }] })),
  "add a provider": ({ me }) =>
    addCustomProvider(as(me), {
      ...{ slug: "acme", label: "Acme", baseUrl: "https://llm.acme.test.com/v1" },
      ...{ keyHeader: "authorization", keyPrefix: "Bearer ", protocol: "openai" },
    }),
  "create a token": ({ me, groupId }) =>
    createAccessToken(as(me), "everyone", me.id, { name: "mine", group: groupId }),
  "change a token": ({ me, tokenId }) =>
    updateAccessToken(as(me), "everyone", tokenId, { status: "paused" }),
  "rotate a token": ({ me, tokenId }) =>
    rotateAccessToken(as(me), "everyone", tokenId, { overlapSeconds: 60 }),
  "revoke a token": ({ me, tokenId }) => revokeAccessToken(as(me), "everyone", tokenId),
  "open the playground": ({ me }) => openPlayground(as(me), me.id),
  "change settings": ({ me }) =>
    changeSettings(as(me), { section: "alerts", changes: { readyKeysBelow: 7 } }),
  "send traces": ({ me }) =>
    changeTraceSettings(as(me), { endpoint: "https://otel.own-receiver.com" }),
  "choose the directory": ({ me }) =>
    changeSignInSettings(as(me), signInDeployment({ DB: db.$client }, new Headers()), {
      issuer: "https://id.own-directory.com",
      roles: "*=admin",
    }),
};

const TABLES = [
  ...["users", "invites", "team_groups", "group_members", "member_limits", "provider_keys"],
  ...["access_tokens", "custom_providers", "quota_limits", "settings", "audit_log", "tombstones"],
];

const everything = () =>
  Promise.all(TABLES.map((table) => db.all(sql`select * from ${sql.identifier(table)}`)));

/** What happens to the actor. */
const LOSSES: readonly ((id: string) => SQL)[] = [
  (id) => sql`update users set role = 'member' where id = ${id}`,
  (id) => sql`update users set role = 'viewer' where id = ${id}`,
  (id) => sql`delete from users where id = ${id}`,
];
const START = Math.floor(Math.random() * LOSSES.length);

describe.each(Object.entries(VERBS).map(([verb, run], index) => ({ verb, run, index })))(
  `to $verb (losses from ${START})`,
  ({ run, index }) => {
    test("works for an admin, and writes nothing for someone who was one when it began", async () => {
      const whole = await begin();
      const untouched = await everything();
      await run(whole);
      expect(await everything()).not.toEqual(untouched);

      const scene = await begin();
      const loss = LOSSES[(START + index) % LOSSES.length];
      let then: unknown = null;
      beforeWriting = async () => {
        if (then !== null || loss === undefined) return;
        await db.run(loss(scene.me.id));
        then = await everything();
      };
      const error = await run(scene).catch((caught: unknown) => caught);
      expect(hasLostRole(error), String(error)).toBe(true);
      expect(await everything()).toEqual(then);
    });
  },
);

describe("a member who leaves a group meanwhile", () => {
  const put = ({ me, other, groupId }: Scene, role: "admin" | "member") =>
    putGroupMember(as(me), groupId, { userId: other.id, role });
  const leavesBeforeWriting = ({ other, groupId }: Scene) => {
    beforeWriting = () =>
      db.run(sql`delete from group_members where user_id = ${other.id} and group_id = ${groupId}`);
  };
  const tokensOf = ({ groupId }: Scene) =>
    db.all(sql`select id, status, name from access_tokens where group_id = ${groupId}`);

  test("gets no token in it, and moves none into it", async () => {
    const scene = await begin();
    const { other, groupId } = scene;
    const reach = { ownerId: other.id, withGroups: true };
    await put(scene, "member");
    const { id } = await createAccessToken(as(other), reach, other.id, { name: "own" });
    leavesBeforeWriting(scene);
    const created = createAccessToken(as(other), reach, other.id, { name: "x", group: groupId });
    expect(await refusal(created)).toBe("conflict");
    await db.run(sql`insert into group_members (group_id, user_id, role, added_at_ms)
      values (${groupId}, ${other.id}, 'member', 0)`);
    const moved = updateAccessToken(as(other), reach, id, { group: groupId });
    expect(await refusal(moved)).toBe("conflict");
    expect(await tokensOf(scene)).toEqual([]);
  });

  test("as its admin changes no token of it", async () => {
    const verbs = [
      (context: ManageContext, reach: TokenReach, id: string) =>
        updateAccessToken(context, reach, id, { name: "mine" }),
      revokeAccessToken,
      (context: ManageContext, reach: TokenReach, id: string) =>
        rotateAccessToken(context, reach, id, { overlapSeconds: 60 }),
    ];
    for (const verb of verbs) {
      const scene = await begin();
      const { me, other, groupId } = scene;
      await put(scene, "admin");
      const token = { name: "x", group: groupId };
      const { id } = await createAccessToken(as(me), "everyone", me.id, token);
      const before = await tokensOf(scene);
      leavesBeforeWriting(scene);
      const changed = verb(as(other), { ownerId: other.id, withGroups: true }, id);
      expect(await refusal(changed)).toBe("conflict");
      expect(await tokensOf(scene)).toEqual(before);
    }
  });
});
