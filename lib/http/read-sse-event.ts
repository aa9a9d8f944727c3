/**
 * Server-Sent Events: the first event of a text (HTML Standard, section 9.2.6).
 * @module
 */

export interface SseEvent {
  /** The `event` field; by default `message`. */
  readonly event: string;
  /** The `data` lines, joined by line feeds. */
  readonly data: string;
}

/**
 * The first event in `text`, skipping comments and empty events; null if there is none. An event that isn't closed by
 * an empty line yet counts: an error that ends the stream may lack it.
 */
export function readFirstSseEvent(text: string): SseEvent | null {
  let event = "message";
  let hasEventField = false;
  const data: string[] = [];
  for (const line of text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/)) {
    if (line === "") {
      if (data.length > 0 || hasEventField) break;
      continue;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") {
      event = value;
      hasEventField = true;
    } else if (field === "data") {
      data.push(value);
    }
  }
  return data.length > 0 || hasEventField ? { event, data: data.join("\n") } : null;
}
