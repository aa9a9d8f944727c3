import { DurableObject } from "cloudflare:workers";
import { openDatabase } from "../db/open-database";
import { lastTakenVersion } from "../db/state-version";
import type { Env } from "../env";
import { CHANGED_HEADER } from "./portal-door";
import { runPortal } from "./run-portal";

/**
 * The portal's object: one for the whole deployment, with 30 s of CPU a request where the Worker has 10 ms on
 * the free plan. It runs what is heavy and rare, keeps nothing, and hibernates while nobody asks; the Worker
 * hands it the portal's requests (`portal-door.ts`). All that it knows is in D1.
 */
export class PortalObject extends DurableObject<Env> {
  override async fetch(request: Request): Promise<Response> {
    const db = openDatabase(this.env.DB);
    const before = lastTakenVersion(db);
    const answer = await runPortal(request, this.env, this.ctx);
    if (lastTakenVersion(db) !== before) answer.headers.set(CHANGED_HEADER, "1");
    return answer;
  }
}
