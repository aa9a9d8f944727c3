import { hashPassword } from "../../crypto/hash-password";
import type { ManageContext } from "../manage-context";
import { about, type Finding } from "./examination";

/** Cloudflare's page on D1's limits, in bytes: of the free plan, and at any plan. */
const FREE_SIZE = 500_000_000;
const LARGEST_SIZE = 10_000_000_000;
const MB = 1_000_000;

/**
 * Does what signing in does, some 170 ms of work. A Worker's request that has not that much is ended by Cloudflare
 * (error 1102), and then nothing is answered at all.
 */
export async function examineCpu(): Promise<Finding> {
  await hashPassword("what the doctor hashes");
  return about("cpu").ok("a password was hashed: what takes long is answered");
}

/** How large the database has become. */
export async function examineSize({ db }: ManageContext): Promise<Finding> {
  const say = about("database-size");
  const { meta } = await db.$client.prepare("select 1").run();
  const size = `${Math.ceil(meta.size_after / MB)} MB`;
  const advice = "keep less: Settings > Logging and retention";
  if (meta.size_after > LARGEST_SIZE * 0.9) {
    return say.fault(`the database has ${size}: D1 allows 10 GB`, advice);
  }
  if (meta.size_after > FREE_SIZE * 0.8) {
    return say.warning(`the database has ${size}: the free plan allows 500 MB`, advice);
  }
  return say.ok(`the database has ${size}`);
}
