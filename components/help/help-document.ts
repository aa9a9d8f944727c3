/**
 * A page of `docs/` as the build hands it to the portal: parsed, with its links led to the portal's pages.
 * @module
 */

export interface HelpDocument {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | HeadingBlock
  | { readonly kind: "paragraph"; readonly children: readonly Inline[] }
  | {
      readonly kind: "code";
      readonly language: string;
      readonly code: string;
      /** True for what a program prints, which is shown as it was and not copied. */
      readonly isOutput: boolean;
    }
  | {
      readonly kind: "list";
      readonly isOrdered: boolean;
      readonly items: readonly (readonly Block[])[];
    }
  | {
      readonly kind: "table";
      readonly head: readonly Cell[];
      readonly rows: readonly (readonly Cell[])[];
    };

export interface HeadingBlock {
  readonly kind: "heading";
  readonly level: 2 | 3;
  /** The anchor, as GitHub makes it. */
  readonly id: string;
  readonly text: string;
  readonly children: readonly Inline[];
}

export type Cell = readonly Inline[];

export type Inline =
  | string
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "strong" | "emphasis"; readonly children: readonly Inline[] }
  | {
      readonly kind: "link";
      /** A path of the portal, an anchor or an address. */
      readonly href: string;
      readonly children: readonly Inline[];
    };
