/**
 * Which targets of the palette a query finds, and in which order: exact names, then names that begin with it, then words
 * that do, then names that contain it, and last names that resemble it.
 * @module
 */

/** What a query is compared with. */
export interface Findable {
  readonly id: string;
  readonly label: string;
  /** Further words that find it, after those of the label. */
  readonly words: readonly string[];
}

/** How a text matches, best first. */
const EXACT = 0;
const BEGINS = 1;
const WORDS_BEGIN = 2;
const CONTAINS = 3;
const RESEMBLES = 4;

/** A match in `words` comes after the same match in the label. */
const IN_WORDS = 0.5;

/** Shorter queries resemble nearly everything. */
const SHORTEST_FUZZY = 3;
const SHORTEST_WITH_TYPO = 4;

/**
 * The targets that a query finds, best first. Of those that match equally well, the recently chosen come first, the
 * latest of them at the top; then they keep their order.
 * @param recent Ids, the latest first.
 */
export function rank<Target extends Findable>(
  targets: readonly Target[],
  query: string,
  recent: readonly string[],
): readonly Target[] {
  const wanted = plain(query);
  if (wanted === "") return [];
  const age = new Map(recent.map((id, index) => [id, index]));
  return targets
    .flatMap((target, index) => {
      const tier = tierOf(target, wanted);
      const since = age.get(target.id) ?? Number.POSITIVE_INFINITY;
      return tier === null ? [] : [{ target, tier, since, index }];
    })
    .sort(
      (a, b) =>
        a.tier - b.tier || (a.since < b.since ? -1 : a.since > b.since ? 1 : a.index - b.index),
    )
    .map(({ target }) => target);
}

/** Lower is better; null for no match. */
function tierOf({ label, words }: Findable, wanted: string): number | null {
  const own = match(plain(label), wanted, true);
  let best = own;
  for (const word of words) {
    const tier = match(plain(word), wanted, false);
    if (tier !== null && (best === null || tier + IN_WORDS < best)) best = tier + IN_WORDS;
  }
  return best;
}

function match(text: string, wanted: string, mayResemble: boolean): number | null {
  if (text === wanted) return EXACT;
  if (text.startsWith(wanted)) return BEGINS;
  if (wordsBegin(wordsOf(text), wordsOf(wanted))) return WORDS_BEGIN;
  if (text.includes(wanted)) return CONTAINS;
  return mayResemble && resembles(wordsOf(text), wanted) ? RESEMBLES : null;
}

/** Whether each of the wanted words begins a word of the text, in the same order: `add k` finds `Add provider keys`. */
function wordsBegin(words: readonly string[], wanted: readonly string[]): boolean {
  let at = 0;
  for (const each of wanted) {
    while (at < words.length && !words[at]?.startsWith(each)) at += 1;
    if (at === words.length) return false;
    at += 1;
  }
  return wanted.length > 0;
}

/** Beginnings of words run together (`pkeys` for `Provider keys`), or the beginning of a word with one wrong letter. */
function resembles(words: readonly string[], wanted: string): boolean {
  const letters = wanted.replaceAll(" ", "");
  if (letters.length < SHORTEST_FUZZY) return false;
  if (runsThrough(words, letters)) return true;
  return (
    letters.length >= SHORTEST_WITH_TYPO && words.some((word) => beginsWithOneTypo(word, letters))
  );
}

/** Whether the letters are beginnings of words of the text, in order. */
function runsThrough(words: readonly string[], letters: string): boolean {
  /** How many letters may be used up after the words so far. */
  let reached = new Set([0]);
  for (const word of words) {
    const next = new Set(reached);
    for (const used of reached) {
      for (let length = 1; length <= word.length; length += 1) {
        if (word[length - 1] !== letters[used + length - 1]) break;
        next.add(used + length);
      }
    }
    reached = next;
  }
  return reached.has(letters.length);
}

/** Whether a word begins with the letters if one of them is wrong, missing, too many, or swapped with the next. */
function beginsWithOneTypo(word: string, letters: string): boolean {
  let same = 0;
  while (same < letters.length && word[same] === letters[same]) same += 1;
  const rest = letters.slice(same);
  const left = word.slice(same);
  return (
    left.slice(1).startsWith(rest.slice(1)) ||
    left.startsWith(rest.slice(1)) ||
    left.slice(1).startsWith(rest) ||
    (rest.length > 1 && left.startsWith(`${rest[1]}${rest[0]}${rest.slice(2)}`))
  );
}

/** In lower case, without accents, with single spaces. */
export function plain(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/\s+/g, " ")
    .trim();
}

function wordsOf(text: string): readonly string[] {
  return text.split(/[\s\-_/.:,()]+/u).filter((word) => word !== "");
}
