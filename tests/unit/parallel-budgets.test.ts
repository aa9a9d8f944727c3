/**
 * Twenty requests at once do not pass a budget of tokens together, whatever they say about the length of their answers,
 * and wherever they say it.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { AccessToken } from "../../lib/proxy/ports.ts";
import { NO_LIMITS } from "../../lib/usage/token-limits.ts";
import { scriptedProxy, unlimitedToken } from "../doors/scripted-proxy.ts";

const DAILY_TOKENS = 20_000;
const TOKEN: AccessToken = {
  ...unlimitedToken("at_limited"),
  limitHolders: [
    {
      kind: "token",
      id: "at_limited",
      budgetId: "at_limited",
      limits: { ...NO_LIMITS, dailyTokens: DAILY_TOKENS },
    },
  ],
};

interface Api {
  readonly path: string;
  /** The request, with the text of its own limit, empty for none, and of other fields. */
  readonly body: (limit: string, others: string) => string;
  readonly names: readonly string[];
}

const APIS: readonly Api[] = [
  {
    path: "/api/openai/v1/chat/completions",
    body: (limit, others) => `{"model":"m",${others}"messages":[]${limit && `,${limit}`}}`,
    names: ["max_tokens", "max_completion_tokens"],
  },
  {
    path: "/api/openai/v1/responses",
    body: (limit, others) => `{${limit && `${limit},`}"model":"m",${others}"input":"hi"}`,
    names: ["max_output_tokens"],
  },
  {
    path: "/api/openai/v1/responses",
    body: (limit, others) => `{${limit && `${limit},`}${others}"prompt":{"id":"pmpt_1"}}`,
    names: ["max_output_tokens"],
  },
  {
    path: "/api/anthropic/v1/messages",
    body: (limit, others) => `{"model":"m",${others}"messages":[]${limit && `,${limit}`}}`,
    names: ["max_tokens"],
  },
  {
    path: "/api/google-ai-studio/v1beta/models/m:generateContent",
    body: (limit, others) => `{${others}"contents":[],"generationConfig":{${limit}}}`,
    names: ["maxOutputTokens", "max_output_tokens"],
  },
  {
    path: "/api/aws-bedrock/bedrock-runtime/us-east-1/model/m/converse",
    body: (limit, others) => `{"messages":[],${others}"inferenceConfig":{${limit}}}`,
    names: ["maxTokens"],
  },
];

/** How much the model writes: as the limit says, and 4,096 tokens without one. */
const written = fc.constantFrom(null, 5_000, 30_000);
/** A number as JSON has it. */
const spelled = fc.constantFrom(
  (value: number) => String(value),
  (value: number) => value.toExponential(),
  (value: number) => `${value}.0`,
  (value: number) => `"${value}"`,
);
/** Fields which no API obeys there, or which it does not know. */
const others = fc.constantFrom(
  "",
  '"metadata":{"max_tokens":1,"max_output_tokens":1,"maxOutputTokens":1,"n":1},',
  '"max_new_tokens":1,"maxTokenCount":1,',
  '"tools":[{"max_tokens":1}],"generation":{"maxOutputTokens":1},',
  '"user":"{\\"max_tokens\\": 1}",',
);
const start = fc.constantFrom("", " ", "\n", "\uFEFF", " ".repeat(2_000));
/** What servers drop from a path. */
const ending = fc.constantFrom("", ";/files", ";/embeddings", "%2F..%3Bx".replace("..", "cancel"));

test("a budget holds", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...APIS),
      fc.nat(1),
      fc.record({ written, spelled, others, start, ending, isEscaped: fc.boolean() }),
      async (api, which, how) => {
        const name = api.names[which % api.names.length] ?? "";
        const shown = how.isEscaped
          ? `\\u${name.charCodeAt(0).toString(16).padStart(4, "0")}${name.slice(1)}`
          : name;
        const limit = how.written === null ? "" : `"${shown}":${how.spelled(how.written)}`;
        const used = how.written ?? 4_096;
        const sent = await sentAtOnce(
          api.path + how.ending,
          how.start + api.body(limit, how.others),
        );
        // The last of them may use more than is left.
        expect((sent - 1) * used).toBeLessThan(DAILY_TOKENS);
        expect(sent).toBeGreaterThan(0);
      },
    ),
    { numRuns: 150 },
  );
});

test("several answers count each", async () => {
  const body = '{"model":"m","messages":[],"max_tokens":500,"n":18}';
  expect(await sentAtOnce("/api/openai/v1/chat/completions", body)).toBe(2);
  const best = '{"model":"m","prompt":"","max_tokens":500,"n":1,"best_of":18}';
  expect(await sentAtOnce("/api/openai/v1/completions", best)).toBe(2);
});

test("a long request in front of white space counts as what it is", async () => {
  const body = ` {"model":"m","max_tokens":1,"messages":[{"role":"user","content":"${"x".repeat(40_000)}"}]}`;
  expect(await sentAtOnce("/api/openai/v1/chat/completions", body)).toBe(1);
});

/** How many of twenty reach the provider, which does not answer before. */
async function sentAtOnce(path: string, body: string): Promise<number> {
  const waiting: (() => void)[] = [];
  const proxy = scriptedProxy({
    tokens: new Map([["limited", TOKEN]]),
    keys: {
      openai: ["sk-1"],
      anthropic: ["sk-2"],
      "google-ai-studio": ["sk-3"],
      "aws-bedrock": ["sk-4"],
    },
    upstream: () =>
      new Promise((resolve) => {
        waiting.push(() => resolve(Response.json({ error: { message: "no" } }, { status: 400 })));
      }),
  });
  const all = Array.from({ length: 20 }, () =>
    proxy.fetch(path, {
      method: "POST",
      headers: {
        authorization: "Bearer limited",
        "content-type": "application/json",
        "x-one-balance-max-wait": "0",
      },
      body,
    }),
  );
  await proxy.clock.advance(1_000);
  const sent = proxy.calls.length;
  for (const answer of waiting) answer();
  await proxy.clock.run(Promise.all(all));
  return sent;
}
