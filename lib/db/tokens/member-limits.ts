/**
 * Limits of members in the store, for all of a member's tokens together.
 * @module
 */
import { eq, type SQL, sql } from "drizzle-orm";
import type { LimitValues } from "../../usage/token-limits";
import type { Database } from "../open-database";
import { type MemberLimitsRow, memberLimits } from "../schema/schema";
import { changeState, TAKEN_VERSION } from "../state/state-version";

export async function findMemberLimits(
  db: Database,
  userId: string,
): Promise<MemberLimitsRow | undefined> {
  return db.select().from(memberLimits).where(eq(memberLimits.userId, userId)).get();
}

export interface MemberLimitsChange {
  readonly userId: string;
  readonly limits: LimitValues;
  /** The version of the row from which they were read; null if there was none. */
  readonly knownVersion: number | null;
  readonly nowMs: number;
  readonly audit: SQL;
}

/** @returns Whether it was done: not if the limits were changed in the meantime, nor for a removed member. */
export async function writeMemberLimits(db: Database, change: MemberLimitsChange) {
  const { userId, limits, knownVersion, nowMs, audit } = change;
  const { rpm, tpm, concurrentRequests } = limits;
  const { dailyRequests, dailyTokens, dailyCostUsd, monthlyCostUsd } = limits;
  const { rowCounts } = await changeState(db, [
    sql`
      insert into member_limits (user_id, rpm, tpm, concurrent_requests, daily_requests,
        daily_tokens, daily_cost_usd, monthly_cost_usd, updated_at_ms, version)
      select id, ${rpm}, ${tpm}, ${concurrentRequests}, ${dailyRequests}, ${dailyTokens},
        ${dailyCostUsd}, ${monthlyCostUsd}, ${nowMs}, ${TAKEN_VERSION}
      from users where id = ${userId}
      on conflict (user_id) do update set
        rpm = excluded.rpm, tpm = excluded.tpm, concurrent_requests = excluded.concurrent_requests,
        daily_requests = excluded.daily_requests, daily_tokens = excluded.daily_tokens,
        daily_cost_usd = excluded.daily_cost_usd, monthly_cost_usd = excluded.monthly_cost_usd,
        updated_at_ms = excluded.updated_at_ms, version = excluded.version
      where version = ${knownVersion ?? -1}`,
    audit,
  ]);
  return rowCounts[0] === 1;
}
