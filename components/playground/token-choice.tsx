"use client";

import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { RadioGroup, RadioGroupItem } from "@/components/ui/radio-group";

/** The token for the call: one created for this page, or one that is pasted. */
export function TokenChoice({
  token,
  onChange,
}: {
  /** The pasted token; empty for the page's own. */
  readonly token: string;
  readonly onChange: (token: string) => void;
}) {
  const t = useTranslations("playground.token");
  const id = useId();
  const [isPasted, setIsPasted] = useState(false);
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-2 text-sm font-medium">{t("label")}</legend>
      <RadioGroup
        value={isPasted ? "pasted" : "own"}
        onValueChange={(value) => {
          setIsPasted(value === "pasted");
          onChange("");
        }}
      >
        <div className="flex items-center gap-2">
          <RadioGroupItem value="own" id={`${id}-own`} />
          <Label htmlFor={`${id}-own`} className="font-normal">
            {t("own")}
          </Label>
        </div>
        <div className="flex items-center gap-2">
          <RadioGroupItem value="pasted" id={`${id}-pasted`} />
          <Label htmlFor={`${id}-pasted`} className="font-normal">
            {t("pasted")}
          </Label>
        </div>
      </RadioGroup>
      {isPasted && (
        <Input
          type="password"
          autoComplete="off"
          aria-label={t("paste")}
          placeholder="ob-…"
          value={token}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      <p className="text-muted-foreground text-sm">{isPasted ? t("pastedHelp") : t("ownHelp")}</p>
    </fieldset>
  );
}
