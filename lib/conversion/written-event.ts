import type { AnswerPart } from "./answer-part";

/** An event to be sent. */
export interface WrittenEvent {
  /** Empty if the format has no event names. */
  readonly name: string;
  readonly data: string;
}

/** Writes the parts of one response as events of a format. */
export interface EventWriter {
  write(part: AnswerPart): WrittenEvent[];
  /** The response has ended. */
  end(): WrittenEvent[];
}

/** In the format of Server-Sent Events. */
export function sseText(events: readonly WrittenEvent[]): string {
  return events
    .map(({ name, data }) => `${name === "" ? "" : `event: ${name}\n`}data: ${data}\n\n`)
    .join("");
}
