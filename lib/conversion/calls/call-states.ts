import type { ChatDialect } from "../chat-dialect";
import { type Fields, named } from "../json";

/** The calls of one turn with what must be sent back with them. */
export function withStates(
  calls: readonly Fields[],
  states: Readonly<Record<string, Fields>>,
  { takesCallState }: ChatDialect,
): readonly Fields[] {
  if (!takesCallState) return calls;
  return calls.map((call) => {
    const state = named(states, String(call.id));
    return state === undefined ? call : { ...call, extra_content: state };
  });
}
