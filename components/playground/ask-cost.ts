import type { ChatRun } from "@/components/playground/chat-run";

/** The cost of a run's tokens in US dollars; null if no price is known or nothing was counted. */
export async function askCost(
  model: string,
  { inputTokens, outputTokens, cachedInputTokens }: ChatRun,
): Promise<number | null> {
  if (inputTokens === null && outputTokens === null) return null;
  const counts = Object.entries({ inputTokens, outputTokens, cachedInputTokens });
  const known = counts.flatMap(([name, count]) => (count === null ? [] : [[name, String(count)]]));
  try {
    const response = await fetch(
      `/playground/price?${new URLSearchParams([["model", model], ...known])}`,
    );
    if (!response.ok) return null;
    const { costUsd }: { costUsd: number | null } = await response.json();
    return costUsd;
  } catch {
    // The response is shown without its price.
    return null;
  }
}
