import { beforeAll, describe, expect, test, vi } from "vitest";
import type { Env } from "../../env";
import type { AccessToken } from "../../proxy/ports";
import { platform } from "../platform";
import { sharedState } from "../shared-state";
import { answerHandshake, answerInObject } from "./socket-object";
import { SocketSeats } from "./socket-seats";

const answered = (by: string) => Promise.resolve(new Response(by));

/** An environment with objects that respond by their names. */
function envOf(more: Partial<Env> = {}, fetch = answered): Env {
  const getByName = (name: string) => ({ fetch: () => fetch(name) });
  const PORTAL = {
    getByName,
    jurisdiction: (where: string) => ({
      getByName: (name: string) => getByName(`${where}/${name}`),
    }),
  };
  const env = { PORTAL, DB: {}, ...more } as unknown as Env;
  const state = sharedState(env);
  state.ready = () => null;
  state.findAccessToken = (text) => TOKENS[text] ?? null;
  return env;
}

const HOUR_MS = 3_600_000;
const tokenUntil = (expiresAtMs: number | null) => ({ id: "tok", expiresAtMs }) as AccessToken;
const TOKENS: Record<string, AccessToken | undefined> = {
  known: tokenUntil(null),
  lasting: tokenUntil(Date.now() + HOUR_MS),
  expired: tokenUntil(Date.now() - HOUR_MS),
};

/** @param cf What Cloudflare reports about the caller. */
function handshake(
  cf?: object,
  path = "/api/openai/v1/responses",
  headers: Record<string, string> = { authorization: "Bearer known" },
): Request {
  const request = new Request(`https://a.test${path}`, {
    headers: { upgrade: "websocket", ...headers },
  });
  return cf === undefined ? request : Object.defineProperty(request, "cf", { value: cf });
}

const kept: Promise<unknown>[] = [];
const host = { waitUntil: (work: Promise<unknown>) => kept.push(work) };

function ask(request: Request, env: Env) {
  const here = () => answered("the Worker");
  return answerInObject(request, env, host, here)?.then((answer) => answer.text());
}

// Each failure is logged.
beforeAll(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

describe("a WebSocket's handshake", () => {
  test.each([
    [{ continent: "EU" }, {}, "sockets EU 0"],
    [{ continent: "AS" }, { PORTAL_LOCATION: "weur" }, "sockets AS 0"],
    [{ continent: "a name that a caller chose" }, {}, "sockets 0"],
    [{}, {}, "sockets 0"],
    [undefined, {}, "sockets 0"],
    [{ continent: "AS" }, { PORTAL_LOCATION: "eu" }, "eu/sockets AS 0"],
  ])("from %j with %j goes to the object %s", async (cf, env, name) => {
    expect(await ask(handshake(cf), envOf(env))).toBe(name);
  });

  test.each([
    ["no object is bound", { PORTAL: undefined }],
    ["it is to stay in the Worker", { WEBSOCKETS: "worker" }],
  ])("is the Worker's where %s", (_, env) => {
    expect(ask(handshake(), envOf(env as Partial<Env>))).toBeUndefined();
  });

  test.each([
    "Exceeded allowed duration in Durable Objects free tier.",
    "Durable Object is overloaded. Too many requests queued.",
    "Network connection lost.",
  ])("is answered by the Worker where the object says: %s", async (message) => {
    const env = envOf({}, () => Promise.reject(new Error(message)));
    expect(await ask(handshake(), env)).toBe("the Worker");
  });

  test.each([
    ["known", true],
    ["lasting", true],
    ["expired", false],
    ["a guess", false],
    ["", false],
  ])("with the credential %j takes an object's time: %j", async (credential, isHandedOver) => {
    const places = [
      { authorization: `Bearer ${credential}` },
      { "x-api-key": credential },
      { "sec-websocket-protocol": `realtime, openai-insecure-api-key.${credential}` },
      { "sec-websocket-protocol": "realtime", "api-key": credential },
    ].filter((headers) => credential !== "" || !("sec-websocket-protocol" in headers));
    let asked = 0;
    const env = envOf({}, (name) => {
      asked += 1;
      return answered(name);
    });
    for (const headers of places) {
      const answer = await ask(handshake({ continent: "EU" }, undefined, headers), env);
      expect(answer).toBe(isHandedOver ? "sockets EU 0" : "the Worker");
    }
    expect(asked).toBe(isHandedOver ? places.length : 0);
  });

  test("whose caller cannot be read from the store takes no object's time", async () => {
    const env = envOf();
    sharedState(env).findAccessToken = () => Promise.reject(new Error("D1 is away"));
    expect(await ask(handshake(), env)).toBe("the Worker");
  });

  test("takes the first object with a seat, and the Worker where none has one", async () => {
    const seats = Array.from({ length: 8 }, () => new SocketSeats());
    const host = { waitUntil: () => {} };
    let nowMs = 0;
    const clock = vi.spyOn(platform, "nowMs").mockImplementation(() => nowMs);
    const leaves: (() => void)[] = [];
    let asked = 0;
    // As the objects do, except for the session itself.
    const env = envOf({}, async (name) => {
      asked += 1;
      const index = Number(name.split(" ").at(-1));
      const own = seats[index] ?? new SocketSeats();
      if (own.isFull)
        return (await answerHandshake(handshake(), env, host, own)) ?? Response.error();
      leaves.push(own.take());
      return new Response(name);
    });
    const from = () => handshake({ continent: "OC" });
    const places: (string | undefined)[] = [];
    for (let session = 0; session < 33; session += 1) places.push(await ask(from(), env));
    expect(places.slice(0, 6)).toEqual([
      ...Array.from({ length: 4 }, () => "sockets OC 0"),
      ...Array.from({ length: 2 }, () => "sockets OC 1"),
    ]);
    expect(places.slice(31)).toEqual(["sockets OC 7", "the Worker"]);

    // Each full object was called once, and isn't called again for a while, free or not.
    expect(asked).toBe(32 + 8);
    leaves[0]?.();
    expect(await ask(from(), env)).toBe("the Worker");
    expect(asked).toBe(40);
    nowMs += 10_000;
    expect(await ask(from(), env)).toBe("sockets OC 0");
    clock.mockRestore();
  });

  test("a seat is free again once, however often it is given back", () => {
    const seats = new SocketSeats();
    const leaves = Array.from({ length: 4 }, () => seats.take());
    expect(seats.isFull).toBe(true);
    leaves[0]?.();
    leaves[0]?.();
    expect(seats.isFull).toBe(false);
    seats.take();
    expect(seats.isFull).toBe(true);
  });

  test("a plain request is not handed over", () => {
    const get = new Request("https://a.test/api/openai/v1/models");
    expect(ask(get, envOf())).toBeUndefined();
    const post = new Request("https://a.test/v1/responses", {
      method: "POST",
      headers: { upgrade: "websocket" },
    });
    expect(ask(post, envOf())).toBeUndefined();
  });

  test.each(["/keys", "/api/admin/provider-keys", "/api/auth/session"])(
    "to %s is the portal's in the object too",
    (path) => {
      const host = { waitUntil: () => {} };
      const seats = new SocketSeats();
      expect(answerHandshake(handshake(undefined, path), envOf(), host, seats)).toBeNull();
    },
  );
});
