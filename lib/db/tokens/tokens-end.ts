import type { AuditEntry } from "../team/audit-log";

/** The entry for the access tokens of a member who is removed, which someone else gets; null for the team. */
export function tokensMove(email: string, ownerId: string | null): AuditEntry {
  return {
    action: "access-token.transfer",
    subject: { kind: "access-token", id: null, name: email },
    after: { ownerId },
  };
}

/** The entry for the revocation of all access tokens of a member. */
export function tokensEnd(email: string): AuditEntry {
  return {
    action: "access-token.revoke",
    subject: { kind: "access-token", id: null, name: email },
    after: { status: "revoked" },
  };
}

/** The entry for the pause of all access tokens of a member. */
export function tokensPause(email: string): AuditEntry {
  return {
    action: "access-token.update",
    subject: { kind: "access-token", id: null, name: email },
    after: { status: "paused" },
  };
}
