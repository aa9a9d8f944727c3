/**
 * The demo's people, keys and tokens, created by the verbs that the portal calls.
 * @module
 */
import type { SealingSecrets } from "../../lib/crypto/seal.ts";
import type { Database } from "../../lib/db/open-database.ts";
import type { Actor } from "../../lib/db/team/audit-log.ts";
import { addGroup } from "../../lib/manage/groups/add-group.ts";
import { putGroupMember } from "../../lib/manage/groups/put-group-member.ts";
import { addProviderKeys } from "../../lib/manage/keys/add-provider-keys.ts";
import { listProviderKeyIds } from "../../lib/manage/keys/list-provider-key-ids.ts";
import type { ManageContext } from "../../lib/manage/manage-context.ts";
import { parseInput } from "../../lib/manage/parse-input.ts";
import { addModelAlias } from "../../lib/manage/providers/add-model-alias.ts";
import { addModelAliasInput } from "../../lib/manage/providers/model-alias-schema.ts";
import type { CreateAccessTokenInput } from "../../lib/manage/schemas.ts";
import { acceptInvite } from "../../lib/manage/team/accept-invite.ts";
import { changeMemberLimits } from "../../lib/manage/team/change-member-limits.ts";
import { createFirstAdmin } from "../../lib/manage/team/create-first-admin.ts";
import { inviteMember } from "../../lib/manage/team/invite-member.ts";
import { createAccessToken } from "../../lib/manage/tokens/create-access-token.ts";
import { sampleProviders } from "./sample-models.ts";

export const DEMO_ADMIN = {
  name: "Ada Lovelace",
  email: "ada@example.com",
  password: "demo-balance",
} as const;

const ALIASES = [
  {
    name: "fast",
    maxOutputUsd: 6,
    targets: [
      { provider: "google-ai-studio", model: "gemini-2.5-flash" },
      { provider: "openai", model: "gpt-5-mini" },
      { provider: "anthropic", model: "claude-haiku-4-5" },
    ],
  },
  {
    name: "smart",
    choice: "weighted",
    targets: [
      { provider: "anthropic", model: "claude-sonnet-4-5", weight: 3 },
      { provider: "openai", model: "gpt-5", weight: 1 },
    ],
  },
] as const;

const MEMBERS = [
  { name: "Grace Hopper", role: "member", weight: 8, groupRole: "admin" },
  { name: "Alan Turing", role: "member", weight: 5, groupRole: "member" },
  { name: "Katherine Johnson", role: "member", weight: 3 },
  { name: "Edsger Dijkstra", role: "viewer", weight: 0 },
] as const;

/** Of two members and two tokens; they use the common keys. */
const GROUP = { name: "Search", dailyCostUsd: 4, monthlyCostUsd: 90 };

const DAY_MS = 86_400_000;

/** Limits are high enough for the demo's own traffic. */
const TEAM_TOKENS: readonly (CreateAccessTokenInput & {
  readonly traffic: number;
  readonly isOfGroup?: true;
})[] = [
  { name: "Support assistant", traffic: 14, dailyCostUsd: 2, monthlyCostUsd: 45 },
  { name: "Search index", traffic: 9, dailyTokens: 2_000_000, isOfGroup: true },
  { name: "Suggestions", traffic: 5, isOfGroup: true },
  { name: "Nightly reports", traffic: 4, rpm: 600, concurrentRequests: 40, priorityClass: "batch" },
  {
    name: "Staging",
    traffic: 0,
    providers: ["openai"],
    models: ["gpt-5-mini", "gpt-4o-mini"],
    expiresAt: Date.now() + 30 * DAY_MS,
  },
];

/** For all tokens of a member together. */
const MEMBER_LIMITS = { concurrentRequests: 20, dailyCostUsd: 3, monthlyCostUsd: 40 };

/** Notes on the keys' owners, as people write them; not on every key. */
const REMARKS = ["Research", null, "Support", "Ada, personal", null, "Trial until March"];

export interface SampleToken {
  readonly id: string;
  readonly token: string;
  /** Null for a team token. */
  readonly ownerId: string | null;
  readonly weight: number;
}

export interface SampleTeam {
  readonly tokens: readonly SampleToken[];
  /** Keys that work, by provider. */
  readonly keyIds: ReadonlyMap<string, readonly string[]>;
  /** Keys that the provider rejects by now, by provider. */
  readonly refusedKeyIds: ReadonlyMap<string, readonly string[]>;
}

const SYSTEM: Actor = { kind: "system", id: "system", name: "demo", ip: null, userAgent: null };

/** @param atMs When the team began. */
export async function makeSampleTeam(
  db: Database,
  secrets: SealingSecrets,
  atMs: number,
): Promise<SampleTeam> {
  let clockMs = atMs;
  // One thing after the other, so that lists have an order.
  const nowMs = () => (clockMs += 60_000);
  const as = (actor: Actor): ManageContext => ({ db, secrets, nowMs, actor });
  const admin = await createFirstAdmin(as(SYSTEM), DEMO_ADMIN);
  const context = as({ ...SYSTEM, kind: "user", id: admin.id, name: DEMO_ADMIN.email });

  const keyIds = new Map<string, readonly string[]>();
  const refusedKeyIds = new Map<string, readonly string[]>();
  for (const { slug, keys } of sampleProviders) {
    const remarked = keys.map((key, index) => {
      const remark = REMARKS[index % REMARKS.length] ?? null;
      return { key, ...(remark !== null && { remark }) };
    });
    await addProviderKeys(context, { provider: slug, keys: remarked });
    const ids = (await listProviderKeyIds(context, { provider: slug })).toReversed();
    const isRefused = (_: string, index: number) => /banned|invalid/.test(keys[index] ?? "");
    // The last one is rejected while the demo's visitor watches.
    refusedKeyIds.set(slug, ids.slice(0, -1).filter(isRefused));
    keyIds.set(
      slug,
      ids.filter((id, index) => !isRefused(id, index)),
    );
  }

  const tokens: SampleToken[] = [];
  const addToken = async (
    input: CreateAccessTokenInput,
    ownerId: string | null,
    weight: number,
  ): Promise<void> => {
    tokens.push({
      ...(await createAccessToken(context, "everyone", ownerId, input)),
      ownerId,
      weight,
    });
  };
  const group = await addGroup(context, GROUP);
  for (const { traffic, isOfGroup, ...input } of TEAM_TOKENS) {
    await addToken({ ...input, ...(isOfGroup && { group: group.id }) }, null, traffic);
  }
  await addToken({ name: "Notebook" }, admin.id, 3);
  for (const { name, role, weight, ...place } of MEMBERS) {
    const email = `${name.split(" ")[0]?.toLowerCase()}@example.com`;
    const { token } = await inviteMember(context, { role, email, expiresInDays: 7 });
    const { password } = DEMO_ADMIN;
    const { id } = await acceptInvite(as(SYSTEM), { token, name, email, password });
    const editor = { name: `${name.split(" ")[0]}'s editor`, dailyRequests: 2_000 };
    if (weight > 0) await addToken(editor, id, weight);
    if (role === "member") await changeMemberLimits(context, id, MEMBER_LIMITS);
    if ("groupRole" in place) {
      await putGroupMember(context, group.id, { userId: id, role: place.groupRole });
    }
  }
  for (const alias of ALIASES) await addModelAlias(context, parseInput(addModelAliasInput, alias));
  const email = "barbara@example.com";
  await inviteMember({ ...context, nowMs: Date.now }, { role: "member", email, expiresInDays: 7 });
  return { tokens, keyIds, refusedKeyIds };
}
