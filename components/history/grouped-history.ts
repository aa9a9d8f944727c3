/** Something that happened. Entries that say the same have the same `alike`. */
export interface HistoryEntry {
  readonly atMs: number;
  /** Who did it; null if no one did. */
  readonly who: string | null;
  readonly alike: string;
}

/** What happened on one day, by person. */
export interface HistoryDay<Entry> {
  /** As `dayOf` names it. */
  readonly day: string;
  readonly parts: readonly {
    readonly who: string | null;
    readonly lines: readonly HistoryLine<Entry>[];
  }[];
}

/** An entry and how often it was repeated that day. */
export interface HistoryLine<Entry> {
  /** The latest. */
  readonly entry: Entry;
  readonly count: number;
  /** When it happened first. */
  readonly firstMs: number;
}

/**
 * By day and person, each in the order of what happened last. Entries that say the same are one line.
 * @param entries Newest first.
 */
export function groupHistory<Entry extends HistoryEntry>(
  entries: readonly Entry[],
  dayOf: (atMs: number) => string,
): readonly HistoryDay<Entry>[] {
  return [...Map.groupBy(entries, ({ atMs }) => dayOf(atMs))].map(([day, ofDay]) => ({
    day,
    parts: [...Map.groupBy(ofDay, ({ who }) => who)].map(([who, own]) => ({
      who,
      lines: [...Map.groupBy(own, ({ alike }) => alike).values()].flatMap((same) =>
        same.slice(0, 1).map((entry) => ({
          entry,
          count: same.length,
          firstMs: Math.min(...same.map(({ atMs }) => atMs)),
        })),
      ),
    })),
  }));
}
