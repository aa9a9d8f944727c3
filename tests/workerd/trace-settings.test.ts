/** Where traces go: set by an admin, its headers sealed, and told to nobody. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { auditLog } from "../../lib/db/schema/team-schema";
import { readSettings as readStored } from "../../lib/db/team/settings";
import { resealProviderKeys } from "../../lib/manage/keys/reseal-provider-keys";
import type { ManageContext } from "../../lib/manage/manage-context";
import { changeSettings } from "../../lib/manage/settings/change-settings";
import { readSettings } from "../../lib/manage/settings/read-settings";
import {
  changeTraceSettings,
  readTraceSettings,
  type TraceDeployment,
  testTraceSettings,
} from "../../lib/manage/settings/trace-settings";
import { receiverOf } from "../../lib/runtime/traces";
import { ACTOR, db, emptyStore, SECRETS } from "./test-store";

const ENDPOINT = "https://otlp.one-balance.dev";
const SECRET = "fake-receiver-secret";
const context: ManageContext = { db, secrets: SECRETS, nowMs: () => 1_000, actor: ACTOR };

let answer: Response;
const posts: { readonly url: string; readonly headers: Headers }[] = [];
const deployment: TraceDeployment = {
  byVariable: null,
  receiverOf,
  fetch: async (url, init) => {
    posts.push({ url, headers: new Headers(init.headers) });
    return answer;
  },
};

beforeEach(async () => {
  await emptyStore();
  posts.length = 0;
  answer = Response.json({});
});

const set = (headers = `x-key=${SECRET}`) =>
  changeTraceSettings(context, { endpoint: ENDPOINT, headers });

describe("headers", () => {
  test("are sealed in D1, and in no answer, log or page", async () => {
    await set();
    expect(await readTraceSettings(context, deployment)).toEqual({
      ...{ endpoint: ENDPOINT, hasHeaders: true, isByVariable: false },
    });
    const everything = await Promise.all([
      readSettings(context),
      changeSettings(context, { section: "logging", changes: { errorWords: false } }),
      db.select().from(auditLog),
      env.DB.prepare("select * from settings").all(),
    ]);
    expect(JSON.stringify(everything)).not.toContain(SECRET);
    expect(everything[0]).not.toHaveProperty("traces");
    const [entry] = everything[2];
    expect(entry).toMatchObject({
      subjectId: "traces",
      before: { endpoint: "", hasHeaders: false },
      after: { endpoint: ENDPOINT, hasHeaders: true, headersChanged: true },
    });
  });

  test("stay with their address, and go with it", async () => {
    await set();
    await changeTraceSettings(context, { endpoint: ENDPOINT });
    expect((await readTraceSettings(context, deployment)).hasHeaders).toBe(true);
    await changeTraceSettings(context, { endpoint: "https://elsewhere.one-balance.dev" });
    expect((await readTraceSettings(context, deployment)).hasHeaders).toBe(false);
  });

  test("are sealed again under a new secret", async () => {
    await set();
    const secrets = { current: "another secret", previous: SECRETS.current };
    await resealProviderKeys({ ...context, secrets }, { limit: 10 });
    const { settings } = await readStored(db);
    const alone = { current: "another secret", previous: null };
    expect((await receiverOf(settings.traces, alone)).headers).toEqual({ "x-key": SECRET });
  });

  test.each(["no value", "host=a"])("%j is refused", async (headers) => {
    await expect(set(headers)).rejects.toThrow("headers: name=value,name=value is expected");
  });
});

test.each(["http://otlp.one-balance.dev", "https://10.0.0.7", "https://localhost"])(
  "%s may not be named",
  async (endpoint) => {
    await expect(changeTraceSettings(context, { endpoint })).rejects.toThrow("endpoint: ");
    expect((await readTraceSettings(context, deployment)).endpoint).toBe("");
  },
);

describe("a test", () => {
  test("posts a span with the headers, and is logged", async () => {
    await set();
    expect(await testTraceSettings(context, deployment)).toBeNull();
    expect(posts.map(({ url }) => url)).toEqual([`${ENDPOINT}/v1/traces`]);
    expect(posts[0]?.headers.get("x-key")).toBe(SECRET);
    const log = await db.select().from(auditLog);
    expect(log.map(({ action }) => action)).toContain("traces.test");
  });

  test("says what the receiver said, without the headers", async () => {
    await set(`authorization=Bearer%20${SECRET}`);
    answer = new Response(`unknown key ${SECRET}`, { status: 401 });
    const problem = await testTraceSettings(context, deployment);
    expect(problem).toMatch(/^401 unknown key/);
    expect(problem).not.toContain(SECRET);
  });

  test("of an address that may not be named is refused, however it got there", async () => {
    const lenient = { ...context, allowPrivateUpstreams: true };
    await changeTraceSettings(lenient, { endpoint: "http://10.0.0.7" });
    await expect(testTraceSettings(context, deployment)).rejects.toThrow("endpoint: ");
    expect(posts).toEqual([]);
    expect(await testTraceSettings(lenient, deployment)).toBeNull();
  });

  test("of nothing is refused", async () => {
    await expect(testTraceSettings(context, deployment)).rejects.toThrow("no receiver");
  });
});
