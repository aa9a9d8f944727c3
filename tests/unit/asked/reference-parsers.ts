/**
 * What parsers of six kinds find in a request: JSON where the last name wins, where the first wins, and one that folds
 * case; two form parsers, one strict and one that splits at anything; and the decoding of URL escapes. None shares code
 * with what it tests.
 * @module
 */
import type { AskedRequest } from "./generate-request.ts";

/** Every model name that one of them sees. */
export function modelsSeen({
  provider,
  path,
  search,
  headers,
  body,
}: AskedRequest): readonly string[] {
  const text = new TextDecoder().decode(body);
  const type = headers["content-type"] ?? "";
  const seen: string[] = [...inPath(provider, path)];
  // No HTTP service here reads query parameters except by some name.
  for (const [name, value] of new URLSearchParams(search)) {
    if (/^(?:model|models|model_id|deployment)$/i.test(name)) seen.push(value);
  }
  if (!type.startsWith("multipart/")) {
    for (const parse of [lastWins, firstWins, foldsCase])
      seen.push(...inFields(parse(text), provider));
  }
  if (type.includes("x-www-form-urlencoded"))
    seen.push(...inPairs([...new URLSearchParams(text)], provider));
  if (type.startsWith("multipart/")) {
    seen.push(
      ...inPairs(strictForm(text, type), provider),
      ...inPairs(looseForm(text, type), provider),
    );
  }
  return seen;
}

/** Names under which a service reads a model, the usual ones everywhere. */
function obeys(provider: string, name: string): boolean {
  const usual: Readonly<Record<string, readonly string[]>> = {
    cartesia: ["model_id", "model"],
    elevenlabs: ["model_id"],
    parallel: ["processor", "model"],
    replicate: ["version", "model"],
    openrouter: ["model", "models"],
  };
  return (usual[provider] ?? ["model"]).includes(name);
}

type Members = readonly (readonly [string, unknown])[];

function inFields(members: Members | null, provider: string): string[] {
  return (members ?? []).flatMap(([name, value]) => {
    if (!obeys(provider, name)) return [];
    return [value].flat().filter((each): each is string => typeof each === "string");
  });
}

function inPairs(pairs: readonly (readonly [string, string])[], provider: string): string[] {
  return pairs.flatMap(([name, value]) => {
    const base = name.replace(/\[\]$/, "");
    return obeys(provider, base) || obeys(provider, base.toLowerCase()) ? [value] : [];
  });
}

function lastWins(text: string): Members | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.entries(value)
      : null;
  } catch {
    return null;
  }
}

/** All members in order, of a text that `JSON.parse` accepts. */
function allMembers(text: string): Members | null {
  if (lastWins(text) === null) return null;
  const members: [string, unknown][] = [];
  const source = text
    .replace(/^\uFEFF/, "")
    .trim()
    .slice(1, -1);
  let depth = 0;
  let isText = false;
  let start = 0;
  for (let at = 0; at <= source.length; at += 1) {
    const character = source[at];
    if (isText) {
      if (character === "\\") at += 1;
      else if (character === '"') isText = false;
    } else if (character === '"') isText = true;
    else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    else if ((character === "," && depth === 0) || at === source.length) {
      const member = Object.entries(JSON.parse(`{${source.slice(start, at)}}`) as object)[0];
      if (member !== undefined) members.push(member);
      start = at + 1;
    }
  }
  return members;
}

function firstWins(text: string): Members | null {
  const members = allMembers(text);
  return (
    members?.filter(([name], index) => members.findIndex(([other]) => other === name) === index) ??
    null
  );
}

/** Like Go's decoder: every spelling sets the same field. */
function foldsCase(text: string): Members | null {
  const members = allMembers(text);
  return members?.map(([name, value]) => [name.toLowerCase(), value] as const) ?? null;
}

const boundaries = (type: string) =>
  [...type.matchAll(/boundary="?([^";]+)"?/g)].map(([, boundary = ""]) => boundary);

/** Strictly by RFC 2046: delimiters are whole lines. */
function strictForm(text: string, type: string): [string, string][] {
  const boundary = boundaries(type)[0] ?? "";
  const [, ...parts] = `\r\n${text}`.split(`\r\n--${boundary}`);
  return parts.flatMap((part) => (part.startsWith("\r\n") ? fieldOf(part.slice(2), "\r\n") : []));
}

/** As lenient parsers do: splits at any boundary, wherever it is, with any line breaks. */
function looseForm(text: string, type: string): [string, string][] {
  return boundaries(type).flatMap((boundary) =>
    text
      .replaceAll("\r\n", "\n")
      .split(`--${boundary}`)
      .slice(1)
      .flatMap((part) => fieldOf(part.replace(/^[ \t]*\n/, "").replace(/\n$/, ""), "\n")),
  );
}

function fieldOf(part: string, lineBreak: string): [string, string][] {
  const blank = part.indexOf(lineBreak + lineBreak);
  if (blank === -1) return [];
  const names = [...part.slice(0, blank).matchAll(/\bname="?([^";\r\n]*)/g)];
  const value = part.slice(blank + 2 * lineBreak.length);
  return names.map(([, name = ""]) => [name, value]);
}

function inPath(provider: string, path: string): string[] {
  const places: Readonly<Record<string, RegExp>> = {
    "google-ai-studio": /models\/([^:]+)/i,
    "google-vertex-ai": /models\/([^:]+)/i,
    "aws-bedrock": /model\/([^/]+)\//i,
    "azure-openai": /^[^/]+\/(?:openai\/deployments\/)?([^/]+)\//i,
  };
  const place = places[provider];
  if (place === undefined) return [];
  const names: string[] = [];
  let text = path;
  for (let round = 0; round < 3; round += 1) {
    const name = place.exec(text)?.[1];
    if (name !== undefined) names.push(name);
    try {
      text = decodeURIComponent(text);
    } catch {
      break;
    }
  }
  return names;
}
