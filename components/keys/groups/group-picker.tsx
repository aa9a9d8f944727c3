"use client";

import { useTranslations } from "next-intl";
import { MultiPicker } from "@/components/tokens/multi-picker";
import { useKeyGroups } from "./key-groups";

/** Chooses the groups that keys serve; none for everyone. */
export function GroupPicker({
  chosen,
  onChange,
  mustChoose = false,
  labelledBy,
  describedBy,
}: {
  /** Ids. */
  readonly chosen: readonly string[];
  readonly onChange: (ids: readonly string[]) => void;
  /** Whether none isn't everyone, but unfinished. */
  readonly mustChoose?: boolean;
  readonly labelledBy: string;
  readonly describedBy: string;
}) {
  const t = useTranslations("keys.serves");
  const options = useKeyGroups().map(({ id, name }) => ({ value: id, label: name }));
  return (
    <div className="flex flex-wrap items-start gap-2">
      {chosen.length === 0 && !mustChoose && <p className="py-1 text-sm">{t("everyone")}</p>}
      <MultiPicker
        chosen={chosen}
        onChange={onChange}
        groups={[{ heading: t("groups"), options }]}
        labels={{
          open: t("choose"),
          search: t("search"),
          empty: t("noMatch"),
          remove: (label) => t("remove", { label }),
        }}
        labelledBy={labelledBy}
        describedBy={describedBy}
      />
    </div>
  );
}
