"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState } from "react";
import { FieldError } from "@/components/form/field-error";
import { Checkbox } from "@/components/ui/checkbox";
import { Label } from "@/components/ui/label";
import { SaveBar } from "../save-bar";
import { useSignInSave } from "./use-sign-in-save";

/** Whether members may sign in by password. */
export function PasswordsForm({ isAllowed }: { readonly isAllowed: boolean }) {
  const t = useTranslations("settings.signIn");
  const id = useId();
  const [passwords, setPasswords] = useState(isAllowed);
  const { save, messageOf, isSaving, wasSaved, forget } = useSignInSave();
  const message = messageOf("passwords");

  function submit(event: FormEvent) {
    event.preventDefault();
    save({ passwords });
  }

  return (
    <form noValidate className="max-w-prose space-y-5" onSubmit={submit}>
      <div className="space-y-2">
        <div className="flex items-center gap-3">
          <Checkbox
            id={id}
            checked={passwords}
            aria-invalid={message !== undefined}
            aria-describedby={`${id}-hint ${id}-error`}
            onCheckedChange={(checked) => {
              setPasswords(checked === true);
              forget();
            }}
          />
          <Label htmlFor={id}>{t("passwords")}</Label>
        </div>
        <p id={`${id}-hint`} className="text-muted-foreground text-xs">
          {t("passwordsHint")}
        </p>
        <FieldError id={`${id}-error`} message={message} />
      </div>
      <SaveBar isDirty={passwords !== isAllowed} isSaving={isSaving} wasSaved={wasSaved} />
    </form>
  );
}
