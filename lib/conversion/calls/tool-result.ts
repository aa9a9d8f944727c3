import type { ChatDialect } from "../chat-dialect";
import { type Fields, text } from "../json";
import type { Losses } from "../losses";

/** Begins like one: programs often write it themselves. */
const SAYS_SO = /error|fail|exception|denied|not found/i;
const BEGINNING_CHARS = 200;

/**
 * The result of a call, as a message of chat completions.
 * @param field That says that it is an error; null if it is none.
 */
export function toolMessage(
  id: unknown,
  said: string,
  field: string | null,
  { takesToolErrors }: ChatDialect,
  losses: Losses,
): Fields {
  const message = { role: "tool", tool_call_id: text(id) };
  if (field === null) return { ...message, content: said };
  if (takesToolErrors) return { ...message, content: said, is_error: true };
  losses.approximate(field);
  return { ...message, content: errorText(said) };
}

/** For formats whose results can't say that they are errors. */
export function errorText(said: string): string {
  return SAYS_SO.test(said.slice(0, BEGINNING_CHARS)) ? said : `Error: ${said}`;
}
