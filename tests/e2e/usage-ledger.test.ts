/**
 * What One Balance counted against what the upstream reported, request by request, for every format of response, with
 * clients that leave and keys that fail; with a store that works, that is away for a while, and whose responses get
 * lost. `LEDGER_REQUESTS` sets how many each, `LEDGER_DOWN_MS` how long the store is away, `LEDGER_SEED` repeats a run.
 */
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { calcPrice } from "@pydantic/genai-prices";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { SeededRandom } from "../../scripts/demo/seeded-random.ts";
import type { RequestRecord } from "../fake-upstream/types.ts";
import { inParallel } from "./chat.ts";
import { ADMIN_TOKEN, type Stack, startStack } from "./harness.ts";
import { setD1Mode, unreliableWorkerDir } from "./unreliable-worker.ts";

const REQUESTS = Number(process.env.LEDGER_REQUESTS ?? 400);
const DOWN_MS = Number(process.env.LEDGER_DOWN_MS ?? 3_000);
const SEED = Number(process.env.LEDGER_SEED ?? Date.now() % 1e6);
const WIDTH = 16;
const ABORTED_SHARE = 0.1;
/** Share of the attempts. */
const FAILED_SHARE = 0.2;
const NANO_PER_USD = 1e9;
/** How long others wait for a writer that may have ended with its client, plus a little. */
const RUNNER_TRUST_MS = 6_000;

interface Form {
  readonly weight: number;
  readonly path: string;
  readonly body: (text: string) => unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** A client can leave before its end. */
  readonly isStream?: true;
}

const chatBody = (model: string, fields: object) => (content: string) => ({
  model,
  messages: [{ role: "user", content }],
  ...fields,
});
const contents = (text: string) => ({ contents: [{ role: "user", parts: [{ text }] }] });
const anthropic = { "anthropic-version": "2023-06-01" };

const FORMS: readonly Form[] = [
  { weight: 4, path: "openai/v1/chat/completions", body: chatBody("gpt-4o-mini", {}) },
  {
    weight: 4,
    path: "openai/v1/chat/completions",
    body: chatBody("gpt-5-mini", { stream: true, stream_options: { include_usage: true } }),
    isStream: true,
  },
  {
    weight: 2,
    path: "openai/v1/chat/completions",
    body: chatBody("gpt-4.1-mini", { stream: true }),
    isStream: true,
  },
  { weight: 2, path: "openai/v1/responses", body: (input) => ({ model: "gpt-5", input }) },
  {
    weight: 2,
    path: "openai/v1/responses",
    body: (input) => ({ model: "gpt-5", input, stream: true }),
    isStream: true,
  },
  {
    weight: 2,
    path: "openai/v1/embeddings",
    body: (input) => ({ model: "text-embedding-3-small", input }),
  },
  {
    weight: 2,
    path: "anthropic/v1/messages",
    headers: anthropic,
    body: chatBody("claude-haiku-4-5", { max_tokens: 64 }),
  },
  {
    weight: 2,
    path: "anthropic/v1/messages",
    headers: anthropic,
    body: chatBody("claude-sonnet-4-5", { max_tokens: 64, stream: true }),
    isStream: true,
  },
  {
    weight: 2,
    path: "google-ai-studio/v1beta/models/gemini-2.5-flash:generateContent",
    body: contents,
  },
  {
    weight: 2,
    path: "google-ai-studio/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
    body: contents,
    isStream: true,
  },
  {
    weight: 2,
    path: "google-ai-studio/v1beta/models/gemini-2.5-pro:streamGenerateContent",
    body: contents,
    isStream: true,
  },
  // Rejected by the provider: `max_tokens` is missing.
  {
    weight: 1,
    path: "anthropic/v1/messages",
    headers: anthropic,
    body: chatBody("claude-haiku-4-5", {}),
  },
];

/** The price list's name of a provider. */
const PRICED_AS: Readonly<Record<string, string>> = {
  openai: "openai",
  anthropic: "anthropic",
  "google-ai-studio": "google",
};

interface LoggedRequest {
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  readonly outcome: string;
  readonly attempts: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly isEstimate: boolean;
  readonly costUsd: number | null;
  readonly gatewayLogId: string | null;
}

interface Totals {
  readonly requests: number;
  readonly attempts: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  readonly estimatedRequests: number;
}

/** What happens to the store during the second half of the requests. */
const STORES = {
  "a store that works": async () => {},
  [`a store that is gone for ${DOWN_MS} ms`]: async (url: string) => {
    await setD1Mode(url, "down");
    await sleep(DOWN_MS);
  },
  "a store whose answers get lost": (url: string) => setD1Mode(url, "answers-lost"),
} satisfies Record<string, (url: string) => Promise<void>>;

describe.each(Object.entries(STORES))(
  `${REQUESTS} requests of all forms, seed ${SEED}, %s`,
  (_, disturb) => {
    let workerDir: string;
    let stack: Stack;
    let rows: readonly LoggedRequest[] = [];
    let totals: Totals;
    let asked = REQUESTS;
    let told = new Map<string, RequestRecord>();
    /**
     * Ids of the requests whose clients left; some had received everything but the usage, which counts as a response.
     */
    const left = new Set<string | null>();

    beforeAll(
      async () => {
        const random = new SeededRandom(SEED);
        workerDir = await unreliableWorkerDir();
        stack = await startStack({
          upstream: { namesAnswers: true },
          workerDir,
          hasObject: false,
        });
        for (const provider of Object.keys(PRICED_AS)) {
          const keys = Array.from(
            { length: 20 },
            (_, index) => `${provider}-key-${index}-of-ledger`,
          );
          for (const [index, key] of keys.entries()) {
            stack.upstream.setKey(key, { kind: "flaky", share: FAILED_SHARE, seed: SEED + index });
          }
          await stack.admin.addKeys(provider, keys);
        }
        const calls = Array.from({ length: REQUESTS }, () => ({
          form: random.pick(FORMS),
          text: "word ".repeat(random.between(1, 60)).trim(),
          leaves: random.chance(ABORTED_SHARE),
        }));
        const askAll = (some: typeof calls) =>
          inParallel(some.length, WIDTH, async (index) => {
            const call = some[index];
            if (call !== undefined) await ask(call.form, call.text, call.leaves);
          });
        await askAll(calls.slice(0, REQUESTS / 2));
        await Promise.all([disturb(stack.url), askAll(calls.slice(REQUESTS / 2))]);
        await setD1Mode(stack.url, "up");
        // What wasn't written when the last client left is written with the next request, whatever it is.
        await vi.waitFor(
          async () => {
            const { requests } = await readTotals();
            if (requests !== asked) await askWithoutToken();
            expect(requests).toBe(asked);
          },
          { timeout: 90_000, interval: RUNNER_TRUST_MS },
        );
        totals = await readTotals();
        rows = await readLog();
        told = new Map(stack.upstream.requests.map((record) => [record.logId, record]));
      },
      120_000 + DOWN_MS + REQUESTS * 300,
    );

    afterAll(async () => {
      await stack?.close();
      if (workerDir) await rm(workerDir, { recursive: true, force: true });
    });

    async function ask({ path, body, headers, isStream }: Form, text: string, leaves: boolean) {
      const leaving = new AbortController();
      const response = await fetch(`${stack.url}/api/${path}`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${ADMIN_TOKEN}`,
          "content-type": "application/json",
          ...headers,
        },
        body: JSON.stringify(body(text)),
        signal: leaving.signal,
      });
      if (leaves && isStream) {
        await response.body?.getReader().read();
        left.add(response.headers.get("x-one-balance-request-id"));
        leaving.abort();
      } else await response.arrayBuffer();
    }

    async function askWithoutToken() {
      asked += 1;
      const response = await fetch(`${stack.url}/api/openai/v1/models`);
      expect(response.status).toBe(401);
      await response.arrayBuffer();
    }

    async function readTotals(): Promise<Totals> {
      const { totals } = await stack.admin.call<{ totals: Totals }>("GET", "usage?bucket=hour");
      return totals;
    }

    async function readLog(): Promise<LoggedRequest[]> {
      const all: LoggedRequest[] = [];
      let cursor: string | null = "";
      while (cursor !== null) {
        const page: { items: LoggedRequest[]; nextCursor: string | null } = await stack.admin.call(
          "GET",
          `requests?limit=500${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
        );
        all.push(...page.items);
        cursor = page.nextCursor;
      }
      return all;
    }

    test("each request has one row, and the rollups have as many", () => {
      expect(new Set(rows.map(({ id }) => id)).size).toBe(asked);
      expect(rows).toHaveLength(asked);
      expect(totals.requests).toBe(asked);
    });

    test("each attempt reached the upstream", () => {
      expect(sum(rows, (row) => row.attempts)).toBe(stack.upstream.requests.length);
      expect(totals.attempts).toBe(stack.upstream.requests.length);
      expect(rows.filter(({ attempts }) => attempts > 1).length).toBeGreaterThan(REQUESTS * 0.1);
    });

    test("each count that is no estimate is what the upstream reported", () => {
      const wrong = rows.filter((row) => {
        if (row.isEstimate) return false;
        const usage = toldOf(row);
        return usage === null
          ? row.inputTokens !== null || row.outputTokens !== null
          : row.inputTokens !== usage.inputTokens || (row.outputTokens ?? 0) !== usage.outputTokens;
      });
      expect(wrong).toEqual([]);
    });

    test("estimates are those of clients that left, and of streams that reported nothing", () => {
      const estimates = rows.filter(({ isEstimate }) => isEstimate);
      console.log(listed(estimates));
      expect(estimates.filter((row) => !left.has(row.id) && toldOf(row) !== null)).toEqual([]);
      expect(rows.filter(({ id, outcome }) => outcome === "aborted" && !left.has(id))).toEqual([]);
      expect(totals.estimatedRequests).toBe(estimates.length);
    });

    test("costs are the price list's, to the nano-dollar", () => {
      const wrong = rows.filter((row) => {
        const usage = toldOf(row);
        if (row.isEstimate || usage === null) return false;
        const { inputTokens, outputTokens } = usage;
        const price = calcPrice(
          { input_tokens: inputTokens, output_tokens: outputTokens },
          row.model,
          { providerId: PRICED_AS[row.provider] ?? "" },
        );
        return (
          toNano(row.costUsd) !== Math.round((price?.total_price ?? Number.NaN) * NANO_PER_USD)
        );
      });
      expect(wrong).toEqual([]);
    });

    test("the rollups add up to the log", () => {
      expect(totals).toMatchObject({
        inputTokens: sum(rows, (row) => row.inputTokens),
        outputTokens: sum(rows, (row) => row.outputTokens),
      });
      expect(toNano(totals.costUsd)).toBe(sum(rows, (row) => toNano(row.costUsd)));
    });

    const toldOf = (row: LoggedRequest) => told.get(row.gatewayLogId ?? "")?.usage ?? null;
  },
);

function sum(rows: readonly LoggedRequest[], value: (row: LoggedRequest) => number | null): number {
  return rows.reduce((total, row) => total + (value(row) ?? 0), 0);
}

function toNano(usd: number | null): number {
  return Math.round((usd ?? 0) * NANO_PER_USD);
}

/** `12 estimates: aborted gpt-5-mini 7, ok gpt-4.1-mini 5` */
function listed(estimates: readonly LoggedRequest[]): string {
  const counts = new Map<string, number>();
  for (const { outcome, model } of estimates) {
    const name = `${outcome} ${model}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const parts = [...counts].map(([name, count]) => `${name} ${count}`);
  return `${estimates.length} estimates: ${parts.join(", ")}`;
}
