/**
 * What the demo's team requests, and from which providers.
 * @module
 */

export type ApiForm = "chat" | "embeddings" | "messages" | "gemini";

export interface SampleModel {
  readonly name: string;
  readonly form: ApiForm;
  /** Share of the requests, relative to the others'. */
  readonly weight: number;
  /** The usual number of tokens. */
  readonly input: number;
  readonly output: number;
  /** Milliseconds to the first token, and for each token after it. */
  readonly firstMs: number;
  readonly tokenMs: number;
}

export interface SampleProvider {
  readonly slug: string;
  readonly models: readonly SampleModel[];
  /** Keys that the fake upstream recognizes by words in them (see `tests/fake-upstream/behaviour-by-name.ts`). */
  readonly keys: readonly string[];
}

const chat = { form: "chat", firstMs: 420, tokenMs: 11 } as const;
const messages = { form: "messages", firstMs: 700, tokenMs: 16 } as const;
const gemini = { form: "gemini", firstMs: 520, tokenMs: 7 } as const;

export const sampleProviders: readonly SampleProvider[] = [
  {
    slug: "openai",
    models: [
      { ...chat, name: "gpt-5-mini", weight: 26, input: 1_100, output: 260 },
      { ...chat, name: "gpt-5", weight: 9, input: 2_400, output: 620, firstMs: 1_300, tokenMs: 19 },
      { ...chat, name: "gpt-4o-mini", weight: 8, input: 700, output: 180 },
      {
        ...chat,
        name: "text-embedding-3-small",
        form: "embeddings",
        weight: 10,
        input: 340,
        output: 0,
        firstMs: 140,
      },
    ],
    keys: [
      ...numbered("sk-proj-good", 8),
      ...numbered("sk-proj-limited", 4),
      ...numbered("sk-proj-flaky", 1),
      ...numbered("sk-proj-banned", 1),
      ...numbered("sk-proj-broke", 1),
    ],
  },
  {
    slug: "anthropic",
    models: [
      { ...messages, name: "claude-sonnet-4-5", weight: 14, input: 3_200, output: 540 },
      { ...messages, name: "claude-haiku-4-5", weight: 9, input: 1_200, output: 240, firstMs: 380 },
    ],
    keys: [...numbered("sk-ant-api03-good", 4), ...numbered("sk-ant-api03-invalid", 1)],
  },
  {
    slug: "google-ai-studio",
    models: [
      { ...gemini, name: "gemini-2.5-flash", weight: 22, input: 1_500, output: 300 },
      { ...gemini, name: "gemini-2.5-pro", weight: 6, input: 4_100, output: 700, firstMs: 1_900 },
    ],
    keys: [
      ...numbered("AIzaSy-daily", 24),
      ...numbered("AIzaSy-good", 6),
      ...numbered("AIzaSy-banned", 2),
    ],
  },
  {
    slug: "groq",
    models: [
      {
        ...chat,
        name: "llama-3.3-70b-versatile",
        weight: 12,
        input: 900,
        output: 210,
        firstMs: 190,
        tokenMs: 3,
      },
    ],
    keys: [...numbered("gsk_limited", 5), ...numbered("gsk_good", 2)],
  },
  {
    slug: "mistral",
    models: [{ ...chat, name: "mistral-small-latest", weight: 5, input: 800, output: 190 }],
    keys: numbered("mistral-good", 3),
  },
];

/** Each with its own end, because that is what is shown of a key. */
function numbered(start: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    let hash = 0x811c9dc5;
    for (const char of `${start} ${index}`) {
      hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
    }
    return `${start}-${"0".repeat(16)}${hash.toString(36).padStart(8, "0")}`;
  });
}
