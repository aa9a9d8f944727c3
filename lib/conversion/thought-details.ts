/**
 * Signed or encrypted thoughts, in the format in which chat completions carry them. Source:
 * openrouter.ai/docs/use-cases/reasoning-tokens, `reasoning_details`.
 * @module
 */
import { type Fields, fields, isGiven, list, text } from "./json";
import type { Losses } from "./losses";

/** Whose it is: no other provider can read it. */
export type ThoughtFormat = "anthropic-claude-v1" | "google-gemini-v1" | "openai-responses-v1";

/** The thoughts of a response that its provider needs back, as clients keep them: each complete, with its signature. */
export class ThoughtDetails {
  #said = "";
  #index = 0;

  think(piece: string): void {
    this.#said += piece;
  }

  /** Anthropic signs the text of a thought. */
  signed(signature: string): Fields {
    const words = this.#said;
    this.#said = "";
    return this.#detail({ type: "reasoning.text", text: words, signature }, "anthropic-claude-v1");
  }

  sealed(data: string, format: ThoughtFormat): Fields {
    return this.#detail({ type: "reasoning.encrypted", data }, format);
  }

  #detail(detail: Fields, format: ThoughtFormat): Fields {
    this.#index += 1;
    return { ...detail, format, index: this.#index - 1 };
  }
}

/** The encrypted thoughts of a chat message that a provider can read; what only others can read is a loss. */
export function sealedThoughts(message: Fields, format: ThoughtFormat, losses: Losses): string[] {
  const sealed = list(message.reasoning_details).flatMap((each) => {
    const detail = fields(each);
    if (detail.format === format && text(detail.data) !== "") return [text(detail.data)];
    losses.drop("reasoning_details");
    return [];
  });
  const thoughts = message.reasoning_content ?? message.reasoning;
  if (sealed.length === 0 && isGiven(thoughts) && thoughts !== "") losses.drop("reasoning_content");
  return sealed;
}
