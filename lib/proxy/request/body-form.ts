/**
 * The ways in which a body could be parsed: by its content type, and by its first bytes, because clients send JSON with
 * all kinds of types.
 * @module
 */
export interface BodyForms {
  readonly json: boolean;
  readonly multipart: boolean;
  readonly urlEncoded: boolean;
}

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/** @param head The body's first bytes. */
export function bodyForms(head: Uint8Array, contentType: string): BodyForms {
  const type = contentType.toLowerCase();
  const first = head[firstByte(head)];
  const multipart = type.includes("multipart/");
  return {
    json: !multipart && (first === OPEN_BRACE || first === OPEN_BRACKET || type.includes("json")),
    multipart,
    urlEncoded: type.includes("x-www-form-urlencoded"),
  };
}

/** Whether none of them fits: audio, an image, bytes of any kind. */
export function isRaw({ json, multipart, urlEncoded }: BodyForms): boolean {
  return !json && !multipart && !urlEncoded;
}

/** Index of the first byte that is neither white space nor part of a byte order mark. */
function firstByte(bytes: Uint8Array): number {
  let index = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (isSpace(bytes[index])) index += 1;
  return index;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
