"use client";

import { useTranslations } from "next-intl";
import { FilterSelect } from "@/components/filters/filter-select";
import { keyStates } from "@/components/key-state";
import { SearchField } from "@/components/search-field";
import { useKeyGroups } from "../groups/key-groups";

/** In the filter, the keys that serve everyone. */
const COMMON_KEYS = "common";

/** Filters a provider's keys, through the URL. */
export function KeyFilters() {
  const t = useTranslations("keys.filter");
  const tCommon = useTranslations("common");
  const serves = useTranslations("keys.serves");
  const groups = useKeyGroups();
  return (
    <search className="flex flex-wrap gap-2">
      <SearchField label={t("search")} />
      <FilterSelect
        name="status"
        label={t("state")}
        anyLabel={t("anyState")}
        options={keyStates.map((state) => ({ value: state, label: tCommon(`state.${state}`) }))}
      />
      {groups.length > 0 && (
        <FilterSelect
          name="group"
          label={t("serves")}
          anyLabel={t("anyServes")}
          options={[
            { value: COMMON_KEYS, label: serves("everyone") },
            ...groups.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
      <SearchField name="model" label={t("model")} className="w-40 sm:w-48" />
    </search>
  );
}
