import { useTranslations } from "next-intl";
import { FilterSelect } from "@/components/filter-select";
import { keyStates } from "@/components/key-state";
import { SearchField } from "@/components/search-field";

/** Filters a provider's keys, through the URL. */
export function KeyFilters() {
  const t = useTranslations("keys.filter");
  const tCommon = useTranslations("common");
  return (
    <search className="flex flex-wrap gap-2">
      <SearchField label={t("search")} />
      <FilterSelect
        name="status"
        label={t("state")}
        anyLabel={t("anyState")}
        options={keyStates.map((state) => ({ value: state, label: tCommon(`state.${state}`) }))}
      />
      <SearchField name="model" label={t("model")} className="w-40 sm:w-48" />
    </search>
  );
}
