/** Work that continues after its response: counted once, when it is finished, for the token that started it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AccessToken } from "../../lib/proxy/ports";
import { NO_LIMITS } from "../../lib/usage/token-limits";
import { MemoryWorks } from "../doors/memory-works";
import { type ScriptedProxy, scriptedProxy, type UpstreamCall } from "../doors/scripted-proxy";

const KEYS = {
  openai: ["sk-test-1"],
  anthropic: ["sk-ant-test-1"],
  "google-ai-studio": ["AIzaTest"],
  replicate: ["r8_test"],
};
const token = (id: string, ownerId: string | null): AccessToken => ({
  id,
  name: id,
  ownerId,
  scopes: null,
  expiresAtMs: null,
});
const TOKENS = new Map([
  ["maker", token("at_maker", "us_maker")],
  ["admin", { ...token("at_admin", null), isAdmin: true }],
]);

const json = (body: unknown, type = "application/json") =>
  new Response(typeof body === "string" ? body : JSON.stringify(body), {
    headers: { "content-type": type },
  });

function proxyOf(upstream: (call: UpstreamCall) => Response): ScriptedProxy {
  return scriptedProxy({ upstream, keys: KEYS, tokens: TOKENS });
}

async function ask(
  proxy: ScriptedProxy,
  method: string,
  path: string,
  by = "maker",
  body?: unknown,
) {
  const response = await proxy.fetch(path, {
    method,
    headers: { authorization: `Bearer ${by}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  await response.text();
  // The meter is done when everything it waited for is.
  await new Promise((resolve) => setTimeout(resolve, 0));
  return response;
}

/** Tokens of each request, in order: input, output, owner. */
const counts = (proxy: ScriptedProxy) =>
  proxy.usage.events.map(({ usage, tokenId }) => [
    usage?.inputTokens ?? null,
    usage?.outputTokens ?? null,
    tokenId,
  ]);

interface Case {
  readonly name: string;
  /** Where it is started, and where it is fetched. */
  readonly begin: string;
  readonly ask: string;
  readonly begun: unknown;
  readonly underWay: unknown;
  readonly finished: unknown;
  readonly type?: string;
  readonly counts: readonly [input: number, output: number];
  readonly model: string | null;
  readonly tier?: string;
}

const RESPONSE = {
  id: "resp_1",
  object: "response",
  background: true,
  model: "gpt-5-mini-2025-08-07",
};
const RUN = { id: "run_1", object: "thread.run", model: "gpt-4o" };
const BATCH = { id: "batch_1", object: "batch", endpoint: "/v1/chat/completions" };
const GEMINI_BATCH = (state: string) => ({
  name: "batches/b1abcdef",
  metadata: { name: "batches/b1abcdef", model: "models/gemini-2.5-flash", state },
});
const INTERACTION = { id: "v1_abc", object: "interaction", model: "gemini-2.5-flash" };
const PREDICTION = { id: "p1abcdef", model: "meta/meta-llama-3-8b-instruct" };

const CASES: readonly Case[] = [
  {
    name: "a background response",
    begin: "/api/openai/v1/responses",
    ask: "/api/openai/v1/responses/resp_1",
    begun: { ...RESPONSE, status: "queued", usage: null, output: [] },
    underWay: { ...RESPONSE, status: "in_progress", usage: null, output: [] },
    finished: {
      ...RESPONSE,
      status: "completed",
      output: [{ type: "message", id: "msg_1", status: "completed", content: [{ text: "4" }] }],
      usage: { input_tokens: 14, output_tokens: 12, total_tokens: 26 },
    },
    counts: [14, 12],
    model: "gpt-5-mini",
  },
  {
    name: "a thread's run",
    begin: "/api/openai/v1/threads/thread_1/runs",
    ask: "/api/openai/v1/threads/thread_1/runs/run_1",
    begun: { ...RUN, status: "queued", usage: null },
    underWay: { ...RUN, status: "requires_action", usage: null },
    finished: {
      ...RUN,
      status: "completed",
      usage: { prompt_tokens: 30, completion_tokens: 7, total_tokens: 37 },
    },
    counts: [30, 7],
    model: "gpt-5-mini",
  },
  {
    name: "OpenAI's batch",
    begin: "/api/openai/v1/batches",
    ask: "/api/openai/v1/batches/batch_1",
    begun: { ...BATCH, status: "validating" },
    underWay: { ...BATCH, status: "in_progress", usage: { input_tokens: 0, output_tokens: 0 } },
    finished: {
      ...BATCH,
      status: "completed",
      model: "gpt-5-mini-2025-08-07",
      usage: { input_tokens: 100, output_tokens: 20, total_tokens: 120 },
    },
    counts: [100, 20],
    model: "gpt-5-mini",
    tier: "batch",
  },
  {
    name: "Anthropic's batch",
    begin: "/api/anthropic/v1/messages/batches",
    ask: "/api/anthropic/v1/messages/batches/msgbatch_1/results",
    begun: { id: "msgbatch_1", type: "message_batch", processing_status: "in_progress" },
    underWay: { type: "error", error: { type: "not_found_error", message: "no results yet" } },
    finished: [20, 19]
      .map((input_tokens) =>
        JSON.stringify({
          custom_id: "1",
          result: {
            type: "succeeded",
            message: {
              model: "claude-haiku-4-5-20251001",
              usage: { input_tokens, output_tokens: 5, service_tier: "batch" },
            },
          },
        }),
      )
      .join("\n"),
    type: "application/x-jsonl",
    counts: [39, 10],
    model: "gpt-5-mini",
    tier: "batch",
  },
  {
    name: "Gemini's batch",
    begin: "/api/google-ai-studio/v1beta/models/gemini-2.5-flash:batchGenerateContent",
    ask: "/api/google-ai-studio/v1beta/batches/b1abcdef",
    begun: GEMINI_BATCH("BATCH_STATE_PENDING"),
    underWay: GEMINI_BATCH("BATCH_STATE_RUNNING"),
    finished: {
      ...GEMINI_BATCH("BATCH_STATE_SUCCEEDED"),
      done: true,
      response: {
        inlinedResponses: {
          inlinedResponses: [
            ...[7, 9].map((promptTokenCount) => ({
              response: {
                candidates: [{ content: { parts: [{ text: '{"usageMetadata":{"a":1}}' }] } }],
                usageMetadata: { promptTokenCount, candidatesTokenCount: 5, thoughtsTokenCount: 3 },
                modelVersion: "gemini-2.5-flash",
              },
            })),
            { error: { code: 13, message: "Internal" } },
          ],
        },
      },
    },
    counts: [16, 16],
    model: "gemini-2.5-flash",
    tier: "batch",
  },
  {
    name: "a background interaction",
    begin: "/api/google-ai-studio/v1beta/interactions",
    ask: "/api/google-ai-studio/v1beta/interactions/v1_abc",
    begun: { ...INTERACTION, status: "in_progress" },
    underWay: { ...INTERACTION, status: "in_progress" },
    finished: {
      ...INTERACTION,
      status: "completed",
      usage: { total_input_tokens: 7, total_output_tokens: 26, total_tokens: 33 },
    },
    counts: [7, 26],
    model: "gpt-5-mini",
  },
  {
    name: "a prediction",
    begin: "/api/replicate/v1/predictions",
    ask: "/api/replicate/v1/predictions/p1abcdef",
    begun: { ...PREDICTION, status: "starting" },
    underWay: { ...PREDICTION, status: "processing" },
    finished: {
      ...PREDICTION,
      status: "succeeded",
      output: ["He", "llo"],
      metrics: { predict_time: 1.5, input_token_count: 5, output_token_count: 6 },
    },
    counts: [5, 6],
    model: "gpt-5-mini",
  },
];

describe.each(CASES.map((each) => [each.name, each] as const))("%s", (_, each) => {
  const [input, output] = each.counts;
  const request = { model: "gpt-5-mini", input: "What is 2 + 2?", background: true };

  test("is counted once, with the first answer that tells its use", async () => {
    let answer: Response | null = null;
    const proxy = proxyOf(() => answer ?? json({}));
    answer = json(each.begun);
    await ask(proxy, "POST", each.begin, "maker", request);
    answer = json(each.underWay);
    await ask(proxy, "GET", each.ask);
    for (let poll = 0; poll < 3; poll += 1) {
      answer = json(each.finished, each.type);
      await ask(proxy, "GET", each.ask);
    }
    expect(counts(proxy)).toEqual([
      [null, null, "at_maker"],
      [null, null, "at_maker"],
      [input, output, "at_maker"],
      [null, null, "at_maker"],
      [null, null, "at_maker"],
    ]);
    const counted = proxy.usage.events[2];
    expect(counted?.model).toBe(each.model);
    expect(counted?.usage?.tier).toBe(each.tier ?? null);
    expect(counted?.usage?.isEstimate).toBe(false);
  });

  test("for the token that began it, whoever polls", async () => {
    let answer: Response | null = null;
    const proxy = proxyOf(() => answer ?? json({}));
    answer = json(each.begun);
    await ask(proxy, "POST", each.begin, "maker", request);
    for (const by of ["admin", "maker"]) {
      answer = json(each.finished, each.type);
      await ask(proxy, "GET", each.ask, by);
    }
    expect(counts(proxy)).toEqual([
      [null, null, "at_maker"],
      [null, null, "at_admin"],
      [input, output, "at_maker"],
      [null, null, "at_maker"],
    ]);
    // The usage is the maker's, the request wasn't.
    expect(proxy.usage.events[2]).toMatchObject({ userId: "us_maker", part: "turn" });
  });

  test("begun elsewhere, it belongs to no one here", async () => {
    const proxy = proxyOf(() => json(each.finished, each.type));
    await ask(proxy, "GET", each.ask);
    expect(counts(proxy)).toEqual([[null, null, "at_maker"]]);
  });
});

test("a response that is answered at once is counted then, and not when it is read again", async () => {
  const finished = {
    ...RESPONSE,
    background: false,
    status: "completed",
    usage: { input_tokens: 14, output_tokens: 12 },
  };
  const proxy = proxyOf(() => json(finished));
  await ask(proxy, "POST", "/api/openai/v1/responses", "maker", { model: "gpt-5-mini" });
  await ask(proxy, "GET", "/api/openai/v1/responses/resp_1");
  expect(counts(proxy)).toEqual([
    [14, 12, "at_maker"],
    [null, null, "at_maker"],
  ]);
});

test("a read that names usage uses nothing", async () => {
  const proxy = proxyOf(() => json({ id: "chatcmpl-1", usage: { prompt_tokens: 5 } }));
  await ask(proxy, "GET", "/api/openai/v1/chat/completions/chatcmpl-1");
  expect(counts(proxy)).toEqual([[null, null, "at_maker"]]);
});

test("cancelled work is counted by what it came to", async () => {
  let answer = json({ ...RESPONSE, status: "in_progress", usage: null });
  const proxy = proxyOf(() => answer);
  await ask(proxy, "POST", "/api/openai/v1/responses", "maker", { model: "gpt-5-mini" });
  for (let poll = 0; poll < 2; poll += 1) {
    answer = json({
      ...RESPONSE,
      status: "cancelled",
      usage: { input_tokens: 14, output_tokens: 3 },
    });
    await ask(proxy, "POST", "/api/openai/v1/responses/resp_1/cancel");
  }
  expect(counts(proxy).map(([input]) => input)).toEqual([null, 14, null]);
});

describe("a batch whose results are in a file", () => {
  const FILES: readonly (readonly [
    name: string,
    paths: { readonly begin: string; readonly ask: string; readonly file: string },
    answers: {
      readonly begun: object;
      readonly finished: object;
      readonly lines: readonly object[];
    },
  ])[] = [
    [
      "of OpenAI's kind",
      {
        begin: "/api/openai/v1/batches",
        ask: "/api/openai/v1/batches/batch_1",
        file: "/api/openai/v1/files/file-out12345/content",
      },
      {
        begun: { ...BATCH, status: "validating" },
        finished: { ...BATCH, status: "completed", output_file_id: "file-out12345" },
        lines: [40, 60].map((prompt_tokens) => ({
          custom_id: "1",
          response: {
            status_code: 200,
            body: {
              model: "gpt-5-mini-2025-08-07",
              usage: { prompt_tokens, completion_tokens: 10 },
            },
          },
        })),
      },
    ],
    [
      "of Gemini",
      {
        begin: "/api/google-ai-studio/v1beta/models/gemini-2.5-flash:batchGenerateContent",
        ask: "/api/google-ai-studio/v1beta/batches/b1abcdef",
        file: "/api/google-ai-studio/download/v1beta/files/batch-b1abcdef:download?alt=media",
      },
      {
        begun: GEMINI_BATCH("BATCH_STATE_PENDING"),
        finished: {
          ...GEMINI_BATCH("BATCH_STATE_SUCCEEDED"),
          response: { responsesFile: "files/batch-b1abcdef" },
        },
        lines: [40, 60].map((promptTokenCount) => ({
          key: "1",
          response: {
            usageMetadata: { promptTokenCount, candidatesTokenCount: 10 },
            modelVersion: "gemini-2.5-flash",
          },
        })),
      },
    ],
  ];

  test.each(FILES)("%s is counted once, when they are fetched", async (_, paths, answers) => {
    let answer = json(answers.begun);
    const proxy = proxyOf(() => answer);
    await ask(proxy, "POST", paths.begin, "maker", { model: "gpt-5-mini" });
    for (let poll = 0; poll < 2; poll += 1) {
      answer = json(answers.finished);
      await ask(proxy, "GET", paths.ask);
    }
    const text = answers.lines.map((line) => JSON.stringify(line)).join("\n");
    for (let fetched = 0; fetched < 2; fetched += 1) {
      answer = json(text, "application/octet-stream");
      await ask(proxy, "GET", paths.file);
    }
    expect(counts(proxy)).toEqual([
      [null, null, "at_maker"],
      [null, null, "at_maker"],
      [null, null, "at_maker"],
      [100, 20, "at_maker"],
      [null, null, "at_maker"],
    ]);
    expect(proxy.usage.events[3]?.usage).toMatchObject({ tier: "batch", answers: 2 });
  });

  test.each([
    ["an upload of its own that tells usage", '{"usage":{"prompt_tokens":5}}'],
    ["what is no JSON", "\u0000\u0001{}"],
  ])("%s is none", async (_, text) => {
    const proxy = proxyOf(() => json(text, "application/octet-stream"));
    await ask(proxy, "GET", "/api/openai/v1/files/file-own12345/content");
    expect(counts(proxy)).toEqual([[null, null, "at_maker"]]);
  });
});

describe("under a budget", () => {
  const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));
  /** The most output of each piece of work, in tokens; the request itself has some more. */
  const MOST = 1_000;
  const ROOM = 50;
  const PATH = "/api/openai/v1/responses";
  const BODY = { model: "gpt-5-mini", input: "hi", background: true, max_output_tokens: MOST };

  interface Work {
    status: "queued" | "completed" | "failed" | "cancelled";
    /** Which isolate's response has said first how it ended; null for none yet. */
    toldBy: "here" | "elsewhere" | null;
    output: number;
  }

  /** An upstream whose work goes on until it is told how it ends, and two isolates that share a store. */
  function start(limits: object, kind: "token" | "member" | "group") {
    const works: Work[] = [];
    const holder = {
      kind,
      id: "at_maker",
      budgetId: "at_maker",
      limits: { ...NO_LIMITS, ...limits },
    };
    const tokens = new Map<string, AccessToken>([
      ["maker", { ...token("at_maker", "us_maker"), limitHolders: [holder], maxWaitMs: 100 }],
      ["admin", { ...token("at_admin", null), isAdmin: true }],
    ]);
    const upstream = ({ method, url }: UpstreamCall) => {
      if (method === "POST" && !url.pathname.endsWith("/cancel")) {
        works.push({ status: "queued", toldBy: null, output: 0 });
        return json({ id: `resp_${works.length - 1}`, status: "queued" });
      }
      const index = Number(/resp_(\d+)/.exec(url.pathname)?.[1]);
      const work = works[index];
      if (work === undefined) return json({ error: { message: "no such response" } });
      if (method === "POST" && work.status === "queued") work.status = "cancelled";
      const usage = { input_tokens: 1, output_tokens: work.output };
      const isDone = work.status === "completed";
      return json({ id: `resp_${index}`, status: work.status, ...(isDone && { usage }) });
    };
    const shared = new MemoryWorks();
    const [here, elsewhere] = [0, 1].map(() =>
      scriptedProxy({ upstream, keys: KEYS, tokens, works: shared }),
    );
    if (here === undefined || elsewhere === undefined) throw new Error("no proxy");
    return { works, here, elsewhere };
  }

  const deed = fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("begin" as const) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom(
          "complete" as const,
          "fail" as const,
          "cancel" as const,
          "poll" as const,
        ),
        which: fc.nat(20),
        output: fc.nat(MOST),
        isElsewhere: fc.boolean(),
      }),
    },
  );

  test(`what goes on holds it until its usage is known, whoever fetches it (seed ${SEED})`, async () => {
    const limit = fc.constantFrom(
      { dailyTokens: 5_000 },
      // A million tokens cost a dollar.
      { dailyCostUsd: 0.005 },
      { monthlyCostUsd: 0.005 },
    );
    const kind = fc.constantFrom("token" as const, "member" as const, "group" as const);
    const reached = new Set<number>();
    const history = fc.record({
      limit,
      kind,
      deeds: fc.array(deed, { minLength: 15, maxLength: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(history, async ({ limit: limits, kind: of, deeds }) => {
        const { works, here, elsewhere } = start(limits, of);
        for (const each of deeds) {
          if (each.kind === "begin") {
            // What others have counted is in the store, which there is none of here.
            const ended = works.reduce((sum, { status, toldBy, output }) => {
              if (toldBy !== "here" || status === "failed") return sum;
              return sum + (status === "completed" ? output + 1 : MOST);
            }, 0);
            // Open work counts as it would at the most.
            const open = works.filter(({ toldBy }) => toldBy === null).length;
            await here.clock.advance(2_000);
            const { status } = await ask(here, "POST", PATH, "maker", BODY);
            reached.add(status);
            const held = ended + open * MOST;
            // With nothing open, what is left is enough for one more.
            if (status === 200) expect(open === 0 ? ended : held + MOST).toBeLessThanOrEqual(5_000);
            else expect(held + (open + 1) * ROOM + MOST).toBeGreaterThan(5_000);
            continue;
          }
          const work = works[each.which % Math.max(1, works.length)];
          if (work === undefined) continue;
          if (work.status === "queued" && each.kind === "complete") {
            work.status = "completed";
            work.output = each.output;
          } else if (work.status === "queued" && each.kind === "fail") work.status = "failed";
          // A failure that another isolate sees is not known here.
          const isElsewhere = each.isElsewhere && work.status !== "failed";
          const isCancel = each.kind === "cancel";
          const path = `${PATH}/resp_${works.indexOf(work)}${isCancel ? "/cancel" : ""}`;
          const by = isElsewhere ? "admin" : "maker";
          const { status } = await ask(
            isElsewhere ? elsewhere : here,
            isCancel ? "POST" : "GET",
            path,
            by,
          );
          if (status === 200 && work.status !== "queued") {
            work.toldBy ??= isElsewhere ? "elsewhere" : "here";
          }
        }
      }),
      { seed: SEED, numRuns: 20 },
    );
    expect([...reached].sort()).toEqual([200, 429]);
  });

  test("what no one fetches holds it for a day", async () => {
    const { here } = start({ monthlyCostUsd: 0.005 }, "group");
    const begin = async () => (await ask(here, "POST", PATH, "maker", BODY)).status;
    const statuses: number[] = [];
    for (let index = 0; index < 6; index += 1) statuses.push(await begin());
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
    await here.clock.advance(23 * 3_600_000);
    expect(await begin()).toBe(429);
    await here.clock.advance(2 * 3_600_000);
    expect(await begin()).toBe(200);
  });
});
