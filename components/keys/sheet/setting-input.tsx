"use client";

import { useTranslations } from "next-intl";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { Textarea } from "@/components/ui/textarea";
import { GroupPicker } from "../groups/group-picker";
import { listOf, NUMBER_FIELDS, type SettingField } from "./settings-form";

interface InputProps {
  readonly field: SettingField;
  readonly id: string;
  readonly name?: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly onBlur?: () => void;
  readonly "aria-invalid": boolean;
  readonly "aria-describedby": string;
}

/** The name of a setting's input with that id. */
export function SettingLabel({ field, id }: Pick<InputProps, "field" | "id">) {
  const t = useTranslations("keys.field");
  if (field !== "groups") return <Label htmlFor={id}>{t(field)}</Label>;
  return (
    <Label asChild>
      <span id={`${id}-label`}>{t(field)}</span>
    </Label>
  );
}

/** The input of a setting, named by its `SettingLabel`. */
export function SettingInput({ field, value, id, onChange, onBlur, name, ...aria }: InputProps) {
  if (field === "groups") {
    return (
      <GroupPicker
        chosen={listOf(value)}
        onChange={(ids) => onChange(ids.join("\n"))}
        labelledBy={`${id}-label`}
        describedBy={aria["aria-describedby"]}
      />
    );
  }
  if (field === "models") {
    return (
      <Textarea
        id={id}
        name={name}
        value={value}
        rows={3}
        spellCheck={false}
        className="font-mono text-[13px]"
        onChange={(event) => onChange(event.target.value)}
        {...aria}
      />
    );
  }
  const isNumber = NUMBER_FIELDS.has(field);
  const isAmount = field === "dailyCostUsd" || field === "monthlyCostUsd";
  return (
    <Input
      id={id}
      name={name}
      value={value}
      inputMode={isAmount ? "decimal" : isNumber ? "numeric" : "text"}
      autoComplete="off"
      onChange={(event) => onChange(event.target.value)}
      onBlur={onBlur}
      {...aria}
    />
  );
}
