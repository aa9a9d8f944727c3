/**
 * Finds in JSON, as its bytes pass in any pieces, what `usage-reader.ts` needs, without keeping or parsing the rest.
 *
 * One pass follows strings and nesting, so that model output (`"usage": {…}` in its text or in the arguments of a tool
 * call) is never mistaken for what the provider reports, which is in the outermost object, or below it under known
 * names only. Long strings, such as images, are skipped by the engine's own search. It keeps the first and the last
 * usage object, at most 32 KB each, and a few short strings.
 *
 * Inside a JSON string every quote and backslash is escaped (RFC 8259, section 7), and no byte of a multi-byte
 * character looks like ASCII (RFC 3629): characters and escapes may be split anywhere.
 * @module
 */

/** What a key means; a key may have several roles. */
export const ROLE = {
  /** Its object is a usage object. */
  usage: 1,
  /** Its object may contain usage and facts. */
  parent: 2,
  /** Its list contains such objects. */
  list: 4,
  /** Its strings are text that a model wrote. */
  text: 8,
  /** The same for text that some send twice, under this key and under the next role's. */
  reasoning: 16,
  reasoningTwin: 32,
  /** Its list contains objects that repeat what is under `reasoning`. */
  reasoningList: 64,
  /** Its last string is kept. */
  fact: 128,
  /** Its strings are compared with the values that are counted. */
  mark: 256,
  /** The strings of its list are counted. */
  counted: 512,
  /** Its number is kept, like a fact's string. */
  number: 1024,
  /** Its object is kept as JSON, like a fact's string. */
  object: 2048,
  /** A fact about the whole response: ignored in a list, or in an object of the next role. */
  own: 4096,
  aside: 8192,
  /** Its strings are encrypted: their length, without the overhead of each, is summed. */
  sealed: 16384,
  /** Its strings are collected: in objects of the role `aside`, and in lists of objects that may contain usage. */
  collected: 32768,
} as const;

export type Role = keyof typeof ROLE;

/** What is looked for; created once for each kind of response. */
export class ScanKeys {
  readonly roles: ReadonlyMap<number, number>;
  readonly factNames: ReadonlyMap<number, string>;
  readonly marks: ReadonlyMap<number, string>;
  readonly hasNumbers: boolean;
  /** Whether each usage object of a text is about a separate response, so that all are added up. */
  readonly isSummed: boolean;

  /** @param marks Strings under keys of the role `mark` that are counted. */
  constructor(
    keys: Readonly<Partial<Record<Role, readonly string[]>>>,
    marks: readonly string[] = [],
    isSummed = false,
  ) {
    this.isSummed = isSummed;
    const roles = new Map<number, number>();
    for (const role of Object.keys(ROLE) as Role[]) {
      for (const key of keys[role] ?? []) {
        const hash = hashOf(key);
        roles.set(hash, (roles.get(hash) ?? 0) | ROLE[role]);
      }
    }
    this.roles = roles;
    this.hasNumbers = keys.number !== undefined;
    const kept = [
      ...(keys.fact ?? []),
      ...(keys.own ?? []),
      ...(keys.number ?? []),
      ...(keys.object ?? []),
    ];
    this.factNames = new Map(kept.map((key) => [hashOf(key), key]));
    this.marks = new Map(marks.map((mark) => [hashOf(mark), mark]));
  }
}

/** Creating a string for each key would cost more than everything else. */
function addToHash(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}

/** A hash as a number that the engine stores inline, which doubles the speed of map lookups. */
const SMALL = 0x3fffffff;

const encoder = new TextEncoder();

function hashOf(text: string): number {
  return encoder.encode(text).reduce(addToHash, 0) & SMALL;
}

/** The size of encrypted reasoning without content (see `hidden-reasoning.ts`). */
const SEAL_BYTES = 950;
const MAX_COLLECTED = 64;
const MAX_CAPTURE_BYTES = 32 * 1024;
/** Longer strings aren't names, ids or states. */
const MAX_FACT_BYTES = 256;
/** Deeper than any provider nests; deeper text isn't examined. */
const MAX_DEPTH = 256;
/** Shorter strings end before the engine's search would have begun. */
const SEARCH_FROM_BYTES = 64;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;

/** 1 for the bytes that matter outside of strings. */
const STRUCTURAL = tableOf('",[]{}');
/** 1 for the bytes of number lists. */
const NUMERIC = tableOf("0123456789+-.eE, ");
const OF_NUMBERS = tableOf("0123456789+-.eE");

const TEXT_ROLES = ROLE.text | ROLE.reasoning | ROLE.reasoningTwin;
/** The roles of a key that wasn't looked up yet. */
const UNKNOWN = -1;
const CAPTURE_ROLES = ROLE.usage | ROLE.object;
/** Roles of strings whose content is examined, not only their length. */
const READ_ROLES = ROLE.fact | ROLE.own | ROLE.mark | ROLE.counted | ROLE.collected;

function tableOf(ascii: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const char of ascii) table[char.charCodeAt(0)] = 1;
  return table;
}

const NO_MARKS: ReadonlyMap<string, number> = new Map();
const NO_STRINGS: ReadonlySet<string> = new Set();

/** A split character is decoded wrongly, which is harmless: usage is ASCII. */
const decoder = new TextDecoder();

export class JsonScanner {
  /** JSON of the first usage object seen. */
  firstUsage: string | null = null;
  /** JSON of the last one; null if there was only one. */
  lastUsage: string | null = null;
  /** How many were seen. */
  usages = 0;
  /** The most strings that one text had in its counted lists. */
  mostCounted = 0;
  /** Length of all encrypted strings, without the overhead of each. */
  sealedBytes = 0;
  /** Receives the JSON of each usage object, if they are added up. */
  onUsage: ((text: string) => void) | null = null;
  readonly #keys: ScanKeys;
  /** In most responses nothing is marked or collected. */
  #marks: Map<string, number> | null = null;
  #collected: Set<string> | null = null;
  readonly #facts = new Map<string, string>();
  /** For each fact's key, the length and the ends of the kept string. */
  readonly #factOutlines = new Map<number, number>();
  /** For each open bracket, outermost first: 1 if it is an object's. */
  readonly #isObject: (0 | 1)[] = [];
  #depth = 0;
  #objectDepth = 0;
  /** How many of the open objects, from the outermost, may contain usage. */
  #trustedDepth = 0;
  /** `#depth` within the innermost list whose objects may; 0 for none. */
  #trustedList = 0;
  /** `#depth` within the outermost object of the role `aside`; 0 for none. */
  #asideDepth = 0;
  /** Like `#trustedList`, for a list of reasoning that is sent twice. */
  #repeatedList = 0;
  #expectsKey = false;
  #inString = false;
  #isEscaped = false;
  /** A number that is kept is read as if it were a string: few are, and no other value pays for it. */
  #isNumber = false;
  /** Hash and roles of the key that is being read or was read last. */
  #key = 0;
  #role = 0;
  /** Roles of `READ_ROLES` of the string that is being read. */
  #reading = 0;
  #valueHash = 0;
  #value = "";
  #valueBytes = 0;
  #counted = 0;
  /** Length of the encrypted string that is being read. */
  #sealBytes = 0;

  /** Length of the text that a model wrote: in earlier texts, and in this one by how it is sent. */
  #textBefore = 0;
  #plainText = 0;
  #reasoning = 0;
  #reasoningTwin = 0;
  #repeated = 0;

  /** What was read so far of a usage object; null if none is being read. */
  #capture: string | null = null;
  /** For texts in pieces: a character may be split. Created again for each. */
  #captureText = decoder;
  #valueText = decoder;
  #captured = 0;
  /** `#depth` at which the captured object ends. */
  #captureDepth = 0;
  /** The key of the captured object, if it is kept as a fact. */
  #captureKey: number | null = null;

  constructor(keys: ScanKeys) {
    this.#keys = keys;
  }

  /** Length of the strings that a model wrote; what is sent twice in one text counts once. */
  get textBytes(): number {
    const reasoning = Math.max(this.#reasoning, this.#reasoningTwin, this.#repeated);
    return this.#textBefore + this.#plainText + reasoning;
  }

  /** How often each marked string was seen. */
  get marks(): ReadonlyMap<string, number> {
    return this.#marks ?? NO_MARKS;
  }

  /** Strings under keys of the role `collected`, without duplicates. */
  get collected(): ReadonlySet<string> {
    return this.#collected ?? NO_STRINGS;
  }

  /** The last string under a key, or the text of its number or object; null if there was none. */
  fact(key: string): string | null {
    return this.#facts.get(key) ?? null;
  }

  /** Begins a new text; what was found stays. */
  reset(): void {
    this.#textBefore = this.textBytes;
    this.#plainText = 0;
    this.#reasoning = 0;
    this.#reasoningTwin = 0;
    this.#repeated = 0;
    this.#counted = 0;
    this.#depth = 0;
    this.#objectDepth = 0;
    this.#trustedDepth = 0;
    this.#trustedList = 0;
    this.#asideDepth = 0;
    this.#repeatedList = 0;
    this.#expectsKey = false;
    this.#inString = false;
    this.#isEscaped = false;
    this.#isNumber = false;
    this.#role = 0;
    this.#reading = 0;
    this.#sealBytes = 0;
    this.#capture = null;
  }

  /** Discards the usage and the facts that were found. */
  forget(): void {
    this.firstUsage = null;
    this.lastUsage = null;
    this.#facts.clear();
    this.#factOutlines.clear();
  }

  /** Reads `bytes` from `start` to `end`; they aren't kept. */
  push(bytes: Uint8Array, start: number, end: number): void {
    let captureFrom = start;
    let at = start;
    while (at < end) {
      if (this.#inString) {
        at = this.#expectsKey ? this.#readKey(bytes, at, end) : this.#readString(bytes, at, end);
        continue;
      }
      const byte = bytes[at++] ?? 0;
      if (STRUCTURAL[byte] === 0) continue;
      if (byte === QUOTE) {
        this.#inString = true;
        if (this.#expectsKey) this.#key = 0;
        else if ((this.#roleOfKey() & READ_ROLES) !== 0) this.#beginValue();
      } else if (byte === COMMA) {
        this.#expectsKey = this.#isObject[this.#depth - 1] === 1;
      } else if (byte === OPEN_BRACE) {
        if (this.#openObject()) captureFrom = at - 1;
      } else if (byte === OPEN_BRACKET) {
        this.#openList();
        while (at < end && NUMERIC[bytes[at] ?? 0] === 1) at += 1;
      } else {
        this.#close();
        if (this.#capture !== null && this.#depth === this.#captureDepth) {
          this.#keep(bytes, captureFrom, at, true);
          this.#finishCapture(this.#capture);
        }
      }
    }
    if (this.#capture !== null) this.#keep(bytes, captureFrom, end, false);
  }

  /** For the key whose value begins: keys of numbers and of null aren't looked up. */
  #roleOfKey(): number {
    if (this.#role === UNKNOWN) this.#role = this.#keys.roles.get(this.#key) ?? 0;
    return this.#role;
  }

  #isNumberKey(key: number): boolean {
    const role = this.#keys.roles.get(key) ?? 0;
    return (role & ROLE.number) !== 0 && this.#objectDepth === this.#trustedDepth;
  }

  /** Whether it is a usage object. */
  #openObject(): boolean {
    const isRoot = this.#objectDepth === 0;
    const isListed = this.#trustedList !== 0 && this.#trustedList === this.#depth;
    const isTrusted = isRoot || this.#isTrustedValue();
    const role = isTrusted && !isListed ? this.#roleOfKey() : 0;
    const begins = this.#capture === null && !isRoot && (role & CAPTURE_ROLES) !== 0;
    if (begins) {
      this.#capture = "";
      this.#captureKey = (role & ROLE.object) === 0 ? null : this.#key;
      this.#captured = 0;
      this.#captureDepth = this.#depth;
    }
    if (isRoot || (isListed && isTrusted) || (role & ROLE.parent) !== 0) this.#trustedDepth += 1;
    if ((role & ROLE.aside) !== 0 && this.#asideDepth === 0) this.#asideDepth = this.#depth + 1;
    // Anything nested too deep counts as a list.
    if (this.#depth < MAX_DEPTH) this.#objectDepth += 1;
    this.#open(1);
    this.#expectsKey = true;
    return begins;
  }

  #openList(): void {
    const role = this.#roleOfKey() & (ROLE.list | ROLE.reasoningList);
    if (role !== 0) {
      if ((role & ROLE.reasoningList) !== 0 && this.#repeatedList === 0) {
        this.#repeatedList = this.#depth + 1;
      }
      if ((role & ROLE.list) !== 0 && this.#isTrustedValue()) this.#trustedList = this.#depth + 1;
    }
    this.#open(0);
  }

  /** Whether the value that begins is a field of an object that may contain usage, or is in a list of such objects. */
  #isTrustedValue(): boolean {
    return (
      this.#objectDepth === this.#trustedDepth &&
      (this.#isObject[this.#depth - 1] === 1 ||
        (this.#trustedList !== 0 && this.#trustedList === this.#depth))
    );
  }

  #open(isObject: 0 | 1): void {
    if (this.#depth < MAX_DEPTH) this.#isObject[this.#depth] = isObject;
    this.#depth += 1;
    this.#expectsKey = false;
  }

  #close(): void {
    if (this.#depth === 0) return;
    this.#depth -= 1;
    this.#expectsKey = false;
    if (this.#isObject[this.#depth] === 1) {
      this.#objectDepth -= 1;
      if (this.#objectDepth < this.#trustedDepth) this.#trustedDepth = this.#objectDepth;
      if (this.#depth < this.#asideDepth) this.#asideDepth = 0;
    } else {
      if (this.#depth < this.#trustedList) this.#trustedList = 0;
      if (this.#depth < this.#repeatedList) this.#repeatedList = 0;
    }
  }

  #readKey(bytes: Uint8Array, start: number, end: number): number {
    let hash = this.#key;
    let at = start;
    while (at < end) {
      const byte = bytes[at++] ?? 0;
      if (this.#isEscaped) {
        this.#isEscaped = false;
      } else if (byte === QUOTE) {
        this.#inString = false;
        this.#expectsKey = false;
        hash &= SMALL;
        this.#role = UNKNOWN;
        if (this.#keys.hasNumbers && this.#isNumberKey(hash)) {
          this.#inString = true;
          this.#isNumber = true;
          this.#value = "";
        }
        break;
      } else if (byte === BACKSLASH) {
        this.#isEscaped = true;
      }
      hash = addToHash(hash, byte);
    }
    this.#key = hash;
    return at;
  }

  #readString(bytes: Uint8Array, start: number, end: number): number {
    if (this.#isNumber) return this.#readNumber(bytes, start, end);
    const at = this.#endOfString(bytes, start, end);
    const length = at - start - (this.#inString ? 0 : 1);
    if ((this.#role & TEXT_ROLES) !== 0) this.#countText(length);
    else if ((this.#role & ROLE.sealed) !== 0) this.#countSeal(length);
    if (this.#reading !== 0) this.#readValue(bytes, start, start + length);
    return at;
  }

  /** Reads what is between a key and its value, then the value, up to what follows it. */
  #readNumber(bytes: Uint8Array, start: number, end: number): number {
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (OF_NUMBERS[byte] === 1) {
        if (this.#value.length < MAX_FACT_BYTES) this.#value += String.fromCharCode(byte);
      } else if (STRUCTURAL[byte] === 1) {
        this.#inString = false;
        this.#isNumber = false;
        if (this.#value !== "") {
          this.#facts.set(this.#keys.factNames.get(this.#key) ?? "", this.#value);
        }
        return at;
      }
    }
    return end;
  }

  #countText(length: number): void {
    if (this.#repeatedList !== 0) this.#repeated += length;
    else if ((this.#role & ROLE.text) !== 0) this.#plainText += length;
    else if ((this.#role & ROLE.reasoning) !== 0) this.#reasoning += length;
    else this.#reasoningTwin += length;
  }

  #countSeal(length: number): void {
    this.#sealBytes += length;
    if (this.#inString) return;
    this.sealedBytes += Math.max(0, this.#sealBytes - SEAL_BYTES);
    this.#sealBytes = 0;
  }

  /** Begins a string that may be examined. */
  #beginValue(): void {
    const isListed = this.#isObject[this.#depth - 1] === 0;
    if (this.#objectDepth !== this.#trustedDepth) return;
    if (isListed) {
      if ((this.#role & ROLE.counted) === 0) return;
      this.#counted += 1;
      this.mostCounted = Math.max(this.mostCounted, this.#counted);
      return;
    }
    this.#reading = this.#role & (ROLE.fact | ROLE.mark);
    const isAside = this.#trustedList !== 0 || this.#asideDepth !== 0;
    if ((this.#role & ROLE.own) !== 0 && !isAside) this.#reading |= ROLE.fact;
    if ((this.#role & ROLE.collected) !== 0 && isAside) this.#reading |= ROLE.collected;
    this.#valueHash = 0;
    this.#value = "";
    this.#valueBytes = 0;
  }

  /** The next bytes of an examined string, the last ones if it has ended. */
  #readValue(bytes: Uint8Array, start: number, end: number): void {
    const isFirst = this.#valueBytes === 0;
    const isWhole = isFirst && !this.#inString;
    this.#valueBytes += end - start;
    if (this.#valueBytes > MAX_FACT_BYTES) {
      this.#reading = 0;
      return;
    }
    if ((this.#reading & ROLE.mark) !== 0) this.#readMark(bytes, start, end);
    const isInPieces = !isWhole && (this.#reading & (ROLE.collected | ROLE.fact)) !== 0;
    if (isInPieces) {
      if (isFirst) this.#valueText = new TextDecoder();
      this.#value += this.#valueText.decode(bytes.subarray(start, end), { stream: this.#inString });
    }
    if ((this.#reading & ROLE.collected) !== 0) {
      if (isWhole) this.#value = decoder.decode(bytes.subarray(start, end));
      if (!this.#inString) this.#collect(this.#value);
    }
    if (isWhole && (this.#reading & ROLE.fact) !== 0) this.#keepFact(bytes, start, end);
    if (this.#inString) return;
    if ((this.#reading & ROLE.fact) !== 0 && !isWhole) {
      this.#factOutlines.delete(this.#key);
      this.#facts.set(this.#keys.factNames.get(this.#key) ?? "", this.#value);
    }
    this.#reading = 0;
  }

  #collect(text: string): void {
    this.#collected ??= new Set();
    if (this.#collected.size < MAX_COLLECTED) this.#collected.add(text);
  }

  /** Events repeat their model again and again: what looks like the kept value isn't decoded. */
  #keepFact(bytes: Uint8Array, start: number, end: number): void {
    const ends = ((bytes[start] ?? 0) << 8) | (bytes[end - 1] ?? 0);
    const outline = ((end - start) << 16) | ends;
    if (this.#factOutlines.get(this.#key) === outline) return;
    this.#factOutlines.set(this.#key, outline);
    const value = decoder.decode(bytes.subarray(start, end));
    this.#facts.set(this.#keys.factNames.get(this.#key) ?? "", value);
  }

  #readMark(bytes: Uint8Array, start: number, end: number): void {
    let hash = this.#valueHash;
    for (let at = start; at < end; at += 1) hash = addToHash(hash, bytes[at] ?? 0);
    this.#valueHash = hash;
    if (this.#inString) return;
    const mark = this.#keys.marks.get(hash & SMALL);
    if (mark === undefined) return;
    this.#marks ??= new Map();
    this.#marks.set(mark, (this.#marks.get(mark) ?? 0) + 1);
  }

  /** The position after the string's closing quote, or `end`. */
  #endOfString(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (this.#isEscaped && at < end) {
      at += 1;
      this.#isEscaped = false;
    }
    let searchFrom = at + SEARCH_FROM_BYTES;
    let quote = -1;
    while (at < end) {
      if (at >= searchFrom) {
        if (quote < at) quote = indexOrEnd(bytes.indexOf(QUOTE, at), end);
        at = indexOrEnd(bytes.subarray(at, quote).indexOf(BACKSLASH) + at, quote, at);
        if (at >= end) break;
        searchFrom = at + SEARCH_FROM_BYTES;
      }
      const byte = bytes[at++];
      if (byte === QUOTE) {
        this.#inString = false;
        return at;
      }
      if (byte === BACKSLASH) {
        if (at >= end) this.#isEscaped = true;
        else at += 1;
      }
    }
    return end;
  }

  /** The next bytes of what is captured. @param isLast Whether it has ended. */
  #keep(bytes: Uint8Array, start: number, end: number, isLast: boolean): void {
    const isFirst = this.#captured === 0;
    this.#captured += end - start;
    if (this.#captured > MAX_CAPTURE_BYTES) return;
    const piece = bytes.subarray(start, end);
    if (isFirst && isLast) {
      this.#capture = decoder.decode(piece);
      return;
    }
    if (isFirst) this.#captureText = new TextDecoder();
    this.#capture = (this.#capture ?? "") + this.#captureText.decode(piece, { stream: !isLast });
  }

  #finishCapture(text: string): void {
    this.#capture = null;
    // Longer than any provider's: not usage. Without a count above 0 it says nothing, and the previous one stays.
    if (this.#captured > MAX_CAPTURE_BYTES) return;
    if (this.#captureKey !== null) {
      this.#facts.set(this.#keys.factNames.get(this.#captureKey) ?? "", text);
      return;
    }
    if (this.usages > 0 && !/[1-9]/.test(text)) return;
    this.onUsage?.(text);
    this.usages += 1;
    if (this.firstUsage === null) this.firstUsage = text;
    else this.lastUsage = text;
  }
}

/** The index that a search found from `from` on, or `end` if there is none before it. */
function indexOrEnd(index: number, end: number, from = 0): number {
  return index < from || index > end ? end : index;
}
