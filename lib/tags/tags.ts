/**
 * Tags: what callers say about a request, such as its customer, so that the log and charts can distinguish requests.
 * @module
 */

/** Values by name. A name may be that of a property of every object (`constructor`): read it with `tagValue`. */
export type Tags = Readonly<Record<string, string>>;

/** Per source of tags: a header, or a token. */
export const MAX_TAGS = 10;
export const MAX_TAG_NAME_CHARS = 40;
export const MAX_TAG_VALUE_CHARS = 128;
/** Of a header with tags. */
export const MAX_TAGS_CHARS = 4_096;

const NAME = /^[A-Za-z0-9][\w.:/-]{0,39}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a value must not have
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** One `name=value`; or a name alone, for any value. */
export interface TagMatch {
  readonly name: string;
  readonly value: string | null;
}

export function isTagName(text: string): boolean {
  return NAME.test(text);
}

export function isTagValue(text: string): boolean {
  return (
    text !== "" &&
    text.length <= MAX_TAG_VALUE_CHARS &&
    text === text.trim() &&
    !CONTROL.test(text) &&
    text.isWellFormed()
  );
}

export function tagValue(tags: Tags, name: string): string | undefined {
  return Object.hasOwn(tags, name) ? tags[name] : undefined;
}
