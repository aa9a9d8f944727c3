/**
 * A trickle of requests through the proxy, until stopped: every API format, some streamed, some aborted early.
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { formatTags } from "../../lib/tags/tag-text.ts";
import type { Tags } from "../../lib/tags/tags.ts";
import { type ApiForm, type SampleModel, sampleProviders } from "./sample-models.ts";
import { PEAK_PER_HOUR } from "./sample-requests.ts";
import { sampleTags } from "./sample-tags.ts";
import type { SampleToken } from "./sample-team.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** As often as the demo's past at this time of day: more would dwarf it on the charts within minutes. */
const PAUSE_MS = 3_600_000 / PEAK_PER_HOUR;
/** So many come at once, because the first look at a page should find it alive. */
const FIRST_CALLS = 8;
const FIRST_PAUSE_MS = 1_500;

const QUESTIONS = [
  "Summarize this ticket in two sentences.",
  "Write a polite answer that says the parcel is late.",
  "Which of these invoices is overdue?",
  "Translate the release notes into Chinese.",
  "Name three risks of this plan, and what would lower them.",
];

interface Call {
  readonly path: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Resolves when `signal` is aborted and the last response has ended. */
export async function liveTraffic(
  url: string,
  tokens: readonly SampleToken[],
  random: SeededRandom,
  signal: AbortSignal,
): Promise<void> {
  const models = sampleProviders.flatMap(({ slug, models: own }) =>
    own.map((model) => ({ slug, model, weight: model.weight })),
  );
  const underWay = new Set<Promise<void>>();
  for (let calls = 0; !signal.aborted; calls += 1) {
    const { slug, model } = random.pick(models);
    const question = QUESTIONS[random.between(0, QUESTIONS.length - 1)] ?? "";
    const call = CALLS[model.form](model, question, random.chance(0.6));
    const leaves = random.chance(0.03) ? AbortSignal.timeout(20) : undefined;
    const tags = sampleTags(random);
    const tagged = tags === undefined ? call : withTags(call, tags);
    const asked = ask(`${url}/api/${slug}/`, random.pick(tokens).token, tagged, leaves).finally(
      () => underWay.delete(asked),
    );
    underWay.add(asked);
    const pauseMs = calls < FIRST_CALLS ? FIRST_PAUSE_MS : PAUSE_MS;
    await sleep(random.around(pauseMs), undefined, { signal }).catch(() => {});
  }
  await Promise.all(underWay);
}

function withTags(call: Call, tags: Tags): Call {
  return { ...call, headers: { ...call.headers, "x-one-balance-tags": formatTags(tags) } };
}

const CALLS: Readonly<
  Record<ApiForm, (model: SampleModel, question: string, isStream: boolean) => Call>
> = {
  chat: ({ name }, content, stream) => ({
    path: "v1/chat/completions",
    body: {
      model: name,
      messages: [{ role: "user", content }],
      ...(stream && { stream, stream_options: { include_usage: true } }),
    },
  }),
  embeddings: ({ name }, input) => ({ path: "v1/embeddings", body: { model: name, input } }),
  messages: ({ name }, content, stream) => ({
    path: "v1/messages",
    headers: { "anthropic-version": "2023-06-01" },
    body: { model: name, max_tokens: 256, stream, messages: [{ role: "user", content }] },
  }),
  gemini: ({ name }, text, stream) => ({
    path: `v1beta/models/${name}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: { contents: [{ role: "user", parts: [{ text }] }] },
  }),
};

/** The request log shows the result. */
async function ask(
  base: string,
  token: string,
  { path, body, headers }: Call,
  leaves: AbortSignal | undefined,
): Promise<void> {
  try {
    const response = await fetch(base + path, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        ...headers,
      },
      body: JSON.stringify(body),
      ...(leaves && { signal: leaves }),
    });
    await response.arrayBuffer();
  } catch (error) {
    if (leaves?.aborted !== true) console.error("demo traffic:", error);
  }
}
