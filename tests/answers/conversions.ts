/**
 * Conversions with what tests don't care about filled in.
 * @module
 */
import { StreamConverter } from "../../lib/conversion/answer-converter.ts";
import { chatDialect } from "../../lib/conversion/chat-dialect.ts";
import type { Conversion, ConvertibleForm } from "../../lib/conversion/conversion.ts";
import {
  type AskedRequest,
  convertRequest,
  type RequestConversion,
} from "../../lib/conversion/convert-request.ts";
import { eventSplitter } from "../../lib/http/split-events.ts";

const ASKED = { model: "m", named: "asked", nowMs: 5_000, inputGuess: 7, isStream: true } as const;
const OWN = chatDialect("own", false);

export function converting(
  from: ConvertibleForm,
  to: ConvertibleForm,
  body: unknown,
  more: Partial<AskedRequest> = {},
  dialect = OWN,
): RequestConversion {
  return convertRequest(from, to, { ...ASKED, body, ...more }, dialect);
}

const encoder = new TextEncoder();

/**
 * A stream in the caller's format.
 * @param size Of the pieces in which the bytes arrive.
 */
export function convertedStream(sse: string, conversion: Conversion, size = 64): string {
  const splitter = eventSplitter("sse");
  const converter = new StreamConverter(conversion);
  const bytes = encoder.encode(sse);
  let said = "";
  for (let start = 0; start < bytes.length; start += size) {
    said += converter.push(splitter.push(bytes.subarray(start, start + size)));
  }
  return said + converter.push(splitter.end()) + converter.end();
}
