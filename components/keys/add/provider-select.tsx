"use client";

import { useTranslations } from "next-intl";
import { useId } from "react";
import type { ProviderChoice } from "@/components/provider-choice";
import { Label } from "@/components/ui/label";
import {
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";

/** Radix reserves the empty string for "nothing chosen". No provider's slug contains a space. */
const DETECT = "detect it";

/** The provider of the keys, or automatic recognition. */
export function ProviderSelect({
  providers,
  provider,
  onProvider,
}: {
  readonly providers: readonly ProviderChoice[];
  readonly provider: string | null;
  readonly onProvider: (slug: string | null) => void;
}) {
  const t = useTranslations("keys.add");
  const id = useId();
  return (
    <div className="space-y-2">
      <Label htmlFor={id}>{t("provider")}</Label>
      <Select
        value={provider ?? DETECT}
        onValueChange={(chosen) => onProvider(chosen === DETECT ? null : chosen)}
      >
        <SelectTrigger id={id} className="w-full sm:w-72">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          <SelectItem value={DETECT}>{t("detect")}</SelectItem>
          {providers.map(({ slug, label }) => (
            <SelectItem key={slug} value={slug}>
              {label}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
    </div>
  );
}
