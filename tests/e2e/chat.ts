/** One chat completion over plain `fetch`. @module */
import { ADMIN_TOKEN, type Stack } from "./harness.ts";

export interface ChatOptions {
  readonly model?: string;
  readonly token?: string;
  readonly provider?: string;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

export function chat(stack: Stack, options: ChatOptions = {}): Promise<Response> {
  const {
    model = "gpt-4o-mini",
    token = ADMIN_TOKEN,
    provider = "openai",
    signal,
    headers,
  } = options;
  return fetch(`${stack.url}/api/${provider}/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${token}`,
      ...headers,
    },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] }),
    ...(signal && { signal }),
  });
}

/** Runs `task` for 0 to `count - 1`, at most `width` at a time; results in order. */
export async function inParallel<Result>(
  count: number,
  width: number,
  task: (index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next++;
      results[index] = await task(index);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
