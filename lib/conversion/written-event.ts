import type { AnswerPart } from "./answer-part";

/** An event to be sent. */
export interface WrittenEvent {
  /** Empty where the form names none. */
  readonly name: string;
  readonly data: string;
}

/** Writes the parts of one answer as events of a form. */
export interface EventWriter {
  write(part: AnswerPart): WrittenEvent[];
  /** The answer is over. */
  end(): WrittenEvent[];
}

/** As Server-Sent Events have it. */
export function sseText(events: readonly WrittenEvent[]): string {
  return events
    .map(({ name, data }) => `${name === "" ? "" : `event: ${name}\n`}data: ${data}\n\n`)
    .join("");
}
