import type { SectionStates } from "../db/keys/provider-keys";

/** Someone whom few ready keys of a provider serve. */
export interface LowPool {
  readonly provider: string;
  /** The group's; null for callers without a group. */
  readonly group: { readonly id: string; readonly name: string } | null;
  readonly ready: number;
}

interface Group {
  readonly id: string;
  readonly name: string;
  readonly usesCommonKeys: boolean;
}

/**
 * Of the parties that have keys of a provider, those whom fewer than `below` ready ones serve: callers without a group,
 * whom common keys serve, and each group with keys of its own or shared ones, whom common keys serve too if it uses
 * them. A group without keys of a provider is counted among the callers without a group.
 */
export function lowPools(
  sections: readonly SectionStates[],
  groups: readonly Group[],
  below: number,
): readonly LowPool[] {
  return [...Map.groupBy(sections, ({ provider }) => provider)].flatMap(([provider, own]) => {
    const common = own.filter((section) => section.groups === null);
    const parties = [
      { group: null, keys: common, more: [] },
      ...groups.map(({ id, name, usesCommonKeys }) => ({
        group: { id, name },
        keys: own.filter((section) => section.groups?.includes(id)),
        more: usesCommonKeys ? common : [],
      })),
    ];
    return parties.flatMap(({ group, keys, more }): LowPool[] => {
      const hasKeys = keys.some(({ ready, cooling, blocked }) => ready + cooling + blocked > 0);
      const ready = [...keys, ...more].reduce((sum, section) => sum + section.ready, 0);
      return hasKeys && ready < below ? [{ provider, group, ready }] : [];
    });
  });
}
