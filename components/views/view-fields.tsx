"use client";

import { useTranslations } from "next-intl";
import { useId } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { MOST_NAME_CHARS } from "@/lib/manage/views/view-address";

/** What someone says of a view. */
export interface ViewWords {
  readonly name: string;
  readonly isShared: boolean;
}

export function ViewInputs({
  words: { name, isShared },
  mayShare,
  onChange,
}: {
  readonly words: ViewWords;
  readonly mayShare: boolean;
  readonly onChange: (change: Partial<ViewWords>) => void;
}) {
  const t = useTranslations("views");
  const id = useId();
  return (
    <>
      <div className="grid gap-2">
        <Label htmlFor={id}>{t("name")}</Label>
        <Input
          id={id}
          value={name}
          maxLength={MOST_NAME_CHARS}
          autoComplete="off"
          onChange={({ target }) => onChange({ name: target.value })}
        />
      </div>
      {mayShare && (
        <Label className="font-normal">
          <Checkbox
            checked={isShared}
            onCheckedChange={(checked) => onChange({ isShared: checked === true })}
          />
          {t("share")}
        </Label>
      )}
    </>
  );
}
