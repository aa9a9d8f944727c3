/**
 * Slows down password guessing: failures are counted by account and by address, whether or not the account exists, and
 * after the first few, each further one doubles the lockout.
 *
 * A browser that has signed in to the account before has its own count (see `lib/auth/known-browser.ts`), so other
 * people's failures don't lock it out. Guessing stays bounded nevertheless: a browser becomes known only by the right
 * password, and its own failures count like any.
 * @module
 */
import { sql } from "drizzle-orm";
import { hashToken } from "../../crypto/hash-token";
import type { Database } from "../open-database";
import { loginAttempts } from "../schema/team-schema";
import { runBatch } from "../state/state-version";

/** Failures are dropped this long after the first of them. */
export const ATTEMPT_WINDOW_MS = 24 * 3_600_000;

/** A minute is enough to notice a mistyped password; a quarter of an hour leaves a guesser 100 attempts per day. */
const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 15 * 60_000;

/** Failures before the first delay. Many people may share an address. */
const FREE_FAILURES = { account: 5, address: 30, browser: 5 } as const;

export interface AttemptSubject {
  readonly kind: keyof typeof FREE_FAILURES;
  /** An email address in lower case, an IP address, or an email address and the id of a browser. */
  readonly name: string;
}

/** Someone who tries to sign in to an account. */
export interface DoorVisitor {
  /** Email address in lower case. */
  readonly account: string;
  /** Null if unknown: only the account counts then. */
  readonly ip: string | null;
  /** The id of a browser that has signed in to this account before; null for any other. */
  readonly browserId: string | null;
}

export type Attempt =
  | {
      readonly allowed: true;
      /** Consecutive failures, including this attempt: it is taken back if it succeeds. */
      readonly failures: number;
    }
  | { readonly allowed: false; readonly retryAfterMs: number };

/**
 * Asks for permission to try a password. The attempt counts as failed before it is made, so that a hundred simultaneous
 * attempts can't all pass; `clearAttempts` takes it back.
 */
export async function beginAttempt(
  db: Database,
  { account, ip, browserId }: DoorVisitor,
  nowMs: number,
): Promise<Attempt> {
  if (browserId !== null) return count(db, browserDoor(account, browserId), nowMs);
  if (ip !== null) {
    const byAddress = await count(db, { kind: "address", name: ip }, nowMs);
    if (!byAddress.allowed) return byAddress;
  }
  return count(db, { kind: "account", name: account }, nowMs);
}

/**
 * After a success: clears the failures, and the count of this attempt for the address. When a known browser has signed
 * in, strangers' failures for the account itself still count.
 */
export async function clearAttempts(
  db: Database,
  { account, ip, browserId }: DoorVisitor,
  nowMs: number,
): Promise<void> {
  const doorHash = await hashSubject(
    browserId === null ? { kind: "account", name: account } : browserDoor(account, browserId),
  );
  const addressHash =
    ip === null || browserId !== null ? null : await hashSubject({ kind: "address", name: ip });
  await runBatch(db, [
    sql`delete from login_attempts
      where subject = ${doorHash} or window_start_ms <= ${nowMs - ATTEMPT_WINDOW_MS}`,
    sql`update login_attempts set failures = failures - 1, blocked_until_ms = 0
      where subject = ${addressHash}`,
  ]);
}

async function count(db: Database, subject: AttemptSubject, nowMs: number): Promise<Attempt> {
  const hash = await hashSubject(subject);
  const free = FREE_FAILURES[subject.kind];
  const isOver = sql`window_start_ms <= ${nowMs - ATTEMPT_WINDOW_MS}`;
  const failures = sql`case when ${isOver} then 1 else failures + 1 end`;
  // A shift by 40 is already far beyond the longest delay.
  const delay = sql`case when failures + 1 < ${free} or ${isOver} then 0
    else min(${FIRST_DELAY_MS} << min(failures + 1 - ${free}, 40), ${MAX_DELAY_MS}) end`;
  const [counted, known] = await runBatch(db, [
    sql`insert into login_attempts (subject, failures, window_start_ms, blocked_until_ms)
      values (${hash}, 1, ${nowMs}, 0)
      on conflict (subject) do update set
        failures = ${failures},
        blocked_until_ms = ${nowMs} + ${delay},
        window_start_ms = case when ${isOver} then ${nowMs} else window_start_ms end
      where blocked_until_ms <= ${nowMs}
      returning failures`,
    sql`select blocked_until_ms from ${loginAttempts} where subject = ${hash}`,
  ]);
  const row = counted?.results[0] as { failures: number } | undefined;
  if (row !== undefined) return { allowed: true, failures: row.failures };
  const blocked = known?.results[0] as { blocked_until_ms: number } | undefined;
  return { allowed: false, retryAfterMs: (blocked?.blocked_until_ms ?? nowMs) - nowMs };
}

function browserDoor(account: string, browserId: string): AttemptSubject {
  return { kind: "browser", name: `${account} ${browserId}` };
}

function hashSubject({ kind, name }: AttemptSubject): Promise<string> {
  return hashToken(`${kind}:${name}`);
}
