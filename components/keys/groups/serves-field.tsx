"use client";

import { useTranslations } from "next-intl";
import { useId } from "react";
import { Label } from "@/components/ui/label";
import { GroupPicker } from "./group-picker";
import { useKeyGroups } from "./key-groups";

/** Whom new keys serve; nothing is shown while there are no groups. */
export function ServesField({
  chosen,
  onChange,
  mustChoose,
}: {
  /** Ids of groups; none for everyone. */
  readonly chosen: readonly string[];
  readonly onChange: (ids: readonly string[]) => void;
  /** For a group's admin, who adds no keys for everyone. */
  readonly mustChoose: boolean;
}) {
  const t = useTranslations("keys");
  const id = useId();
  if (useKeyGroups().length === 0) return null;
  return (
    <div className="space-y-2">
      <Label id={`${id}-label`}>{t("field.groups")}</Label>
      <GroupPicker
        chosen={chosen}
        onChange={onChange}
        mustChoose={mustChoose}
        labelledBy={`${id}-label`}
        describedBy={`${id}-hint`}
      />
      <p id={`${id}-hint`} className="text-muted-foreground text-sm">
        {t(mustChoose ? "serves.hintOwn" : "serves.hint")}
      </p>
    </div>
  );
}
