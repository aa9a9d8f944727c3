"use client";

import type { ComponentProps, ReactNode } from "react";
import type { Control, FieldPath, FieldValues } from "react-hook-form";
import {
  FormControl,
  FormDescription,
  FormField,
  FormItem,
  FormLabel,
  useFormField,
} from "@/components/ui/form";
import { Input } from "@/components/ui/input";

/** The error type that a form sets for the server's message, which is shown unchanged. */
export const FROM_SERVER = "server";

/** A single-line field with its label, and its error right below. */
export function TextField<Values extends FieldValues>({
  control,
  name,
  label,
  description,
  invalid,
  ...input
}: {
  readonly control: Control<Values>;
  readonly name: FieldPath<Values>;
  readonly label: string;
  readonly description?: ReactNode;
  /** Shown if the field violates the form's own rules. */
  readonly invalid: string;
} & Pick<
  ComponentProps<"input">,
  "type" | "autoComplete" | "readOnly" | "autoFocus" | "placeholder" | "spellCheck"
>) {
  return (
    <FormField
      control={control}
      name={name}
      render={({ field, fieldState }) => (
        <FormItem>
          <FormLabel>{label}</FormLabel>
          <FormControl>
            <Input {...input} {...field} value={field.value ?? ""} />
          </FormControl>
          {description && !fieldState.error && <FormDescription>{description}</FormDescription>}
          <FieldMessage invalid={invalid} />
        </FormItem>
      )}
    />
  );
}

function FieldMessage({ invalid }: { readonly invalid: string }) {
  const { error, formMessageId } = useFormField();
  if (error === undefined) return null;
  return (
    <p id={formMessageId} role="alert" className="text-destructive text-sm">
      {error.type === FROM_SERVER ? error.message : invalid}
    </p>
  );
}
