import { hashToken } from "../../crypto/hash-token";
import { maskKey } from "../../crypto/mask-key";
import { newAccessToken } from "../../crypto/new-access-token";
import { newRowId } from "../../db/new-row-id";
import { auditChange } from "../../db/team/audit-log";
import { insertAccessToken, type TokenReach } from "../../db/tokens/access-tokens";
import { withGroups } from "../groups/with-groups";
import { knownProviders } from "../keys/known-provider";
import type { ManageContext } from "../manage-context";
import type { CreateAccessTokenInput } from "../schemas";
import { auditedToken } from "./audited-token";
import { assertForAdminApi } from "./for-admin-api";
import { assertMayJoin } from "./token-group";
import { assertMayOwn, withOwner } from "./token-owner";
import { assertMayShare, USUAL_SHARE } from "./token-share";

/** The only time the token itself is shown: the store only has its hash. */
export interface CreatedAccessToken {
  readonly id: string;
  readonly token: string;
}

/**
 * @param reach The creator's.
 * @param defaultOwnerId The user who will own the token if `input` names none; null for a team token.
 * @throws {ManageError} `invalid_input` for an unknown provider, an owner who can have none, a group that the owner isn't in, or a share that only
 * admins may set; a token for the admin API that is someone else's, or has a group or providers.
 */
export async function createAccessToken(
  context: ManageContext,
  reach: TokenReach,
  defaultOwnerId: string | null,
  input: CreateAccessTokenInput,
): Promise<CreatedAccessToken> {
  const { db, nowMs, actor } = context;
  assertMayShare(reach, USUAL_SHARE, input);
  const groupId = input.group ?? null;
  if (groupId !== null) await assertMayJoin(context, reach, groupId);
  const ownerId = input.owner === undefined ? defaultOwnerId : input.owner;
  if (input.owner !== undefined) await assertMayOwn(context, reach, ownerId);
  const forAdminApi = input.forAdminApi ?? false;
  if (forAdminApi) assertForAdminApi(ownerId, actor.id, input);
  await knownProviders(context, input.providers ?? []);
  const token = newAccessToken();
  const atMs = nowMs();
  const id = newRowId("at", atMs);
  const row = {
    id,
    kind: "app",
    name: input.name,
    tokenHash: await hashToken(token),
    masked: maskKey(token),
    status: "active",
    providers: forAdminApi ? [] : (input.providers ?? null),
    models: input.models ?? null,
    expiresAtMs: input.expiresAt ?? null,
    rpm: input.rpm ?? null,
    tpm: input.tpm ?? null,
    concurrentRequests: input.concurrentRequests ?? null,
    dailyRequests: input.dailyRequests ?? null,
    dailyTokens: input.dailyTokens ?? null,
    dailyCostUsd: input.dailyCostUsd ?? null,
    monthlyCostUsd: input.monthlyCostUsd ?? null,
    limitCeilings: null,
    weight: input.weight ?? USUAL_SHARE.weight,
    priorityClass: input.priorityClass ?? USUAL_SHARE.priorityClass,
    maxWaitSeconds: input.maxWaitSeconds ?? USUAL_SHARE.maxWaitSeconds,
    unpricedReserveUsd: input.unpricedReserveUsd ?? USUAL_SHARE.unpricedReserveUsd,
    fixedTags: input.fixedTags ?? USUAL_SHARE.fixedTags,
    requiredTags: input.requiredTags ?? USUAL_SHARE.requiredTags,
    createdAtMs: atMs,
    createdBy: actor.id,
    ownerId,
    groupId,
    rotatedToId: null,
    forAdminApi,
    budgetId: null,
    updatedAtMs: atMs,
    lastUsedAtMs: null,
  } as const;
  const entry = {
    action: "access-token.create",
    subject: { kind: "access-token", id, name: input.name },
    after: auditedToken(row),
  };
  const audit = auditChange(actor, entry, atMs);
  const isOwnerChosen = input.owner !== undefined;
  await withOwner(withGroups(insertAccessToken(db, reach, row, audit, isOwnerChosen)));
  return { id, token };
}
