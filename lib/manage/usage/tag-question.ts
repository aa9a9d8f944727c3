/**
 * Usage by tags: which cells a question about a tag is answered from. Only the request log knows all tags of a request
 * together, so a question is about one tag.
 * @module
 */
import type { CellSum } from "../../db/usage/read-usage-cells";
import { isTagName, type TagMatch } from "../../tags/tags";
import type { Measure } from "../../usage/rollup";
import { totalOf } from "./total-of";

/** Groups by the values of a tag. */
export type TagGroup = `tag:${string}`;

const PREFIX = "tag:";

export function isTagGroup(groupBy: string): groupBy is TagGroup {
  return groupBy.startsWith(PREFIX) && isTagName(groupBy.slice(PREFIX.length));
}

export function tagGroup(name: string): TagGroup {
  return `${PREFIX}${name}`;
}

/** The tag by whose values is grouped; undefined for none. */
export function groupedTag(groupBy: string): string | undefined {
  return isTagGroup(groupBy) ? groupBy.slice(PREFIX.length) : undefined;
}

/** A filter for one value of a tag: the only one that rollups know. */
export interface TagFilter {
  readonly name: string;
  readonly value: string;
}

/** Undefined unless it is exactly one tag with a value. */
export function oneTag(matches: readonly TagMatch[] | null | undefined): TagFilter | undefined {
  const [first, ...others] = matches ?? [];
  if (first === undefined || others.length > 0 || first.value === null) return undefined;
  return { name: first.name, value: first.value };
}

/**
 * What all requests used beyond those that have the tag: rows without a value.
 * @param all Sums of the caller side.
 * @param tagged Sums of the tag side.
 * @param placeOf What the rows are told apart by, besides the value.
 */
export function untagged(
  all: readonly CellSum[],
  tagged: readonly CellSum[],
  placeOf: (row: CellSum) => string,
): readonly CellSum[] {
  const taken = Map.groupBy(tagged, placeOf);
  return [...Map.groupBy(all, placeOf)].flatMap(([place, [first, ...others]]) => {
    if (first === undefined) return [];
    const [whole, part] = [totalOf([first, ...others]), totalOf(taken.get(place) ?? [])];
    const rest = Object.entries(whole).map(([name, value]) => [
      name,
      Math.max(0, value - part[name as Measure]),
    ]);
    const values = Object.fromEntries(rest) as CellSum["values"];
    const isNothing = rest.every(([, value]) => value === 0);
    return isNothing ? [] : [{ ...first, subjectId: "", values }];
  });
}
