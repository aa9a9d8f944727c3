import { beforeAll, describe, expect, test, vi } from "vitest";
import type { Env } from "../env";
import { answerPortal, CHANGED_HEADER } from "./portal-door";
import { sharedState } from "./shared-state";

type Fetch = (request: Request) => Promise<Response>;

/** An environment whose object returns one of these after the other. */
function envOf(...answers: readonly Fetch[]) {
  const asked: { readonly name: string; readonly options: unknown }[] = [];
  const getByName = (name: string, options?: unknown) => {
    const fetch = answers[asked.push({ name, options }) - 1];
    return { fetch };
  };
  // The part of the binding that is used.
  const PORTAL = {
    getByName,
    jurisdiction: (where: string) => ({
      getByName: (name: string) => getByName(`${where}/${name}`),
    }),
  };
  const env = { DB: {}, PORTAL } as unknown as Env;
  return { env, asked };
}

const host = { waitUntil: () => {} };
const fails =
  (message: string, properties: object = {}) =>
  () =>
    Promise.reject(Object.assign(new Error(message), properties));

// Each failure is logged.
beforeAll(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

describe("answerPortal", () => {
  test("hands the request over as it is, and the answer back as it is", async () => {
    const request = new Request("https://a.test/keys", { headers: { cookie: "a=b" } });
    const answer = new Response("page", { headers: { "set-cookie": "c=d" } });
    const { env } = envOf(async (handed) => {
      expect(handed).toBe(request);
      return answer;
    });
    expect(await answerPortal(request, env, host)).toBe(answer);
  });

  test("what was changed there is read before the next proxied request, and the mark goes no further", async () => {
    const headers = { [CHANGED_HEADER]: "1", "content-type": "text/x" };
    const { env } = envOf(async () => new Response("done", { headers }));
    const state = sharedState(env);
    let expired = 0;
    state.expire = () => {
      expired += 1;
    };
    const answer = await answerPortal(new Request("https://a.test/"), env, host);
    expect(expired).toBe(1);
    expect(answer.headers.has(CHANGED_HEADER)).toBe(false);
    expect([answer.headers.get("content-type"), await answer.text()]).toEqual(["text/x", "done"]);
  });

  test("a read is retried with a new stub if the object went away during it", async () => {
    const reset = fails("Durable Object reset because its code was updated.", { retryable: true });
    const { env, asked } = envOf(reset, async () => new Response("page"));
    const answer = await answerPortal(new Request("https://a.test/"), env, host);
    expect(await answer.text()).toBe("page");
    expect(asked).toHaveLength(2);
  });

  test.each([
    ["POST", "Network connection lost.", {}],
    ["GET", "overloaded", { overloaded: true }],
    ["GET", "Exceeded allowed duration in Durable Objects free tier.", {}],
    ["GET", "x is not a function", { remote: true }],
  ])("%s is not repeated after: %s", async (method, message, properties) => {
    const { env, asked } = envOf(fails(message, properties));
    const answer = await answerPortal(new Request("https://a.test/", { method }), env, host);
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(asked).toHaveLength(1);
  });

  test.each([
    [undefined, "portal", undefined],
    ["", "portal", undefined],
    ["weur", "portal weur", { locationHint: "weur" }],
    ["eu", "eu/portal", undefined],
    ["mars", "portal", undefined],
  ])("PORTAL_LOCATION %s: the object %s", async (location, name, options) => {
    const { env, asked } = envOf(async () => new Response());
    if (location !== undefined) env.PORTAL_LOCATION = location;
    await answerPortal(new Request("https://a.test/"), env, host);
    expect(asked).toEqual([{ name, options }]);
  });
});
