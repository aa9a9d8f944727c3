import { timingSafeEqual } from "node:crypto";
import { hashToken } from "../crypto/hash-token";
import type { Actor } from "../db/team/audit-log";
import type { Env } from "../env";
import { adminByCredential, NotAdminError } from "./require-admin";
import { whereFrom } from "./where-from";

/**
 * Who may create the first admin: the holder of the set-up link's secret (`SETUP_TOKEN`), or of an unrestricted token
 * of `AUTH_KEY`. Null for everyone else.
 */
export async function maySetUp(
  secret: string,
  env: Pick<Env, "SETUP_TOKEN" | "AUTH_KEY">,
  headers: Headers,
  nowMs: number,
): Promise<Actor | null> {
  if (env.SETUP_TOKEN && (await isSame(secret, env.SETUP_TOKEN))) {
    return { kind: "system", id: "set-up", name: "set-up link", ...whereFrom(headers) };
  }
  try {
    const admin = await adminByCredential(secret, env.AUTH_KEY ?? "", nowMs);
    return { ...admin, ...whereFrom(headers) };
  } catch (error) {
    if (error instanceof NotAdminError) return null;
    throw error;
  }
}

/** Hashes have the same length, whatever was typed, and comparing them takes constant time. */
async function isSame(given: string, expected: string): Promise<boolean> {
  const [a, b] = await Promise.all([hashToken(given), hashToken(expected)]);
  return timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
