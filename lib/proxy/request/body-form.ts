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
  const multipart = type.includes("multipart/");
  return {
    json: !multipart && (beginsJson(head) || type.includes("json")),
    multipart,
    urlEncoded: type.includes("x-www-form-urlencoded"),
  };
}

/** Whether none of them fits: audio, an image, bytes of any kind. */
export function isRaw({ json, multipart, urlEncoded }: BodyForms): boolean {
  return !json && !multipart && !urlEncoded;
}

/** No client writes more white space before its JSON; what is behind so much of it may be anything. */
const MAX_SPACE_BYTES = 1_024;

/**
 * Whether a parser could read the bytes as a JSON object or list, which white space or a byte order mark may precede,
 * also in UTF-16 and UTF-32: some servers accept both.
 */
export function beginsJson(head: Uint8Array): boolean {
  // Almost always the first byte.
  if (head[0] === OPEN_BRACE) return true;
  if (head.length === 0) return false;
  let zeros = 0;
  for (let at = 0; at < MAX_SPACE_BYTES; at += 1) {
    const byte = head[at];
    if (byte === undefined) return false;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return true;
    zeros = byte === 0 ? zeros + 1 : 0;
    const mayPrecede = isSpace(byte) || zeros > 0 || (at < MARK_BYTES && OF_MARKS.has(byte));
    // Silence is recorded as zeros.
    if (!mayPrecede || zeros > MOST_ZEROS) return false;
  }
  return true;
}

/** Byte order marks: EF BB BF, FE FF, FF FE, 00 00 FE FF. */
const MARK_BYTES = 4;
const OF_MARKS: ReadonlySet<number> = new Set([0xef, 0xbb, 0xbf, 0xfe, 0xff]);
/** Beside an ASCII character in UTF-32. */
const MOST_ZEROS = 3;

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Whether a JSON text is in UTF-16 or UTF-32, by its mark, or by the zeros beside ASCII. */
export function isWide(bytes: Uint8Array): boolean {
  // By index: taking a list of bytes apart costs an iterator, and every body is looked at.
  const first = bytes[0] ?? 0;
  const second = bytes[1] ?? 0;
  const third = bytes[2] ?? 1;
  const fourth = bytes[3] ?? 1;
  if ((first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe)) return true;
  return bytes.length > 1 && (first === 0 || second === 0 || third === 0 || fourth === 0);
}

const decoder = new TextDecoder();
const latin1 = new TextDecoder("latin1");

/** JSON as text. Of UTF-16 and UTF-32 only ASCII is exact: names and ids are nothing else. */
export function jsonText(bytes: Uint8Array): string {
  return isWide(bytes) ? latin1.decode(bytes).replaceAll("\0", "") : decoder.decode(bytes);
}
