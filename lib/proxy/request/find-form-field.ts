/**
 * Finds one plain field of a multipart form (RFC 7578) in the available bytes, without parsing its files.
 * @module
 */
import { findBytes } from "../../http/find-bytes";
import type { BodyField } from "./find-json-field";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** More than any form has; further parts are ignored. */
const MAX_PARTS = 1_000;

/** Longer than any part header that a client writes; a match further on belongs to file content. */
const MAX_PART_HEADER_BYTES = 4096;

/** The boundary in a `multipart/form-data` content type, or null; RFC 2046 allows 70 characters. */
export function multipartBoundary(contentType: string): string | null {
  if (!/^multipart\/form-data\b/i.test(contentType)) return null;
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^;\s"]{1,70})(?=[;\s]|$))/i.exec(contentType);
  return match?.[1] ?? match?.[2] ?? null;
}

/** The field; the last one if it occurs twice; null if it isn't completely in `bytes`. */
export function findFormField(bytes: Uint8Array, boundary: string, name: string): BodyField | null {
  // The preceding line break belongs to it.
  const delimiter = encoder.encode(`\r\n--${boundary}`);
  const find = findBytes(delimiter);
  let found: BodyField | null = null;
  let start = beginsWith(bytes, delimiter.subarray(2))
    ? -2
    : nextDelimiter(bytes, delimiter, find, 0);
  for (let part = 0; start !== -1 && part < MAX_PARTS; part += 1) {
    const partStart = start + delimiter.length;
    const end = nextDelimiter(bytes, delimiter, find, partStart);
    if (end === -1) return found;
    found = readField(bytes, partStart, end, name) ?? found;
    start = end;
  }
  return found;
}

/** The line break before the first delimiter may be missing. */
function beginsWith(bytes: Uint8Array, delimiter: Uint8Array): boolean {
  return delimiter.every((byte, index) => bytes[index] === byte);
}

/** A delimiter is followed by a line break, or by the dashes of the last one. */
function nextDelimiter(
  bytes: Uint8Array,
  delimiter: Uint8Array,
  find: (bytes: Uint8Array, from: number) => number,
  from: number,
): number {
  let at = find(bytes, from);
  while (at !== -1) {
    const next = bytes[at + delimiter.length];
    if (next === CR || next === DASH || next === undefined) return at;
    at = find(bytes, at + delimiter.length);
  }
  return -1;
}

const CR = 0x0d;
const DASH = 0x2d;

function readField(
  bytes: Uint8Array,
  partStart: number,
  partEnd: number,
  name: string,
): BodyField | null {
  const part = bytes.subarray(partStart, partEnd);
  const head = decoder.decode(part.subarray(0, MAX_PART_HEADER_BYTES));
  const blank = head.indexOf("\r\n\r\n");
  if (blank === -1) return null;
  const disposition = /^content-disposition:[^\r\n]*$/im.exec(head.slice(0, blank))?.[0] ?? "";
  if (/;\s*filename\*?=/i.test(disposition)) return null;
  const field = /;\s*name=(?:"([^"]*)"|([^;\s]+))/i.exec(disposition);
  if ((field?.[1] ?? field?.[2]) !== name) return null;
  const start = partStart + encoder.encode(head.slice(0, blank)).length + 4;
  return {
    value: decoder.decode(bytes.subarray(start, partEnd)),
    start,
    end: partEnd,
    encode: (value) => value,
  };
}
