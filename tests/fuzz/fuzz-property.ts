import type fc from "fast-check";

/** What is true of a parser, whatever text it gets. */
export interface FuzzProperty {
  /** The parser's file. */
  readonly parser: string;
  /** The property, as text. */
  readonly holds: string;
  readonly property: fc.IRawProperty<unknown, boolean>;
  /** Its part of all cases; 1 if absent. Less for expensive ones. */
  readonly weight?: number;
}
