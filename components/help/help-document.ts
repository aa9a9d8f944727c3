/**
 * A page of `docs/` as the build passes it to the portal: parsed, with links to the portal's pages.
 * @module
 */

export interface HelpDocument {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A section of a page, under a heading of the second level. */
export interface HelpSection {
  /** The page, below `/help/`. */
  readonly topic: string;
  readonly title: string;
  /** Of the heading, as in the page's address. */
  readonly id: string;
  /** The languages of those who read it: a page that isn't translated is read in English. */
  readonly languages: readonly ("en" | "zh")[];
}

/** What the build makes of `docs/README.md`, which lists the pages and isn't one. */
export interface HelpIndex {
  readonly sections: readonly HelpSection[];
}

export type Block =
  | HeadingBlock
  | { readonly kind: "paragraph"; readonly children: readonly Inline[] }
  | {
      readonly kind: "code";
      readonly language: string;
      readonly code: string;
      /** True for a program's output, which is shown unchanged and can't be copied. */
      readonly isOutput: boolean;
    }
  | {
      readonly kind: "picture";
      /** A path of the portal. */
      readonly src: string;
      readonly description: string;
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
  /** The anchor, as on GitHub. */
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
