import { hashToken } from "../../crypto/hash-token";
import { maskKey } from "../../crypto/mask-key";
import { newAccessToken } from "../../crypto/new-access-token";
import { newRowId } from "../../db/new-row-id";
import { auditChange } from "../../db/team/audit-log";
import { putPlaygroundToken } from "../../db/tokens/access-tokens";
import { NO_LIMITS } from "../../usage/token-limits";
import type { ManageContext } from "../manage-context";
import { USUAL_SHARE } from "../tokens/token-share";

export interface PlaygroundToken {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const LIFE_MS = 3_600_000;
const NAME = "Playground";

/**
 * Creates a token for an hour of playground use. A user always has one row for it, so that its usage adds up under one
 * id and nothing needs cleaning up; the previous text stops working. It is audited like every credential that is handed
 * out, so that the log knows them all.
 */
export async function openPlayground(
  { db, nowMs, actor }: ManageContext,
  ownerId: string,
): Promise<PlaygroundToken> {
  const token = newAccessToken();
  const atMs = nowMs();
  const expiresAt = atMs + LIFE_MS;
  const id = newRowId("at", atMs);
  const row = {
    id,
    kind: "playground",
    name: NAME,
    tokenHash: await hashToken(token),
    masked: maskKey(token),
    status: "active",
    providers: null,
    models: null,
    expiresAtMs: expiresAt,
    ...NO_LIMITS,
    limitCeilings: null,
    ...USUAL_SHARE,
    createdAtMs: atMs,
    createdBy: actor.id,
    ownerId,
    rotatedToId: null,
    forAdminApi: false,
    budgetId: null,
    groupId: null,
    updatedAtMs: atMs,
    lastUsedAtMs: null,
  } as const;
  const entry = {
    action: "playground.open",
    // The row may be an older one: it is found by its owner.
    subject: { kind: "access-token", id: null, name: NAME },
    after: { ownerId, masked: row.masked, expiresAt },
  };
  await putPlaygroundToken(db, row, auditChange(actor, entry, atMs));
  return { token, expiresAt };
}
