/**
 * The head of an HTTP/1.1 request, parsed for what the front needs: where the request ends, and what proxies report.
 * Anything that two servers might parse differently is rejected, so that this one and workerd agree on where each
 * request ends.
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-6.3
 * @module
 */

export interface RequestHead {
  readonly method: string;
  /** As sent: begins with a slash, or is `*`. */
  readonly target: string;
  /** Bytes of the request line, including its line end. */
  readonly lineBytes: number;
  /** Of the body; null if it is chunked. */
  readonly bodyBytes: number | null;
  /** Whether a WebSocket may follow. */
  readonly isUpgrade: boolean;
  /** All values of a header, joined by commas; null if missing. @param name in lower case */
  header(name: string): string | null;
}

/** Closes its connection. */
export class BadRequest extends Error {
  readonly status: BadRequestStatus;

  /** @param message what is wrong with it */
  constructor(status: BadRequestStatus, message: string) {
    super(message);
    this.status = status;
  }
}

type BadRequestStatus =
  | "400 Bad Request"
  | "405 Method Not Allowed"
  | "431 Request Header Fields Too Large";

/** Origin form only: CONNECT and absolute addresses are for forward proxies. */
const REQUEST_LINE = /^([A-Z]{1,32}) (\/[^\s]*|\*) HTTP\/1\.[01]\r\n/;
/** Each a token, a colon and a value on one line: no folding, no bare CR or LF, no NUL. */
const FIELDS = /^(?:[\w!#$%&'*+.^`|~-]+:[^\r\n\0]*\r\n)*$/;
/** A name or an address with its port: with a slash in it, a URL built from it would have another path. */
const HOST = /^[\w.:[\]%~-]*$/;
const KEYS: Readonly<Record<string, keyof Framing>> = {
  host: "host",
  "content-length": "length",
  "transfer-encoding": "coding",
  upgrade: "upgrade",
};

/** The headers that decide where a request ends. */
const FRAMING = /\r\n(host|content-length|transfer-encoding|upgrade):[ \t]*([^\r\n]*)/gi;

/**
 * @param text up to and including the line end of the last field, one character per byte
 * @throws {BadRequest}
 */
export function readRequestHead(text: string): RequestHead {
  const [line, method = "", target = ""] = REQUEST_LINE.exec(text) ?? [];
  if (line === undefined) {
    if (/^CONNECT /.test(text)) throw new BadRequest("405 Method Not Allowed", "CONNECT");
    throw new BadRequest("400 Bad Request", "request line");
  }
  if (!FIELDS.test(text.slice(line.length))) throw new BadRequest("400 Bad Request", "fields");
  const framing = framingOf(text);
  if (!HOST.test(framing.host ?? "")) throw new BadRequest("400 Bad Request", "host");
  return {
    method,
    target,
    lineBytes: line.length,
    bodyBytes: bodyBytesOf(framing),
    isUpgrade: method === "GET" && framing.upgrade?.toLowerCase() === "websocket",
    header: (name) => headerOf(text, name),
  };
}

/** By meaning; several fields with one name are one value, separated by commas. */
interface Framing {
  host?: string;
  length?: string;
  coding?: string;
  upgrade?: string;
}

function framingOf(text: string): Framing {
  const framing: Framing = {};
  FRAMING.lastIndex = 0;
  for (let field = FRAMING.exec(text); field !== null; field = FRAMING.exec(text)) {
    const [, name = "", value = ""] = field;
    const key = KEYS[name.toLowerCase()];
    if (key !== undefined) {
      framing[key] = framing[key] === undefined ? value.trimEnd() : `${framing[key]}, ${value}`;
    }
  }
  return framing;
}

function bodyBytesOf({ coding, length }: Framing): number | null {
  if (coding !== undefined) {
    if (length !== undefined || coding.toLowerCase() !== "chunked") {
      throw new BadRequest("400 Bad Request", "transfer-encoding");
    }
    return null;
  }
  if (length === undefined) return 0;
  if (!/^\d{1,15}$/.test(length)) throw new BadRequest("400 Bad Request", "content-length");
  return Number(length);
}

/** By name: the few that this program uses. */
const patterns = new Map<string, RegExp>();

function headerOf(text: string, name: string): string | null {
  let pattern = patterns.get(name);
  if (pattern === undefined) {
    pattern = new RegExp(`\\r\\n${name}:([^\\r\\n]*)`, "gi");
    patterns.set(name, pattern);
  }
  const fields = text.matchAll(pattern);
  const values = [...fields].map(([, value = ""]) => value.trim());
  return values.length === 0 ? null : values.join(", ");
}
