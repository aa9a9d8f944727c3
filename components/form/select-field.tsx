"use client";

import type { ReactNode } from "react";
import type { Control, FieldPath, FieldPathValue, FieldValues } from "react-hook-form";
import {
  FormControl,
  FormDescription,
  FormField,
  FormItem,
  FormLabel,
  FormMessage,
} from "@/components/ui/form";
import {
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";

export interface SelectChoice<Value extends string = string> {
  readonly value: Value;
  readonly label: ReactNode;
}

/** A choice of one from a list, with its label, a hint, and its error right below. */
export function SelectField<Values extends FieldValues, Name extends FieldPath<Values>>({
  control,
  name,
  label,
  choices,
  description,
  placeholder,
  fallback,
  onChoose,
  className,
  labelClassName,
}: {
  readonly control: Control<Values>;
  readonly name: Name;
  readonly label: string;
  readonly choices: readonly SelectChoice[];
  readonly description?: ReactNode;
  readonly placeholder?: string;
  /** Chosen while the field is undefined. */
  readonly fallback?: FieldPathValue<Values, Name>;
  /** Replaces the field's own change, where more follows from a choice. */
  readonly onChoose?: (value: string) => void;
  readonly className?: string;
  readonly labelClassName?: string;
}) {
  return (
    <FormField
      control={control}
      name={name}
      render={({ field }) => (
        <FormItem className={className}>
          <FormLabel className={labelClassName}>{label}</FormLabel>
          <Select value={field.value ?? fallback} onValueChange={onChoose ?? field.onChange}>
            <FormControl>
              <SelectTrigger className="w-full" ref={field.ref}>
                <SelectValue placeholder={placeholder} />
              </SelectTrigger>
            </FormControl>
            <SelectContent>
              {choices.map((choice) => (
                <SelectItem key={choice.value} value={choice.value}>
                  {choice.label}
                </SelectItem>
              ))}
            </SelectContent>
          </Select>
          {description !== undefined && <FormDescription>{description}</FormDescription>}
          <FormMessage />
        </FormItem>
      )}
    />
  );
}
