import { hashPassword } from "../../crypto/hash-password";
import type { ManageContext } from "../manage-context";
import { about, type Finding } from "./examination";

/** Cloudflare's page on D1's limits, in bytes: on the free plan, and on any plan. */
const FREE_SIZE = 500_000_000;
const LARGEST_SIZE = 10_000_000_000;
const MB = 1_000_000;

/**
 * Does the same work as signing in, about 170 ms. If a Worker's request doesn't have that much CPU time, Cloudflare
 * ends it (error 1102), and there is no response at all.
 */
export async function examineCpu(): Promise<Finding> {
  await hashPassword("what the doctor hashes");
  return about("cpu").ok("a password was hashed: what takes long is answered");
}

/** The size of the database. */
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
