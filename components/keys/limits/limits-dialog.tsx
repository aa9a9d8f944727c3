"use client";

import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { Label } from "@/components/ui/label";
import {
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";
import type { ProviderLimits } from "@/lib/manage/limits/read-provider-limits";
import { LimitsForm } from "./limits-form";
import { useLimitChanges } from "./use-limit-changes";

/** A select has no empty value. */
const EACH_KEY = "*";

/** Sets the limits of each of a provider's keys, or of one of its quota domains. */
export function LimitsDialog({
  provider,
  label,
  limits,
  onClose,
}: {
  readonly provider: string;
  readonly label: string;
  readonly limits: ProviderLimits;
  readonly onClose: () => void;
}) {
  const t = useTranslations("keys.limits");
  const id = useId();
  const { save, isBusy } = useLimitChanges();
  const [scope, setScope] = useState(EACH_KEY);
  const chosen = limits.domains.find(({ name }) => name === scope);
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent className="max-h-[calc(100dvh-2rem)] overflow-y-auto">
        <DialogHeader>
          <DialogTitle>{t("dialogTitle", { provider: label })}</DialogTitle>
          <DialogDescription>{t("description")}</DialogDescription>
        </DialogHeader>
        {limits.domains.length > 0 && (
          <div className="space-y-2">
            <Label htmlFor={`${id}-scope`}>{t("scope")}</Label>
            <Select value={scope} onValueChange={setScope}>
              <SelectTrigger id={`${id}-scope`} className="w-full">
                <SelectValue />
              </SelectTrigger>
              <SelectContent>
                <SelectItem value={EACH_KEY}>{t("eachKeyOf", { provider: label })}</SelectItem>
                {limits.domains.map(({ name }) => (
                  <SelectItem key={name} value={name}>
                    {t("allOfDomain", { domain: name })}
                  </SelectItem>
                ))}
              </SelectContent>
            </Select>
          </div>
        )}
        <LimitsForm
          key={scope}
          rules={chosen?.limits ?? limits.provider}
          submitLabel={t("save")}
          isBusy={isBusy}
          onSave={async (rules) => {
            const input = { provider, domain: chosen?.name ?? null, limits: rules };
            if (await save(input)) onClose();
          }}
        />
      </DialogContent>
    </Dialog>
  );
}
