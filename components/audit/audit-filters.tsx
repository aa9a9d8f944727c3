"use client";

import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { parseAsString, useQueryStates } from "nuqs";
import { FilterDate } from "@/components/filter-date";
import { FilterSelect } from "@/components/filter-select";
import { SearchField } from "@/components/search-field";
import { Button } from "@/components/ui/button";

interface Choice {
  readonly value: string;
  readonly label: string;
}

export function AuditFilters({
  actors,
  actions,
  subject,
}: {
  readonly actors: readonly Choice[];
  readonly actions: readonly Choice[];
  /** Name of what the log is narrowed to; null where it is not. */
  readonly subject: string | null;
}) {
  const t = useTranslations("audit");
  const [{ subject: narrowed }, setParams] = useQueryStates(
    { subject: parseAsString, page: parseAsString },
    { shallow: false },
  );
  return (
    <div className="mb-4 flex flex-wrap items-center gap-2">
      <SearchField label={t("search")} />
      <FilterSelect name="actor" label={t("actor")} anyLabel={t("anyActor")} options={actors} />
      <FilterSelect name="action" label={t("action")} anyLabel={t("anyAction")} options={actions} />
      <FilterDate name="from" label={t("from")} />
      <FilterDate name="to" label={t("to")} />
      {narrowed !== null && (
        <Button
          variant="secondary"
          size="sm"
          onClick={() => setParams({ subject: null, page: null })}
          aria-label={t("clearSubject", { name: subject ?? narrowed })}
        >
          {subject ?? narrowed}
          <X aria-hidden />
        </Button>
      )}
    </div>
  );
}
