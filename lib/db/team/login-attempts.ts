/**
 * Slows guessing of passwords: failures are counted by account and by address, whether or not there is such
 * an account, and after the first few each further one closes the door for twice as long as the one before.
 *
 * A browser that has signed in to the account before has a door of its own (see `lib/auth/known-browser.ts`):
 * nobody else's failures close it. Guessing stays bounded all the same: a browser becomes known by the right
 * password only, and its own failures count like any.
 * @module
 */
import { sql } from "drizzle-orm";
import { hashToken } from "../../crypto/hash-token";
import type { Database } from "../open-database";
import { loginAttempts } from "../schema/team-schema";
import { runBatch } from "../state/state-version";

/** After this long since the first of them, failures are forgotten. */
export const ATTEMPT_WINDOW_MS = 24 * 3_600_000;

/** A minute is enough to notice a mistyped password, a quarter of an hour leaves a guesser 100 tries a day. */
const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 15 * 60_000;

/** Failures before the first delay. Many people may share an address. */
const FREE_FAILURES = { account: 5, address: 30, browser: 5 } as const;

export interface AttemptSubject {
  readonly kind: keyof typeof FREE_FAILURES;
  /** An e-mail address in lower case, an IP address, or an e-mail address and the id of a browser. */
  readonly name: string;
}

/** Who is at the door of an account. */
export interface DoorVisitor {
  /** E-mail address in lower case. */
  readonly account: string;
  /** Null where it is unknown: only the account counts then. */
  readonly ip: string | null;
  /** Of a browser that has signed in to this account before; null for any other. */
  readonly browserId: string | null;
}

export type Attempt =
  | {
      readonly allowed: true;
      /** Failures in a row at this door, this one counted in: it is taken back if it succeeds. */
      readonly failures: number;
    }
  | { readonly allowed: false; readonly retryAfterMs: number };

/**
 * Asks to try a password. It counts as failed before it is tried, so that a hundred tries at once cannot
 * all pass the same open door; `clearAttempts` takes it back.
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
 * After a success: forgets the failures at this door, and that this try was counted for the address. What
 * strangers failed at the account's own door still counts when a known browser has signed in.
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
  // A shift by 40 is far beyond the longest delay already.
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
