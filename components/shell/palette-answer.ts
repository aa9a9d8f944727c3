import type { HelpTarget } from "@/components/help/list-help-targets";
import type { PaletteTargets } from "@/lib/manage/list-palette-targets";

/** The response of `/palette`: everything that the command palette finds besides the pages of the sidebar. */
export interface PaletteAnswer extends PaletteTargets {
  readonly help: readonly HelpTarget[];
}
