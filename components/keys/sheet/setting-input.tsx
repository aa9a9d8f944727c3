"use client";

import type { ChangeEvent, ComponentProps } from "react";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { NUMBER_FIELDS, type SettingField } from "./settings-form";

type InputProps = Omit<ComponentProps<"input">, "onChange" | "ref"> & {
  readonly field: SettingField;
  readonly onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => void;
};

/** The input of a setting. */
export function SettingInput({ field, value, id, onChange, onBlur, name, ...aria }: InputProps) {
  const described = {
    "aria-invalid": aria["aria-invalid"],
    "aria-describedby": aria["aria-describedby"],
  };
  if (field === "models") {
    return (
      <Textarea
        id={id}
        name={name}
        value={value}
        rows={3}
        spellCheck={false}
        className="font-mono text-[13px]"
        onChange={onChange}
        {...described}
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
      onChange={onChange}
      onBlur={onBlur}
      {...described}
    />
  );
}
