import type { ChatDialect } from "./chat-dialect";
import type { Fields } from "./json";

/** The calls of one turn with what must be sent back with them. */
export function withStates(
  calls: readonly Fields[],
  states: Readonly<Record<string, Fields>>,
  model: string,
  dialect: ChatDialect,
): readonly Fields[] {
  if (!dialect.takesCallState) return calls;
  return calls.map((call, index) => {
    const state = states[String(call.id)] ?? (index === 0 ? dialect.unsignedCall(model) : null);
    return state === null ? call : { ...call, extra_content: state };
  });
}
