"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState } from "react";
import { FieldError } from "@/components/form/field-error";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
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
import { SettingInput, SettingLabel } from "../sheet/setting-input";
import { NEEDED_FIELDS, readSetting, type SettingField } from "../sheet/settings-form";
import { useSettingFields } from "../sheet/use-setting-fields";
import type { ChosenKeys } from "../types";
import { useKeyChanges } from "./use-key-changes";

/** Changes one setting of all selected keys. */
export function SetKeysDialog({
  chosen: { target, count },
  onClose,
}: {
  readonly chosen: ChosenKeys;
  readonly onClose: () => void;
}) {
  const t = useTranslations("keys");
  const { change, isBusy } = useKeyChanges();
  const id = useId();
  const fields = useSettingFields();
  const [field, setField] = useState<SettingField>("remark");
  const [text, setText] = useState("");
  const [isWrong, setIsWrong] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const settings = readSetting(field, text);
    setIsWrong(settings === null);
    if (settings === null) return;
    if (await change(target, { kind: "set", settings })) onClose();
  }

  // Choosing no group has a hint of its own.
  const mayBeEmpty = !NEEDED_FIELDS.has(field) && field !== "groups";
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent>
        <form onSubmit={submit} noValidate className="space-y-4">
          <DialogHeader>
            <DialogTitle>{t("set.title")}</DialogTitle>
            <DialogDescription>{t("set.description", { count })}</DialogDescription>
          </DialogHeader>
          <div className="space-y-2">
            <Label htmlFor={`${id}-field`}>{t("set.field")}</Label>
            <Select
              value={field}
              onValueChange={(chosen) => {
                setField(fields.find((each) => each === chosen) ?? "remark");
                setText("");
                setIsWrong(false);
              }}
            >
              <SelectTrigger id={`${id}-field`} className="w-full">
                <SelectValue />
              </SelectTrigger>
              <SelectContent>
                {fields.map((each) => (
                  <SelectItem key={each} value={each}>
                    {t(`field.${each}`)}
                  </SelectItem>
                ))}
              </SelectContent>
            </Select>
          </div>
          <div className="space-y-2">
            <SettingLabel field={field} id={`${id}-value`} />
            <SettingInput
              field={field}
              id={`${id}-value`}
              value={text}
              aria-invalid={isWrong}
              aria-describedby={`${id}-hint ${id}-error`}
              onChange={(text) => {
                setText(text);
                setIsWrong(false);
              }}
            />
            <p id={`${id}-hint`} className="text-muted-foreground text-xs">
              {t(`fieldHint.${field}`)} {mayBeEmpty && t("set.clear")}
            </p>
            <FieldError
              id={`${id}-error`}
              message={isWrong ? t(`fieldWrong.${field}`) : undefined}
            />
          </div>
          <DialogFooter>
            <Button type="submit" disabled={isBusy}>
              {t("set.submit", { count })}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
