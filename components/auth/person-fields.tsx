"use client";

import { useTranslations } from "next-intl";
import type { Control, FieldPath, FieldValues } from "react-hook-form";
import { TextField } from "@/components/form/text-field";

interface Person extends FieldValues {
  name: string;
  email: string;
  password: string;
}

/** A new member's name and email, and the password they choose. */
export function PersonFields<Values extends Person>({
  control,
  isEmailFixed = false,
}: {
  readonly control: Control<Values>;
  /** An invitation may be for one address. */
  readonly isEmailFixed?: boolean;
}) {
  const t = useTranslations("auth");
  // The names of `Person` are names of everything that extends it, which the compiler doesn't infer.
  const field = (name: keyof Person & string) => ({ control, name: name as FieldPath<Values> });
  return (
    <>
      <TextField
        {...field("name")}
        label={t("fields.name")}
        invalid={t("invalid.name")}
        autoComplete="name"
      />
      <TextField
        {...field("email")}
        type="email"
        label={t("fields.email")}
        invalid={t("invalid.email")}
        autoComplete="username"
        readOnly={isEmailFixed}
      />
      <TextField
        {...field("password")}
        type="password"
        label={t("fields.newPassword")}
        description={t("passwordHint")}
        invalid={t("invalid.newPassword")}
        autoComplete="new-password"
      />
    </>
  );
}
