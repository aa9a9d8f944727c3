"use client";

import { useTranslations } from "next-intl";
import { parseAsString, useQueryStates } from "nuqs";
import { FilterBar } from "@/components/filters/filter-bar";
import { FilterDate } from "@/components/filters/filter-date";
import { FilterSelect } from "@/components/filters/filter-select";
import { RangeChip } from "./range-chip";

export interface FilterChoice {
  readonly value: string;
  readonly label: string;
}

export type UsageFilterName = "provider" | "model" | "token" | "tags" | "user" | "outcome";

const everything = {
  range: parseAsString,
  from: parseAsString,
  to: parseAsString,
  since: parseAsString,
  until: parseAsString,
  provider: parseAsString,
  model: parseAsString,
  token: parseAsString,
  tags: parseAsString,
  user: parseAsString,
  outcome: parseAsString,
};

/** Range, grouping and filters of the usage page, all in the URL. */
export function UsageFilters({
  ranges,
  groups,
  filters,
}: {
  /** The first is the default, in this and the next. */
  readonly ranges: readonly FilterChoice[];
  readonly groups: readonly FilterChoice[];
  readonly filters: readonly {
    readonly name: UsageFilterName;
    readonly choices: readonly FilterChoice[];
  }[];
}) {
  const t = useTranslations("usage.filters");
  const [{ range, since, until, ...chosen }] = useQueryStates(everything);
  // A part of a chart is a chip.
  const hasDays = range === "custom" && (since === null || until === null);
  const [firstRange, ...otherRanges] = ranges;
  const [firstGroup, ...otherGroups] = groups;
  return (
    <FilterBar
      lead={
        <FilterSelect
          name="range"
          label={t("range")}
          anyLabel={firstRange?.label ?? ""}
          options={otherRanges}
        />
      }
      chips={<RangeChip />}
      count={Object.values(chosen).filter((value) => value !== null).length}
    >
      {hasDays && (
        <>
          <FilterDate name="from" label={t("from")} />
          <FilterDate name="to" label={t("to")} />
        </>
      )}
      <FilterSelect
        name="by"
        label={t("by")}
        anyLabel={firstGroup?.label ?? ""}
        options={otherGroups}
      />
      {filters.map(({ name, choices }) => (
        <FilterSelect
          key={name}
          name={name}
          label={t(`${name}.label`)}
          anyLabel={t(`${name}.any`)}
          options={choices}
        />
      ))}
    </FilterBar>
  );
}
