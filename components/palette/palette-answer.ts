import type { HelpTarget } from "@/components/help/list-help-targets";
import type { PaletteKey, PaletteTargets } from "@/lib/manage/list-palette-targets";

/** The response of `/palette`: everything that the command palette finds besides the pages of the sidebar. */
export interface PaletteAnswer extends PaletteTargets {
  readonly help: readonly HelpTarget[];
}

/** The response of `/palette?q=`: what is too much to be sent as a whole. */
export interface PaletteFinds {
  readonly keys: readonly PaletteKey[];
}

/** Shorter texts are part of nearly every key. */
export const SHORTEST_KEY_SEARCH = 3;
