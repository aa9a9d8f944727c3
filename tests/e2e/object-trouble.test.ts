/** The proxy keeps serving whatever happens to the portal's object, and the portal says what is wrong. */
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Door } from "../doors/door.ts";
import { describeProxy } from "../doors/proxy-list.ts";
import { openServerDoor } from "../doors/server-door.ts";
import { ADMIN_TOKEN, type Stack, startStack } from "./harness.ts";
import { OBJECT_MODE_PATH, type ObjectMode } from "./object-mode.ts";
import { openNodeSocket } from "./web-socket-client.ts";
import { wrappedWorkerDir } from "./wrapped-worker.ts";

const ENTRY = "troubled-object-entry.ts";

/** The list needs the admin API between its tests: the object is available for those calls only. */
async function openTroubledDoor(mode: ObjectMode): Promise<Door> {
  const workerDir = await wrappedWorkerDir(ENTRY);
  const door = await openServerDoor(workerDir, false);
  const setMode = async (next: ObjectMode) => {
    await door.fetch(OBJECT_MODE_PATH, { method: "POST", body: next });
  };
  const aside = async <Outcome>(work: () => Promise<Outcome>) => {
    await setMode("none");
    return work().finally(() => setMode(mode));
  };
  return {
    ...door,
    setKeys: (provider, keys) => aside(() => door.setKeys(provider, keys)),
    keyStates: (provider) => aside(() => door.keyStates(provider)),
    async close() {
      await door.close();
      await rm(workerDir, { recursive: true, force: true });
    },
  };
}

describe.each(["stopped", "overloaded", "over-duration"] as const)("object %s", (mode) => {
  describeProxy(`the Worker's entry, object ${mode}`, () => openTroubledDoor(mode));
});

describe("without its objects", () => {
  let workerDir = "";
  let stack: Stack;
  beforeAll(async () => {
    workerDir = await wrappedWorkerDir(ENTRY);
    const vars = { WEBSOCKETS: "object" };
    stack = await startStack({
      ...{ workerDir, hasObject: false, vars, onLog: () => undefined },
      upstream: { unknownKey: () => ({ kind: "ok" }) },
    });
  });
  afterAll(async () => {
    await stack?.close();
    await rm(workerDir, { recursive: true, force: true });
  });

  const setMode = (mode: ObjectMode) => ask(OBJECT_MODE_PATH, { method: "POST", body: mode });
  const ask = (path: string, init?: RequestInit) => fetch(`${stack.url}${path}`, init);

  test.each([
    ["stopped", 503, "portal_away"],
    ["overloaded", 503, "portal_overloaded"],
    ["over-requests", 503, "portal_allowance"],
    ["over-duration", 503, "portal_allowance"],
    ["faulty", 500, "portal_fault"],
  ] as const)("object %s: a plain page and JSON, %i", async (mode, status, code) => {
    await setMode("none");
    await stack.admin.addKeys("openai", ["sk-fake-openai"]);
    await setMode(mode);
    const page = await ask("/keys", { headers: { "accept-language": "en" } });
    expect(page.status).toBe(status);
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(await page.text()).toContain("Proxied requests are served as usual");
    for (const method of ["GET", "POST"]) {
      const answer = await ask("/api/admin/provider-keys", {
        method,
        headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
        ...(method === "POST" && { body: "{}" }),
      });
      expect(answer.status).toBe(status);
      expect(await answer.json()).toMatchObject({ error: { code } });
      const retryAfterS = Number(answer.headers.get("retry-after"));
      if (code === "portal_allowance") {
        // 00:00 UTC, plus or minus the time of this test.
        expect((Date.now() / 1_000 + retryAfterS) % 86_400).toBeLessThan(30);
      } else expect(retryAfterS).toBe({ 503: mode === "overloaded" ? 10 : 5, 500: 0 }[status]);
    }
    const socket = await openNodeSocket(
      `${stack.url.replace("http", "ws")}/api/openai/realtime?model=gpt-realtime`,
      { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } },
    );
    // In this case the Worker holds the session.
    expect(await socket.next()).toMatchObject({ type: "session.created" });
    socket.close();
    const health = await ask("/api/health");
    expect([health.status, await health.json()]).toEqual([200, { status: "ok" }]);
  });
});
