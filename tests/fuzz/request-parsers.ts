/** Parsers of what clients send. */
import fc from "fast-check";
import { expect } from "vitest";
import { parseAuthKey } from "../../lib/db/tokens/parse-auth-key.ts";
import { connectionHeaders } from "../../lib/http/hop-by-hop.ts";
import { providers } from "../../lib/providers/registry.ts";
import { ProxyError } from "../../lib/proxy/proxy-error.ts";
import { bodyForms } from "../../lib/proxy/request/body-form.ts";
import { carriesToken } from "../../lib/proxy/request/carries-token.ts";
import { conversationOf } from "../../lib/proxy/request/conversation.ts";
import { findFormField, multipartBoundary } from "../../lib/proxy/request/find-form-field.ts";
import { findJsonField } from "../../lib/proxy/request/find-json-field.ts";
import { MAX_MODEL_CHARS, modelName } from "../../lib/proxy/request/model-name.ts";
import { fieldTree } from "../../lib/proxy/request/model-tree.ts";
import { MOST_OUTPUT_TOKENS, mostOutputTokens } from "../../lib/proxy/request/output-limit.ts";
import { withoutNeedlessEscapes } from "../../lib/proxy/request/path-readings.ts";
import { assertSafePath, splitProxyPath } from "../../lib/proxy/request/proxy-path.ts";
import {
  CREDENTIAL_HEADERS,
  requestCredentials,
} from "../../lib/proxy/request/request-credential.ts";
import { scanForm, scanUrlEncoded } from "../../lib/proxy/request/scan-form.ts";
import { scanJson } from "../../lib/proxy/request/scan-json.ts";
import { idsInForm, idsInJson, idsInPairs, idsInUrl } from "../../lib/proxy/request/stored-ids.ts";
import { packingOf } from "../../lib/proxy/request/unpack-body.ts";
import { splitProtocols } from "../../lib/proxy/request/web-socket-handshake.ts";
import { parseGatewayMetadata } from "../../lib/tags/gateway-metadata.ts";
import { parseTags } from "../../lib/tags/tag-text.ts";
import { isTagName, isTagValue, type Tags } from "../../lib/tags/tags.ts";
import { parseHeaders } from "../../lib/traces/receiver.ts";
import { traceOf } from "../../lib/traces/trace-context.ts";
import { createSocketReader } from "../../lib/usage/socket-protocols.ts";
import { bytesOf, headersWith, nearlyJson, soup } from "./foreign-text.ts";
import type { FuzzProperty } from "./fuzz-property.ts";

const decoder = new TextDecoder();
const trees = providers.map(fieldTree);

const FORM_PIECES = [
  ...["--B", "--B--", "\r\n", "\n", "\r\n\r\n", ": ", ";", '"', "--", "-"],
  ...['Content-Disposition: form-data; name="model"', 'name="file"; filename="a"', "model", "="],
  ...["gpt-5", "Content-Type: text/plain", "file-abc123", "é", "\u0000"],
] as const;
const TRACE_PIECES = [
  ...[
    "00",
    "01",
    "ff",
    "-",
    "0af7651916cd43dd8448eb211c80319c",
    "b7ad6b7169203331",
    "0".repeat(16),
  ],
  ...["0".repeat(32), "a", "vendor=value", ",", " ", "x".repeat(600)],
] as const;
const TAG_PIECES = [
  ...["customer", "=", ",", "acme", "%2C", "%", "é", " ", "\u0000", "a b", "x".repeat(60)],
  ...['{"', '":"', '":', '","', '"}', "12", "true"],
] as const;
const areValid = (tags: Tags) =>
  Object.entries(tags).every(([name, value]) => isTagName(name) && isTagValue(value));
const PATH_PIECES = [
  ...[
    "/",
    "//",
    "api",
    "compat",
    "openai",
    "v1",
    "v1beta",
    "chat/completions",
    "models",
    "..",
    ".",
  ],
  ...[
    "%",
    "%2e",
    "%2F",
    "%5c",
    "%00",
    "%E0%A4%A",
    "https://",
    "a",
    "é",
    "files/file-1",
    ":generate",
  ],
] as const;
const HEADER_PIECES = [
  "Bearer ",
  "bearer",
  "Token ",
  "sk-1",
  ",",
  " ",
  ";",
  "=",
  '"',
  "gzip",
  "br",
  "close",
];

const paths = soup(PATH_PIECES, 12);

/** Null if the text isn't JSON. */
function parsed(bytes: Uint8Array): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(decoder.decode(bytes)) };
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Runs something that may reject a text with our own error, and in no other way. */
function refusesOnly(run: () => unknown): boolean {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ProxyError)) throw error;
  }
  return true;
}

export const requestParsers: readonly FuzzProperty[] = [
  {
    parser: "lib/proxy/request/find-json-field.ts",
    holds: "agrees with JSON.parse; what it finds in invalid JSON is a string in it",
    property: fc.property(nearlyJson, (text) => {
      const bytes = bytesOf(text);
      const found = findJsonField(bytes, "model");
      const json = parsed(bytes);
      const value = json?.value;
      if (isObject(value)) {
        const model = Object.getOwnPropertyDescriptor(value, "model")?.value as unknown;
        expect(found?.value ?? null).toBe(typeof model === "string" ? model : null);
      }
      if (found === null) return true;
      return JSON.parse(decoder.decode(bytes.subarray(found.start, found.end))) === found.value;
    }),
  },
  {
    parser: "lib/proxy/request/scan-json.ts",
    holds: "accepts JSON objects only, but doesn't check inside strings that it skips",
    property: fc.property(nearlyJson, fc.constantFrom(...trees), (text, tree) => {
      const bytes = bytesOf(text);
      const problem = scanJson(bytes, tree, () => {});
      if (isObject(parsed(bytes)?.value)) return problem === null;
      const withoutStrings = decoder.decode(bytes).replace(/"(?:[^"\\]|\\.)*"/gs, '""');
      return problem !== null || isObject(parsed(bytesOf(withoutStrings))?.value);
    }),
  },
  {
    parser: "lib/proxy/request/scan-form.ts",
    holds: "reads any form without an error, and only values that are in it",
    property: fc.property(soup(FORM_PIECES), fc.constantFrom(...trees), (text, tree) => {
      const bytes = bytesOf(text);
      const stands = (value: string | null) =>
        expect(value === null || text.includes(value)).toBe(true);
      scanForm(bytes, "multipart/form-data; boundary=B", tree, (_node, value) => stands(value));
      scanUrlEncoded(bytes, tree, () => {});
      return true;
    }),
  },
  {
    parser: "lib/proxy/request/find-form-field.ts",
    holds: "finds a field's own bytes",
    property: fc.property(soup(FORM_PIECES), fc.constantFrom("B", "-B", ""), (text, boundary) => {
      const bytes = bytesOf(text);
      const found = findFormField(bytes, boundary, "model");
      if (found === null) return true;
      return decoder.decode(bytes.subarray(found.start, found.end)) === found.value;
    }),
  },
  {
    parser: "lib/proxy/request/body-form.ts",
    holds: "accepts any bytes with any content type",
    property: fc.property(
      fc.uint8Array({ maxLength: 8 }),
      soup(
        [
          "multipart/form-data",
          "application/json",
          ";",
          "boundary=",
          '"',
          "B",
          "x-www-form-urlencoded",
        ],
        6,
      ),
      (bytes, type) => {
        multipartBoundary(type);
        return Object.values(bodyForms(bytes, type)).every((is) => typeof is === "boolean");
      },
    ),
  },
  {
    parser: "lib/proxy/request/proxy-path.ts",
    holds: "splits any path; an accepted one never climbs out of its base",
    property: fc.property(paths, (path) => {
      const split = splitProxyPath(`/api/${path}`);
      if (split === null) return true;
      return refusesOnly(() => {
        assertSafePath(split.rest, "", "");
        expect(decodeURIComponent(split.rest).split(/[/\\]/)).not.toContain(
          split.rest.includes("%") ? ".." : "\u0000",
        );
      });
    }),
  },
  {
    parser: "lib/proxy/request/path-readings.ts",
    holds: "removes escapes that change nothing; a second pass changes nothing",
    property: fc.property(paths, (path) => {
      const plain = withoutNeedlessEscapes(path);
      return withoutNeedlessEscapes(plain) === plain;
    }),
  },
  {
    parser: "lib/proxy/request/stored-ids.ts",
    holds: "finds ids that are in the text, in paths, JSON and forms",
    property: fc.property(
      soup(
        [...PATH_PIECES, '"file_id":"', '"', "file-abc", "resp_1", "\\u", "?", "&", "=", "{", "}"],
        16,
      ),
      fc.boolean(),
      (text, isGoogle) =>
        [
          idsInJson(`{${text}`),
          idsInForm(text),
          idsInPairs(text),
          idsInUrl(`https://a.test/${text}`, isGoogle),
        ]
          .flat()
          .every(({ id }) => id.length > 0),
    ),
  },
  {
    parser: "lib/proxy/request/output-limit.ts",
    holds: "counts tokens up to a bound",
    property: fc.property(nearlyJson, soup(HEADER_PIECES, 4), (text, path) => {
      const tokens = mostOutputTokens({ kind: "kept", bytes: bytesOf(text) }, path);
      return Number.isInteger(tokens) && tokens >= 0 && tokens <= 128 * MOST_OUTPUT_TOKENS;
    }),
  },
  {
    parser: "lib/proxy/request/conversation.ts",
    holds: "names a conversation, or none",
    property: fc.property(nearlyJson, soup(HEADER_PIECES, 4), (text, session) => {
      const headers = new Headers({ "x-one-balance-session": session.trim() });
      const conversation = conversationOf("at_1", headers, {
        kind: "kept",
        bytes: bytesOf(`{${text}`),
      });
      return conversation === null || conversation.name.length > 0;
    }),
  },
  {
    parser: "lib/proxy/request/request-credential.ts",
    holds: "returns credentials for any headers",
    property: fc.property(
      headersWith([...CREDENTIAL_HEADERS, "sec-websocket-protocol"], HEADER_PIECES),
      soup(["?", "&", "key=", "api_key=", "%", "a", "="], 6),
      fc.constantFrom(...providers),
      (headers, search, provider) =>
        [...requestCredentials(headers, new URL(`https://a.test/?${search}`), provider)].every(
          (text) => typeof text === "string",
        ),
    ),
  },
  {
    parser: "lib/proxy/request/carries-token.ts",
    holds: "finds a token in any text",
    property: fc.property(paths, paths, (before, after) =>
      carriesToken(
        `${before}ob-0123456789abcdef0123456789${after}`,
        "ob-0123456789abcdef0123456789",
      ),
    ),
  },
  {
    parser: "lib/proxy/request/model-name.ts",
    holds: "accepts short names, and rejects others with our error",
    property: fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) =>
      refusesOnly(() =>
        expect((modelName(text) ?? "").length).toBeLessThanOrEqual(MAX_MODEL_CHARS),
      ),
    ),
  },
  {
    parser: "lib/proxy/request/unpack-body.ts",
    holds: "knows an encoding, or rejects it with our error",
    property: fc.property(headersWith(["content-encoding"], HEADER_PIECES), (headers) =>
      refusesOnly(() => packingOf(headers)),
    ),
  },
  {
    parser: "lib/proxy/request/web-socket-handshake.ts",
    holds: "splits any list of subprotocols into trimmed names",
    property: fc.property(soup(HEADER_PIECES), (text) =>
      splitProtocols(text).every((name) => name !== "" && name === name.trim()),
    ),
  },
  {
    parser: "lib/http/hop-by-hop.ts",
    holds: "names headers that may be deleted",
    property: fc.property(headersWith(["connection"], HEADER_PIECES), (headers) => {
      for (const name of connectionHeaders(headers)) headers.delete(name);
      return true;
    }),
  },
  {
    parser: "lib/usage/socket-protocols.ts",
    holds: "reads any frames of either side",
    property: fc.property(
      fc.constantFrom("openai", "gemini", "deepgram", "elevenlabs", "cartesia"),
      fc.array(fc.tuple(fc.boolean(), nearlyJson), { maxLength: 3 }),
      (protocol, frames) => {
        const reader = createSocketReader(protocol);
        for (const [isClients, frame] of frames) {
          if (isClients) reader.fromClient(frame);
          else reader.fromUpstream(frame);
          expect(reader.writtenIn(frame)).toBeGreaterThanOrEqual(0);
        }
        return Array.isArray(reader.end());
      },
    ),
  },
  {
    parser: "lib/db/tokens/parse-auth-key.ts",
    holds: "turns each definition into a token or a problem",
    property: fc.property(
      soup(["key", "(", ")", "123", ";", "=", "&", ",", " ", "openai", "gpt-5"]),
      (text) => {
        const { definitions, problems } = parseAuthKey(text);
        const written = text.split(";").filter((part) => part.trim() !== "");
        return definitions.length + problems.length === written.length;
      },
    ),
  },
  {
    parser: "lib/tags/tag-text.ts",
    holds: "reads valid tags, or says what is wrong",
    property: fc.property(soup(TAG_PIECES), (text) => {
      const read = parseTags(text);
      return "tags" in read ? areValid(read.tags) : read.problem !== "";
    }),
  },
  {
    parser: "lib/tags/gateway-metadata.ts",
    holds: "reads valid tags from any text",
    property: fc.property(fc.oneof(nearlyJson, soup(TAG_PIECES)), (text) =>
      areValid(parseGatewayMetadata(text)),
    ),
  },
  {
    parser: "lib/traces/trace-context.ts",
    holds: "continues a trace or begins one, with valid ids",
    property: fc.property(headersWith(["traceparent", "tracestate"], TRACE_PIECES), (headers) => {
      const trace = traceOf(headers, (digits) => "f".repeat(digits));
      expect(trace.traceId).toMatch(/^(?!0{32})[\da-f]{32}$/);
      expect(trace.parentSpanId ?? "1".repeat(16)).toMatch(/^(?!0{16})[\da-f]{16}$/);
      return trace.state.length <= 512;
    }),
  },
  {
    parser: "lib/traces/receiver.ts",
    holds: "returns headers that may be set, or null",
    property: fc.property(
      soup(["authorization", "=", ",", "%20", "%0d%0a", "%", "é", " ", "a", "host", "\u0000"]),
      (text) => {
        const headers = parseHeaders(text);
        return headers === null || [...new Headers(headers)].length <= 20;
      },
    ),
  },
];
