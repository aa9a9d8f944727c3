"use client";

import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { parseAsString, useQueryStates } from "nuqs";
import { FilterBar } from "@/components/filters/filter-bar";
import { FilterDate } from "@/components/filters/filter-date";
import { FilterSelect } from "@/components/filters/filter-select";
import { SearchField } from "@/components/search-field";
import { Button } from "@/components/ui/button";

interface Choice {
  readonly value: string;
  readonly label: string;
}

const everything = {
  actor: parseAsString,
  action: parseAsString,
  from: parseAsString,
  to: parseAsString,
  subject: parseAsString,
  page: parseAsString,
};

export function AuditFilters({
  actors,
  actions,
  subject,
}: {
  readonly actors: readonly Choice[];
  readonly actions: readonly Choice[];
  /** Name of the subject filter; null without one. */
  readonly subject: string | null;
}) {
  const t = useTranslations("audit");
  const [{ subject: narrowed, page: _, ...fields }, setParams] = useQueryStates(everything, {
    shallow: false,
  });
  return (
    <FilterBar
      lead={<SearchField label={t("search")} />}
      count={Object.values(fields).filter((value) => value !== null).length}
      chips={
        narrowed !== null && (
          <Button
            variant="secondary"
            size="sm"
            onClick={() => setParams({ subject: null, page: null })}
            aria-label={t("clearSubject", { name: subject ?? narrowed })}
          >
            {subject ?? narrowed}
            <X aria-hidden />
          </Button>
        )
      }
    >
      <FilterSelect name="actor" label={t("actor")} anyLabel={t("anyActor")} options={actors} />
      <FilterSelect name="action" label={t("action")} anyLabel={t("anyAction")} options={actions} />
      <FilterDate name="from" label={t("from")} />
      <FilterDate name="to" label={t("to")} />
    </FilterBar>
  );
}
