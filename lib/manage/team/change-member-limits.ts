import { auditChange } from "../../db/team/audit-log";
import { findMemberLimits, writeMemberLimits } from "../../db/tokens/member-limits";
import { limitsOf, NO_LIMITS, TOKEN_LIMITS } from "../../usage/token-limits";
import { assertUnchanged, type Fields } from "../assert-unchanged";
import type { LimitsInput } from "../limits/limit-schemas";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { findMember } from "./find-member";

/**
 * Sets limits for all of a member's tokens together, in addition to those of each token; null removes one, and unnamed
 * ones stay.
 * @throws {ManageError} `not_found`; `conflict` if someone else changed them in the meantime.
 */
export async function changeMemberLimits(
  context: ManageContext,
  id: string,
  changes: LimitsInput,
  was?: Fields,
): Promise<void> {
  const { db, nowMs, actor } = context;
  const { email } = await findMember(context, id);
  const known = await findMemberLimits(db, id);
  const before = known === undefined ? NO_LIMITS : limitsOf(known);
  assertUnchanged(before, changes, was);
  const changed = TOKEN_LIMITS.filter(
    (name) => changes[name] !== undefined && changes[name] !== before[name],
  );
  if (changed.length === 0) return;
  const pick = (values: LimitsInput) =>
    Object.fromEntries(changed.map((name) => [name, values[name] ?? null]));
  const atMs = nowMs();
  const entry = {
    action: "member.change-limits",
    subject: { kind: "member", id, name: email },
    before: pick(before),
    after: pick(changes),
  };
  const isDone = await writeMemberLimits(db, {
    userId: id,
    limits: { ...before, ...pick(changes) },
    knownVersion: known?.version ?? null,
    nowMs: atMs,
    audit: auditChange(actor, entry, atMs),
  });
  if (!isDone)
    throw new ManageError("conflict", "the limits were changed by someone else just now");
}
