/**
 * Tags as text, in a header or a filter: `customer=acme,feature=rag`, in which `,`, `%` and what isn't ASCII are
 * percent-encoded.
 * @module
 */
import {
  isTagName,
  isTagValue,
  MAX_TAG_NAME_CHARS,
  MAX_TAG_VALUE_CHARS,
  MAX_TAGS,
  MAX_TAGS_CHARS,
  type TagMatch,
  type Tags,
} from "./tags";

const ASCII = /^[\x20-\x7e\t]*$/;

export type ReadTags =
  | { readonly tags: Tags }
  | { /** What is wrong with the text, for its writer. */ readonly problem: string };

/** Reads `customer=acme,feature=rag`. Spaces around names and values don't count, nor do empty items. */
export function parseTags(text: string): ReadTags {
  const read = readItems(text);
  if ("problem" in read) return read;
  for (const { name, value } of read.items) {
    if (value === null) return { problem: `${quoted(name)} has no value` };
  }
  return {
    tags: Object.fromEntries(read.items.map(({ name, value }) => [name, value ?? ""])),
  };
}

/** The same in which a name may stand alone; null if it can't be read, or is empty. */
export function parseTagMatches(text: string): readonly TagMatch[] | null {
  const read = readItems(text);
  return "problem" in read || read.items.length === 0 ? null : read.items;
}

type ReadItems = { readonly items: readonly TagMatch[] } | { readonly problem: string };

function readItems(text: string): ReadItems {
  if (text.length > MAX_TAGS_CHARS) {
    return { problem: `it is longer than ${MAX_TAGS_CHARS} characters` };
  }
  const items: TagMatch[] = [];
  for (const part of text.split(",")) {
    const item = part.trim();
    if (item === "") continue;
    const read = readItem(item);
    if ("problem" in read) return read;
    if (items.some(({ name }) => name === read.name)) {
      return { problem: `${quoted(read.name)} is there twice` };
    }
    items.push(read);
  }
  if (items.length > MAX_TAGS) return { problem: `there are more than ${MAX_TAGS} tags` };
  return { items };
}

function readItem(item: string): TagMatch | { readonly problem: string } {
  const at = item.indexOf("=");
  const name = (at < 0 ? item : item.slice(0, at)).trim();
  if (!isTagName(name)) {
    return {
      problem: `${quoted(name)} is no name: it takes 1 to ${MAX_TAG_NAME_CHARS} letters, digits and . _ : / -, a letter or digit first`,
    };
  }
  if (at < 0) return { name, value: null };
  const value = decoded(item.slice(at + 1).trim());
  if (value === null) {
    return { problem: `the value of ${quoted(name)} isn't percent-encoded ASCII` };
  }
  if (!isTagValue(value)) {
    return {
      problem: `the value of ${quoted(name)} must have 1 to ${MAX_TAG_VALUE_CHARS} characters, without line breaks or spaces at its ends`,
    };
  }
  return { name, value };
}

/** Null for what isn't ASCII: HTTP doesn't say which characters other bytes of a header are. */
function decoded(text: string): string | null {
  if (!ASCII.test(text)) return null;
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, MAX_TAG_NAME_CHARS));
}

/** The text that `parseTags` reads as these tags. */
export function formatTags(tags: Tags): string {
  return Object.entries(tags)
    .map(([name, value]) => formatTag(name, value))
    .join(",");
}

export function formatTag(name: string, value: string): string {
  return `${name}=${value.replace(/[%,]|[^\x20-\x7e]+/g, encodeURIComponent)}`;
}
