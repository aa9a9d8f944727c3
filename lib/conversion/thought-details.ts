/**
 * Signed or encrypted thoughts, in the format in which chat completions carry them. Source:
 * openrouter.ai/docs/use-cases/reasoning-tokens, `reasoning_details`.
 * @module
 */
import type { Fields } from "./json";

const CLAUDE_FORMAT = "anthropic-claude-v1";

/** The thoughts of a response that Anthropic needs back, as clients keep them: each complete, with its signature. */
export class ThoughtDetails {
  #said = "";
  #index = 0;

  think(piece: string): void {
    this.#said += piece;
  }

  signed(signature: string): Fields {
    const words = this.#said;
    this.#said = "";
    return this.#detail({ type: "reasoning.text", text: words, signature });
  }

  sealed(data: string): Fields {
    return this.#detail({ type: "reasoning.encrypted", data });
  }

  #detail(detail: Fields): Fields {
    this.#index += 1;
    return { ...detail, format: CLAUDE_FORMAT, index: this.#index - 1 };
  }
}
