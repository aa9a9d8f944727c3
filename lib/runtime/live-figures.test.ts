import { expect, test } from "vitest";
import type { Env } from "../env";
import { liveHolds, liveLimits, withLiveFigures } from "./live-figures";
import { sharedRecorder, sharedState } from "./shared-state";

/** For an isolate that hasn't been called yet. */
const newEnv = () => ({ DB: {} }) as Env;
const FORGED = { "x-one-balance-live": "not even JSON" };
const ask = (path: string, headers: Record<string, string> = FORGED) =>
  new Request(`https://a.test${path}`, { headers });

test.each(["/keys/openai?key=pk_1&_rsc=x", "/keys/openai/pk_1?range=7d"])(
  "what a key keeps to comes from the isolate that took the request for %s",
  (path) => {
    const [proxy, portal] = [newEnv(), newEnv()];
    const limits = [{ unit: "requests", limit: 10, windowMs: 60_000, source: "learnt", left: 4 }];
    const known = [{ model: "模型/%20", limits }];
    sharedState(proxy).everyKey = () => ({ knownLimits: () => known }) as never;
    const { headers } = withLiveFigures(ask(path), proxy);
    expect(liveLimits(headers, portal, "openai", "pk_1")).toEqual(known);
  },
);

test("so does what requests under way hold", () => {
  const [proxy, portal] = [newEnv(), newEnv()];
  const held = { requests: 2, tokens: 30, costNanoUsd: 4 };
  sharedRecorder(proxy).ledger.held = () => [["at_1", held]];
  for (const path of ["/tokens/budgets", "/api/admin/budgets"]) {
    const { headers } = withLiveFigures(ask(path), proxy);
    const holds = liveHolds(headers, portal);
    expect([holds("at_1"), holds("at_2")?.requests]).toEqual([held, 0]);
  }
});

test.each(["/", "/keys/openai", "/tokens", "/api/admin/provider-keys", "/keys/a/b?key=x"])(
  "%s goes on as it is, without what a client wrote there",
  (path) => {
    const env = newEnv();
    const plain = ask(path, { cookie: "a=b" });
    expect(withLiveFigures(plain, env)).toBe(plain);
    const clean = withLiveFigures(ask(path, { ...FORGED, cookie: "a=b" }), env);
    expect(Object.fromEntries(clean.headers)).toEqual({ cookie: "a=b" });
  },
);
