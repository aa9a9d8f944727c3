/** Traces as a collector sees them: decoded by OpenTelemetry's own schema of OTLP. */
import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { customProvider } from "../../lib/providers/custom-provider.ts";
import { operationOf, providerName } from "../../lib/traces/gen-ai.ts";
import { otlpTraces } from "../../lib/traces/otlp.ts";
import { parseHeaders, type TraceReceiver, tracesUrl } from "../../lib/traces/receiver.ts";
import { spansOf } from "../../lib/traces/request-spans.ts";
import { attemptSpanId, nthSpanId, traceOf } from "../../lib/traces/trace-context.ts";
import { TraceExporter } from "../../lib/traces/trace-exporter.ts";
import type { RequestEvent } from "../../lib/usage/request-event.ts";
import { readDocument, tableRows } from "../docs/markdown.ts";
import { scriptedProxy, type UpstreamScript } from "../doors/scripted-proxy.ts";
import { VirtualClock } from "../doors/virtual-clock.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";
const KEYS = ["sk-fake-key-number-1", "sk-fake-key-number-2"];
const SECRET_WORDS = "the prompt that nobody may read";

interface Message {
  verify(value: object): string | null;
  fromObject(value: object): object;
  encode(value: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
  toObject(value: object, options: object): DecodedRequest;
}
interface DecodedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly status: { readonly code: number };
}
interface DecodedRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: DecodedSpan["attributes"] };
    readonly scopeSpans: readonly { readonly spans: readonly DecodedSpan[] }[];
  }[];
}

// The package keeps the schema to itself.
const { opentelemetry } = createRequire(import.meta.url)(
  "@opentelemetry/otlp-transformer/build/src/generated/root",
) as {
  opentelemetry: {
    proto: { collector: { trace: { v1: { ExportTraceServiceRequest: Message } } } };
  };
};
const Schema = opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;

const ID_FIELDS = new Set(["traceId", "spanId", "parentSpanId"]);

/** OTLP's JSON says ids in hexadecimal, where protobuf's own mapping has base64. */
function toProtoJson(value: unknown, field = ""): unknown {
  if (typeof value === "string" && ID_FIELDS.has(field)) return Buffer.from(value, "hex");
  if (Array.isArray(value)) return value.map((each) => toProtoJson(each));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, toProtoJson(each, name)]),
  );
}

/** What a collector reads: the JSON through the schema, into bytes and out again. Fields that it lacks are an error. */
function decoded(json: string): readonly DecodedSpan[] {
  const message = Schema.fromObject(toProtoJson(JSON.parse(json)) as object);
  expect(Schema.verify(message)).toBeNull();
  const options = { longs: String, bytes: Array };
  const object = Schema.toObject(Schema.decode(Schema.encode(message).finish()), options);
  expect(withoutNothing(toHex(object))).toEqual(withoutNothing(JSON.parse(json)));
  return toHex(object).resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans),
  );
}

function toHex<Value>(value: Value, field = ""): Value {
  if (ID_FIELDS.has(field))
    return Buffer.from(value as unknown as number[]).toString("hex") as Value;
  if (Array.isArray(value)) return value.map((each) => toHex(each)) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, toHex(each, name)]),
  ) as Value;
}

/** Protobuf leaves out what is the default. */
function withoutNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNothing);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) =>
      each === 0 || each === "" || each === false ? [] : [[name, withoutNothing(each)]],
    ),
  );
}

/** A span's attributes as plain values. */
function attributesOf({ attributes }: DecodedSpan): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const [kind = "", raw] = Object.entries(value)[0] ?? [];
      return [key, kind === "intValue" ? Number(raw) : raw];
    }),
  );
}

const hex = () => {
  let count = 0;
  return (digits: number) => {
    count += 1;
    return String(count).padStart(digits, "a");
  };
};

function tracedProxy(
  upstream: UpstreamScript,
  more: Partial<Parameters<typeof scriptedProxy>[0]> = {},
) {
  const random = hex();
  const proxy = scriptedProxy({
    keys: { openai: KEYS },
    upstream,
    ...more,
    traces: { begin: (headers) => traceOf(headers, random) },
  });
  const spans = () => {
    const all = proxy.usage.events.flatMap((event) => spansOf(event, 42_000));
    const json = JSON.stringify(otlpTraces(all));
    // Without a store, keys have their texts for ids.
    const withoutIds = json.replaceAll('"pk_', '"');
    expect(
      KEYS.some((key) => withoutIds.replaceAll(`"stringValue":"${key}"`, "").includes(key)),
    ).toBe(false);
    expect(json).not.toContain(SECRET_WORDS);
    if (all.length === 0) return [];
    return decoded(json);
  };
  return { proxy, spans };
}

const KINDS: Readonly<Record<number, string>> = { 2: "server", 3: "client" };

/** Spans as the rows of a table, a span in each column. */
function rowsOf(spans: readonly DecodedSpan[]): string[][] {
  // Which key is first is chance.
  const keyIds = spans.map((span) => String(attributesOf(span)["one_balance.key.id"]));
  const nameOf = (value: string) =>
    value.startsWith("pk_") ? `pk_${keyIds.indexOf(value)}` : value;
  const code = (value: unknown) => (value === undefined ? "" : `\`${nameOf(String(value))}\``);
  const all = spans.map(attributesOf);
  const startMs = (span: DecodedSpan) => Number(BigInt(span.startTimeUnixNano) / 1_000_000n);
  const endMs = (span: DecodedSpan) => Number(BigInt(span.endTimeUnixNano) / 1_000_000n);
  const [first] = spans;
  const beginMs = first === undefined ? 0 : startMs(first);
  return [
    ["trace", ...spans.map(({ traceId }) => code(traceId))],
    ["span", ...spans.map(({ spanId }) => code(spanId))],
    ["parent", ...spans.map(({ parentSpanId }) => code(parentSpanId))],
    ["name", ...spans.map(({ name }) => code(name))],
    ["kind", ...spans.map(({ kind }) => KINDS[kind] ?? "")],
    ["status", ...spans.map(({ status }) => (status?.code === 2 ? "error" : "unset"))],
    [
      "begins, ends (ms)",
      ...spans.map((span) => `${startMs(span) - beginMs}, ${endMs(span) - beginMs}`),
    ],
    ...[...new Set(all.flatMap((each) => Object.keys(each)))].map((key) => [
      code(key),
      ...all.map((each) => code(each[key])),
    ]),
  ];
}

const chunk = (text: string) =>
  `data: ${JSON.stringify({ id: "c", model: "gpt-5-mini-2026", choices: [{ index: 0, delta: { content: text } }] })}\n\n`;
const END = `data: ${JSON.stringify({ id: "c", model: "gpt-5-mini-2026", choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 } })}\n\ndata: [DONE]\n\n`;

describe("a retried, converted, streamed call", () => {
  test("is a trace of one request and two attempts, below the caller's span", async () => {
    let asked = 0;
    const { proxy, spans } = tracedProxy(async (call, clock) => {
      asked += 1;
      await clock.pause(30);
      if (asked === 1) {
        const error = { message: `Rate limit: ${SECRET_WORDS}`, code: "rate_limit_exceeded" };
        return Response.json({ error }, { status: 429, headers: { "retry-after": "20" } });
      }
      expect(call.headers.get("traceparent")).toBe(
        `00-${TRACE}-${attemptSpanId({ spanId: "aaaaaaaaaaaaaaa1" }, 1)}-01`,
      );
      return new Response(chunk("Hel") + chunk("lo") + END, {
        headers: { "content-type": "text/event-stream" },
      });
    });
    const response = await proxy.fetch("/v1/messages", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "anthropic-version": "2023-06-01",
        traceparent: `00-${TRACE}-${PARENT}-01`,
      },
      body: JSON.stringify({
        model: "openai/gpt-5-mini",
        max_tokens: 50,
        stream: true,
        messages: [{ role: "user", content: SECRET_WORDS }],
      }),
    });
    expect(response.status).toBe(200);
    await response.text();
    const [request, first, second, ...others] = spans();
    expect(others).toEqual([]);
    if (request === undefined || first === undefined || second === undefined)
      throw new Error("none");
    expect(request).toMatchObject({
      ...{ traceId: TRACE, parentSpanId: PARENT, spanId: "aaaaaaaaaaaaaaa1", kind: 2 },
      name: "chat gpt-5-mini",
    });
    expect(attributesOf(request)).toMatchObject({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-5-mini",
      "gen_ai.response.model": "gpt-5-mini-2026",
      "gen_ai.usage.input_tokens": 20,
      "gen_ai.usage.output_tokens": 5,
      "http.response.status_code": 200,
      "one_balance.request.id": "req_1",
      "one_balance.token.id": "at_token",
      "one_balance.attempts": 2,
      "one_balance.stream": true,
      "one_balance.converted": "messages to chat",
      "one_balance.cost_usd": 0.000042,
    });
    expect(attributesOf(request)).not.toHaveProperty("error.type");
    for (const attempt of [first, second]) {
      expect(attempt).toMatchObject({ traceId: TRACE, parentSpanId: request.spanId, kind: 3 });
      expect(attributesOf(attempt)).not.toHaveProperty("gen_ai.usage.input_tokens");
      expect(BigInt(attempt.startTimeUnixNano)).toBeGreaterThanOrEqual(
        BigInt(request.startTimeUnixNano),
      );
      expect(BigInt(attempt.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(request.endTimeUnixNano));
    }
    expect(first.status.code).toBe(2);
    expect(attributesOf(first)).toMatchObject({
      "http.response.status_code": 429,
      "error.type": "rate_limit_minute",
    });
    expect(attributesOf(second)).toMatchObject({
      "http.response.status_code": 200,
      "http.request.resend_count": 1,
      "gen_ai.request.model": "gpt-5-mini",
    });
    expect(attributesOf(first)["one_balance.key.id"]).not.toBe(
      attributesOf(second)["one_balance.key.id"],
    );
    expect(BigInt(second.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(first.endTimeUnixNano));
    const shown = tableRows(readDocument("docs/operations.md"), "checked against the code: trace");
    expect(shown).toEqual(rowsOf([request, first, second]));
  });

  test("an error of our own has its code, and no attempts", async () => {
    const { proxy, spans } = tracedProxy(() => new Response());
    await (
      await proxy.fetch("/api/openai/v1/chat/completions", { method: "POST", body: "{}" })
    ).text();
    const [request, ...attempts] = spans();
    expect(attempts).toEqual([]);
    expect(request && attributesOf(request)).toMatchObject({
      "error.type": "model_required",
      "http.response.status_code": 400,
    });
    expect(request?.status?.code ?? 0).toBe(0);
  });
});

describe("traceparent", () => {
  const ask = async (
    headers: Record<string, string>,
    provider = "openai",
    more: Parameters<typeof tracedProxy>[1] = {},
  ) => {
    const { proxy, spans } = tracedProxy(
      () => Response.json({ choices: [], usage: { prompt_tokens: 1 } }),
      more,
    );
    const init = { method: "POST", headers: { "content-type": "application/json", ...headers } };
    const body = JSON.stringify({ model: "m", messages: [] });
    await (await proxy.fetch(`/api/${provider}/chat/completions`, { ...init, body })).text();
    return { sent: proxy.calls[0]?.headers.get("traceparent") ?? null, spans: spans() };
  };

  test("without one a trace begins here, and a provider is told nothing", async () => {
    const { sent, spans } = await ask({});
    expect(sent).toBeNull();
    expect(spans[0]).toMatchObject({ traceId: expect.stringMatching(/^[\da-f]{32}$/) });
    expect(spans[0]?.parentSpanId ?? "").toBe("");
  });

  test("one that is not sampled is passed on, and not recorded", async () => {
    const { sent, spans } = await ask({ traceparent: `00-${TRACE}-${PARENT}-00` });
    expect(sent).toMatch(new RegExp(`^00-${TRACE}-[\\da-f]{16}-00$`));
    expect(spans).toEqual([]);
  });

  test("the team's own providers are told where the trace goes on", async () => {
    const own = customProvider(
      {
        ...{ slug: "own", label: "Own", baseUrl: "https://own.example.com/v1" },
        ...{ keyHeader: "authorization", keyPrefix: "Bearer ", protocol: "openai" },
      },
      true,
    );
    const { sent, spans } = await ask({}, "own", {
      keys: { own: KEYS },
      upstreams: { customProviders: [own], direct: ["own"] },
    });
    expect(sent).toBe(`00-${spans[0]?.traceId}-${spans[1]?.spanId}-01`);
  });

  test("whatever a client sends, ids are ids, and each attempt has another", () => {
    const header = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/),
    );
    fc.assert(
      fc.property(header, fc.integer({ min: 0, max: 30 }), (text, attempt) => {
        const headers = new Headers();
        try {
          headers.set("traceparent", text);
        } catch {
          return;
        }
        const trace = traceOf(headers, (digits) => "f".repeat(digits));
        expect(trace.traceId).toMatch(/^(?!0{32})[\da-f]{32}$/);
        expect(trace.spanId).toMatch(/^(?!0{16})[\da-f]{16}$/);
        const ids = [attempt, attempt + 1].map((number) => attemptSpanId(trace, number));
        for (const id of [...ids, nthSpanId(trace.spanId, attempt + 1)]) {
          expect(id).toMatch(/^(?!0{16})[\da-f]{16}$/);
        }
        expect(new Set([...ids, trace.spanId]).size).toBe(3);
      }),
    );
  });
});

describe("what a caller writes into a trace", () => {
  const PARENTS = { traceparent: `00-${TRACE}-${PARENT}-01` };
  const stateOf = (tracestate: string) =>
    traceOf(new Headers({ ...PARENTS, tracestate }), (digits) => "f".repeat(digits)).state;

  test("goes on if it is a state, and nowhere if it is not", () => {
    for (const state of ["a=1", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "a=1, b@c=x y,,d=2"]) {
      expect(stateOf(state)).toBe(state);
    }
    const many = Array.from({ length: 33 }, (_, index) => `k${index}=1`).join(",");
    for (const text of [
      "hello",
      "A=1",
      "a=b=c",
      "a=\u00e4",
      "=1",
      "a=",
      many,
      `a=${"x".repeat(511)}`,
    ]) {
      expect(stateOf(text)).toBe("");
    }
  });

  test("not the caller's token, and nothing of someone who has none", async () => {
    const { proxy, spans } = tracedProxy(() => Response.json({}));
    const TOKEN = "token";
    for (const [authorization, state] of [
      [`Bearer ${TOKEN}`, `a=1,b=${TOKEN}`],
      ["Bearer no-token-of-this-one", "a=1"],
      [`Bearer ${TOKEN}`, "a=1"],
    ] as const) {
      const headers = { ...PARENTS, tracestate: state, authorization };
      const answer = await proxy.fetch("/api/openai/v1/models", { headers });
      await proxy.clock.run(answer.text());
    }
    const states = spans()
      .filter(({ kind }) => kind === 2)
      .map((span) => (span as { traceState?: string }).traceState ?? "");
    expect(states).toEqual(["", "", "a=1"]);
  });

  test("half a character in a model's name is not in the post", () => {
    const model = `${"x".repeat(199)}\u{1F600}`;
    const [span] = spansOf({ ...anEvent(), model }, Number.POSITIVE_INFINITY);
    const text = JSON.stringify(span);
    expect(text).not.toContain("\\ud83d");
    expect(text).not.toContain("null");
  });
});

/** One that was recorded. */
function anEvent(number = 1): RequestEvent {
  return {
    ...{ id: `req_${number}`, atMs: 1_000, provider: "openai", model: "m", tokenId: "at_1" },
    ...{ userId: null, outcome: "ok", status: 200, errorCode: null, durationMs: 5 },
    ...{ timeToFirstTokenMs: 1, timeToFirstByteMs: 1, isStream: false, attempts: [], usage: null },
    gatewayLogId: null,
    trace: {
      ...{ traceId: TRACE, spanId: String(number).padStart(16, "0"), parentSpanId: null },
      ...{ state: "", isSampled: true, operation: "chat" },
    },
  };
}

test.each([
  ["/v1/chat/completions", "chat"],
  ["v1/responses", "chat"],
  ["v1beta/models/gemini-2.5-pro:streamGenerateContent", "generate_content"],
  ["v1beta/models/text-embedding:batchEmbedContents", "embeddings"],
  ["v1/embeddings", "embeddings"],
  ["v1/completions", "text_completion"],
  ["v1/files/file-123", null],
])("%s is %s", (path, operation) => {
  expect(operationOf(path)).toBe(operation);
});

test("providers have the conventions' names where there are any", () => {
  expect(["google-ai-studio", "grok", "openai", "fireworks"].map(providerName)).toEqual([
    "gcp.gemini",
    "x_ai",
    "openai",
    "fireworks",
  ]);
});

describe("the receiver", () => {
  test.each([
    ["https://otlp.example.com", "https://otlp.example.com/v1/traces"],
    ["https://otlp.example.com/otlp/", "https://otlp.example.com/otlp/v1/traces"],
    ["http://collector:4318/v1/traces", "http://collector:4318/v1/traces"],
  ])("%s is posted to %s", (endpoint, url) => {
    expect(tracesUrl(endpoint)).toBe(url);
  });

  test.each([
    ["", {}],
    [
      "authorization=Basic%20YWJj%3D%3D, X-Scope=a",
      { authorization: "Basic YWJj==", "x-scope": "a" },
    ],
    ["no value", null],
    ["host=a", null],
    ["a=%zz", null],
    ["a=b%0d%0ac: d", null],
  ])("headers %j are %j", (text, headers) => {
    expect(parseHeaders(text)).toEqual(headers);
  });
});

describe("sending", () => {
  const RECEIVER: TraceReceiver = {
    url: "https://otlp.test/v1/traces",
    headers: { "x-team": "secret-team" },
  };
  function exporterWith(answer: (posts: number) => Response | Promise<Response>) {
    const clock = new VirtualClock();
    const posts: { readonly url: string; readonly init: RequestInit; readonly atMs: number }[] = [];
    const exporter = new TraceExporter({
      receiver: async () => RECEIVER,
      fetch: async (url, init) => {
        posts.push({ url, init, atMs: clock.nowMs });
        return answer(posts.length);
      },
      nowMs: () => clock.nowMs,
      sleep: (ms) => clock.pause(ms),
      costNanoUsd: () => null,
    });
    return { clock, exporter, posts };
  }

  test("all that waits goes in one post, at most one a second", async () => {
    const { clock, exporter, posts } = exporterWith(() => Response.json({}));
    for (let number = 1; number <= 5; number += 1) exporter.add(anEvent(number));
    const first = exporter.flush();
    expect(exporter.flush()).toBeNull();
    exporter.add(anEvent(6));
    await clock.run(first ?? Promise.resolve());
    expect(posts).toHaveLength(2);
    expect((posts[1]?.atMs ?? 0) - (posts[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(1_000);
    expect(posts[0]).toMatchObject({
      url: RECEIVER.url,
      init: {
        method: "POST",
        redirect: "manual",
        headers: { "x-team": "secret-team", "content-type": "application/json" },
      },
    });
    expect(decoded(String(posts[0]?.init.body))).toHaveLength(5);
    expect(exporter.figures).toEqual({ sent: 6, dropped: 0, waiting: 0, problem: null });
  });

  test("more than one post holds follows at once, and by another request after twenty", async () => {
    const { clock, exporter, posts } = exporterWith((count) => {
      for (let number = 1; count < 30 && number <= 200; number += 1) exporter.add(anEvent(number));
      return Response.json({});
    });
    for (let number = 1; number <= 200; number += 1) exporter.add(anEvent(number));
    const startedMs = clock.nowMs;
    await clock.run(exporter.flush() ?? Promise.resolve());
    expect(posts).toHaveLength(20);
    await clock.run(exporter.flush() ?? Promise.resolve());
    expect(posts).toHaveLength(30);
    expect(clock.nowMs - startedMs).toBeLessThan(1_000);
    expect(exporter.figures).toEqual({ sent: 6_000, dropped: 0, waiting: 0, problem: null });
  });

  test("more than fits is dropped and counted", async () => {
    const { clock, exporter } = exporterWith(() => Response.json({}));
    for (let number = 1; number <= 1_300; number += 1) exporter.add(anEvent(number));
    expect(exporter.figures).toMatchObject({ waiting: 1_000, dropped: 300 });
    await clock.run(exporter.flush() ?? Promise.resolve());
    expect(exporter.figures).toMatchObject({ sent: 1_000, waiting: 0, dropped: 300 });
  });

  test("those of strangers leave room for the others", () => {
    const { exporter } = exporterWith(() => Response.json({}));
    for (let number = 1; number <= 1_000; number += 1) {
      exporter.add({ ...anEvent(number), tokenId: null });
    }
    expect(exporter.figures).toMatchObject({ waiting: 250, dropped: 750 });
    for (let number = 1; number <= 750; number += 1) exporter.add(anEvent(number));
    expect(exporter.figures).toMatchObject({ waiting: 1_000, dropped: 750 });
  });

  test("what may be taken later is sent again, with growing gaps, and given up in the end", async () => {
    const { clock, exporter, posts } = exporterWith(() => new Response("busy", { status: 503 }));
    exporter.add(anEvent(1));
    for (let look = 0; look < 60 && exporter.figures.dropped === 0; look += 1) {
      await clock.run(exporter.flush() ?? clock.pause(1_000));
    }
    expect(posts).toHaveLength(3);
    expect(exporter.figures).toEqual({ sent: 0, dropped: 1, waiting: 0, problem: "503 busy" });
  });

  test("what will never be taken is not sent again", async () => {
    const { clock, exporter, posts } = exporterWith((count) =>
      count === 1
        ? new Response("no such team as secret-team", { status: 401 })
        : Response.json({}),
    );
    exporter.add(anEvent(1));
    await clock.run(exporter.flush() ?? Promise.resolve());
    expect(posts).toHaveLength(1);
    expect(exporter.figures).toMatchObject({ dropped: 1, problem: "401 no such team as …" });
    await clock.advance(5_000);
    exporter.add(anEvent(2));
    await clock.run(exporter.flush() ?? Promise.resolve());
    expect(exporter.figures).toEqual({ sent: 1, dropped: 1, waiting: 0, problem: null });
  });

  test("spans that a receiver took only in part are counted as dropped", async () => {
    const partialSuccess = { rejectedSpans: "1", errorMessage: "too old" };
    const { clock, exporter } = exporterWith(() => Response.json({ partialSuccess }));
    exporter.add(anEvent(1));
    await clock.run(exporter.flush() ?? Promise.resolve());
    expect(exporter.figures).toMatchObject({ sent: 0, dropped: 1 });
  });
});
