/**
 * A single pass over a JSON text for what may name something stored. Ids, and the names of fields for them, are words
 * that end at a quotation mark; a regular expression would try each of its alternatives at every character, which for a
 * long conversation takes longer than everything else that is done with it.
 * @module
 */

const SHAPED_ID =
  /^(?:file|cfile|batch|msgbatch|resp|conv|thread|run|step|ftjob|upload|vs|vsfb|asst|cntr|container|video|eval|evalrun|skill|chatcmpl|ag|lib)[-_][\w-]{4,120}$/;
/** `ag-` and four more. */
const MIN_ID_CHARS = 7;
/** Has a digit or a capital letter. */
const LOOKS_RANDOM = /[\dA-Z]/;
/** Google's names include their collection: `files/abc`. */
const NAMED_COLLECTIONS =
  /^(?:files|cachedContents|batches|operations|tunedModels|fileSearchStores|corpora|interactions)$/;
const MAX_COLLECTION_CHARS = 16;
const MIN_NAME_CHARS = 4;
const MAX_NAME_CHARS = 120;

/** Fields whose value names something stored. */
const REFERENCE_FIELD =
  /^(?:(?:assistant|batch|container|conversation|response|thread|previous_?(?:response|interaction))_?id|(?:input_?)?file_?ids?|vector_?store_?ids?|cached_?content|container|conversation|file_?uri|file_?search_?store_?names|(?:training|validation)_?file)$/i;
/** Shorter than `fileid`, or longer than `file_search_store_names`, is none. */
const MIN_FIELD_CHARS = 6;
const MAX_FIELD_CHARS = 24;

/** An item of a list that consists only of its id refers to an item of a stored response. */
const BARE_ITEM = /\{\s*"id"\s*:\s*"[a-z]+_[A-Za-z0-9]+"\s*(?:,\s*"type"\s*:\s*null\s*)?\}/y;
const MAX_BLANKS = 1_000;

/** A word is read no further back: nothing that is looked for is longer. */
const MAX_WORD_CHARS = 140;

const QUOTE = 0x22;
const SLASH = 0x2f;
const OPEN_BRACE = 0x7b;
const SPACE = 0x20;

/** 1 for the characters of ids: ASCII letters, digits, `_` and `-`. */
const IN_WORD = new Uint8Array(128);
for (const char of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") {
  IN_WORD[char.charCodeAt(0)] = 1;
}

export interface QuotedWords {
  /** Whether a string is the name of a field for ids. */
  readonly namesReference: boolean;
  /** Whether an item of a stored response may be named. */
  readonly namesItem: boolean;
  /**
   * What looks like an id at the end of a string: by itself, or of an address or a resource's full name. Ids look
   * random; names of tools (`file_search`, `run_command`) don't.
   */
  readonly shaped: readonly string[];
}

/** @param maxShaped More ids are not collected. */
export function quotedWords(text: string, maxShaped: number): QuotedWords {
  let namesReference = false;
  let namesItem = false;
  const shaped = new Set<string>();
  for (let quote = text.indexOf('"'); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    const start = wordStart(text, quote, MAX_WORD_CHARS);
    const length = quote - start;
    if (length < 2 || start === 0) continue;
    const before = text.charCodeAt(start - 1);
    if (before !== QUOTE && before !== SLASH) continue;
    const word = text.slice(start, quote);
    if (before === QUOTE) {
      if (length >= MIN_FIELD_CHARS && length <= MAX_FIELD_CHARS) {
        namesReference ||= REFERENCE_FIELD.test(word);
        namesItem ||= word === "item_reference";
      } else if (word === "id") {
        namesItem ||= isBareItem(text, start - 1);
      }
    }
    if (shaped.size >= maxShaped) continue;
    if (length >= MIN_ID_CHARS && SHAPED_ID.test(word)) {
      if (LOOKS_RANDOM.test(word)) shaped.add(word);
    } else if (before === SLASH && length >= MIN_NAME_CHARS && length <= MAX_NAME_CHARS) {
      const name = collectionName(text, start - 1);
      if (name !== null) shaped.add(`${name}/${word}`);
    }
  }
  return { namesReference, namesItem, shaped: [...shaped] };
}

function wordStart(text: string, end: number, maxChars: number): number {
  const least = Math.max(0, end - maxChars);
  let start = end;
  while (start > least && IN_WORD[text.charCodeAt(start - 1)] === 1) start -= 1;
  return start;
}

/** The collection before a slash; null if it isn't one, or doesn't begin there. */
function collectionName(text: string, slash: number): string | null {
  const start = wordStart(text, slash, MAX_COLLECTION_CHARS + 1);
  const before = start === 0 ? 0 : text.charCodeAt(start - 1);
  if (before !== QUOTE && before !== SLASH) return null;
  const name = text.slice(start, slash);
  return NAMED_COLLECTIONS.test(name) ? name : null;
}

/** @param quote Where `"id"` begins. */
function isBareItem(text: string, quote: number): boolean {
  const least = Math.max(0, quote - MAX_BLANKS);
  let at = quote - 1;
  while (at > least && text.charCodeAt(at) <= SPACE) at -= 1;
  if (text.charCodeAt(at) !== OPEN_BRACE) return false;
  BARE_ITEM.lastIndex = at;
  return BARE_ITEM.test(text);
}
