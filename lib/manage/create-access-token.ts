import { hashToken } from "../crypto/hash-token";
import { maskKey } from "../crypto/mask-key";
import { newAccessToken } from "../crypto/new-access-token";
import { insertAccessToken } from "../db/access-tokens";
import { newRowId } from "../db/new-row-id";
import { knownProviders } from "./known-provider";
import type { ManageContext } from "./manage-context";
import type { CreateAccessTokenInput } from "./schemas";

/** The only time the token itself is seen: the store keeps its hash. */
export interface CreatedAccessToken {
  readonly id: string;
  readonly token: string;
}

/** @throws {ManageError} `invalid_input` for an unknown provider. */
export async function createAccessToken(
  context: ManageContext,
  input: CreateAccessTokenInput,
): Promise<CreatedAccessToken> {
  const { db, nowMs, actor } = context;
  await knownProviders(context, input.providers ?? []);
  const token = newAccessToken();
  const atMs = nowMs();
  const id = newRowId("at", atMs);
  await insertAccessToken(db, {
    id,
    name: input.name,
    tokenHash: await hashToken(token),
    masked: maskKey(token),
    status: "active",
    providers: input.providers ?? null,
    models: input.models ?? null,
    expiresAtMs: input.expiresAt ?? null,
    rpm: input.rpm ?? null,
    tpm: input.tpm ?? null,
    dailyRequests: input.dailyRequests ?? null,
    dailyTokens: input.dailyTokens ?? null,
    dailyCostUsd: input.dailyCostUsd ?? null,
    monthlyCostUsd: input.monthlyCostUsd ?? null,
    createdAtMs: atMs,
    createdBy: actor.id,
    ownerId: null,
    rotatedToId: null,
    updatedAtMs: atMs,
    lastUsedAtMs: null,
  });
  return { id, token };
}
