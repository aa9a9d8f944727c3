import type fc from "fast-check";

/** What holds of a parser, whatever text it is given. */
export interface FuzzProperty {
  /** The parser's file. */
  readonly parser: string;
  /** What holds, in words. */
  readonly holds: string;
  readonly property: fc.IRawProperty<unknown, boolean>;
  /** Its part of all cases; 1 where absent. Less for what is dear. */
  readonly weight?: number;
}
