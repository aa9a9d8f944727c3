import { DurableObject } from "cloudflare:workers";
import { openDatabase } from "../db/open-database";
import { lastTakenVersion } from "../db/state/state-version";
import type { Env } from "../env";
import type { ByteStream } from "../http/byte-stream";
import type { UpkeepRun } from "../upkeep/upkeep-run";
import type { PortalCalls, UpkeepCall } from "./object-calls";
import { answerHandshake } from "./objects/socket-object";
import { SocketSeats } from "./objects/socket-seats";
import { StreamSeats } from "./objects/stream-object";
import { platform } from "./platform";
import { CHANGED_HEADER } from "./portal-door";
import { runPortal } from "./run-portal";
import { sharedState } from "./shared-state";
import { upkeepContext } from "./upkeep";
import { callUpkeep, continueUpkeep, upkeepAlarm } from "./upkeep-alarm";

/**
 * The portal's object: one for the whole deployment, with 30 s of CPU per request where the Worker has 10 ms on the
 * free plan. It runs what is heavy and rare and hibernates while idle; the Worker passes it the portal's requests
 * (`portal-door.ts`). All of its state is in D1, except the progress of maintenance. Other objects of the class carry
 * WebSockets (`objects/socket-object.ts`) and convert long streams (`objects/stream-object.ts`).
 */
export class PortalObject extends DurableObject<Env> implements PortalCalls {
  readonly #seats = new SocketSeats();
  readonly #streams = new StreamSeats();

  override async fetch(request: Request): Promise<Response> {
    const session = answerHandshake(request, this.env, this.ctx, this.#seats);
    if (session !== null) return session;
    const db = openDatabase(this.env.DB);
    const before = lastTakenVersion(db);
    const answer = await runPortal(request, this.env, this.ctx);
    if (lastTakenVersion(db) !== before) answer.headers.set(CHANGED_HEADER, "1");
    return answer;
  }

  async callUpkeep(call: UpkeepCall | "roll-up"): Promise<void> {
    await callUpkeep(this.ctx.storage, call, platform.nowMs());
  }

  async continueUpkeep(run: UpkeepRun): Promise<void> {
    await continueUpkeep(this.ctx.storage, run, platform.nowMs());
  }

  async hasRoomForStream(): Promise<boolean> {
    return this.#streams.hasRoom;
  }

  async convertStream(facts: string, stream: ByteStream): Promise<ByteStream> {
    return this.#streams.convert(facts, stream, (work) => this.ctx.waitUntil(work));
  }

  override async alarm(): Promise<void> {
    const revived = await upkeepAlarm(this.ctx.storage, upkeepContext(this.env));
    if (revived) sharedState(this.env).expire();
  }
}
