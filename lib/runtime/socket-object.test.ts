import { beforeAll, describe, expect, test, vi } from "vitest";
import type { Env } from "../env";
import { answerHandshake, answerInObject } from "./socket-object";
import { SocketSeats } from "./socket-seats";

const answered = (by: string) => Promise.resolve(new Response(by));

/** An environment with objects that answer by their names. */
function envOf(more: Partial<Env> = {}, fetch = answered): Env {
  const getByName = (name: string) => ({ fetch: () => fetch(name) });
  const PORTAL = {
    getByName,
    jurisdiction: (where: string) => ({
      getByName: (name: string) => getByName(`${where}/${name}`),
    }),
  };
  return { PORTAL, ...more } as unknown as Env;
}

function handshake(cf?: object, path = "/api/openai/v1/responses"): Request {
  const request = new Request(`https://a.test${path}`, { headers: { upgrade: "websocket" } });
  return cf === undefined ? request : Object.defineProperty(request, "cf", { value: cf });
}

const ask = (request: Request, env: Env) =>
  answerInObject(request, env, () => answered("the Worker"))?.then((answer) => answer.text());

// Each trouble is logged.
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

  test("takes the first object with a seat, and the Worker where none has one", async () => {
    const seats = Array.from({ length: 8 }, () => new SocketSeats());
    const host = { waitUntil: () => {} };
    // As the objects do, but for the session itself.
    const env = envOf({}, async (name) => {
      const index = Number(name.split(" ").at(-1));
      const own = seats[index] ?? new SocketSeats();
      if (own.isFull)
        return (await answerHandshake(handshake(), env, host, own)) ?? Response.error();
      own.take();
      return new Response(name);
    });
    const places: (string | undefined)[] = [];
    for (let session = 0; session < 33; session += 1) places.push(await ask(handshake(), env));
    expect(places.slice(0, 6)).toEqual([
      ...Array.from({ length: 4 }, () => "sockets 0"),
      ...Array.from({ length: 2 }, () => "sockets 1"),
    ]);
    expect(places.slice(31)).toEqual(["sockets 7", "the Worker"]);
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
    expect(ask(new Request("https://a.test/api/openai/v1/models"), envOf())).toBeUndefined();
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
