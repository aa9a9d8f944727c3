"use client";

import { Check } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";

/** A form's button, and a subtle confirmation that it is saved. */
export function SaveBar({
  isDirty,
  isSaving,
  wasSaved,
}: {
  readonly isDirty: boolean;
  readonly isSaving: boolean;
  /** The last save succeeded; shown until the form is changed again. */
  readonly wasSaved: boolean;
}) {
  const t = useTranslations("settings");
  return (
    <div className="flex items-center gap-3">
      <Button type="submit" size="sm" disabled={!isDirty || isSaving}>
        {isSaving ? t("saving") : t("save")}
      </Button>
      <p role="status" className="text-muted-foreground flex items-center gap-1.5 text-sm">
        {wasSaved && !isDirty && (
          <>
            <Check aria-hidden className="size-4" />
            {t("saved")}
          </>
        )}
      </p>
    </div>
  );
}
