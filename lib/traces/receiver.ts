/**
 * Where traces go: an address and headers, as OpenTelemetry's variables have them.
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 * @module
 */
export interface TraceReceiver {
  /** The address that spans are posted to. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const PATH = "/v1/traces";
const MAX_HEADERS = 20;
const MAX_HEADER_CHARS = 4_000;
const HEADER_NAME = /^[!#$%&'*+.^_`|~\dA-Za-z-]{1,100}$/;
/** What the exporter sets itself, or `fetch` does not allow. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  ...["content-type", "content-length", "content-encoding", "host", "connection"],
  ...["transfer-encoding", "user-agent"],
]);

/** The address for spans, from the base that variables name. @throws {TypeError} for no address. */
export function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint);
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path.endsWith(PATH) ? path : path + PATH;
  return url.href;
}

/**
 * `name=value,name=value`, the values percent-encoded.
 * @returns Null for what is none.
 */
export function parseHeaders(text: string): Readonly<Record<string, string>> | null {
  if (text.length > MAX_HEADER_CHARS) return null;
  const headers: Record<string, string> = {};
  for (const part of text.split(",")) {
    if (part.trim() === "") continue;
    const at = part.indexOf("=");
    const name = part.slice(0, Math.max(0, at)).trim().toLowerCase();
    const value = decoded(part.slice(at + 1).trim());
    if (at < 1 || value === null || !HEADER_NAME.test(name) || OWN_HEADERS.has(name)) return null;
    headers[name] = value;
  }
  return Object.keys(headers).length > MAX_HEADERS ? null : headers;
}

function decoded(text: string): string | null {
  try {
    const value = decodeURIComponent(text);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no header may hold them.
    return /[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/.test(value) ? null : value;
  } catch {
    return null;
  }
}
