/**
 * Finds one plain field of a multipart form (RFC 7578) in the bytes at hand, without parsing its files.
 * @module
 */
import type { BodyField } from "./body-field";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Longer than any part header a client writes; a match further on belongs to file content. */
const MAX_PART_HEADER_BYTES = 4096;

/** The boundary named by a `multipart/form-data` content type, or null. */
export function multipartBoundary(contentType: string): string | null {
  if (!/^multipart\/form-data\b/i.test(contentType)) return null;
  const match = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  return match?.[1] ?? match?.[2] ?? null;
}

/** The field; the last one if it is given twice; null if it is not in `bytes` as a whole. */
export function findFormField(bytes: Uint8Array, boundary: string, name: string): BodyField | null {
  const delimiter = encoder.encode(`--${boundary}`);
  let found: BodyField | null = null;
  let start = indexOfBytes(bytes, delimiter, 0);
  while (start !== -1) {
    const partStart = start + delimiter.length;
    const end = indexOfBytes(bytes, delimiter, partStart);
    if (end === -1) return found;
    found = readField(bytes, partStart, end, name) ?? found;
    start = end;
  }
  return found;
}

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
  // The line break before the delimiter belongs to the delimiter.
  const end = bytes[partEnd - 2] === 0x0d ? partEnd - 2 : partEnd;
  return {
    value: decoder.decode(bytes.subarray(start, end)),
    start,
    end,
    encode: (value) => value,
  };
}

function indexOfBytes(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[0];
  if (first === undefined) return -1;
  let index = bytes.indexOf(first, from);
  while (index !== -1) {
    let matched = 1;
    while (matched < wanted.length && bytes[index + matched] === wanted[matched]) matched += 1;
    if (matched === wanted.length) return index;
    index = bytes.indexOf(first, index + 1);
  }
  return -1;
}
