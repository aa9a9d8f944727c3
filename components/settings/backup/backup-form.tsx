"use client";

import { useTranslations } from "next-intl";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { FormFailure } from "@/components/form/form-failure";
import { FROM_SERVER, TextField } from "@/components/form/text-field";
import { saveResponse } from "@/components/save-response";
import { Button } from "@/components/ui/button";
import { Form } from "@/components/ui/form";
import { PASSPHRASE_MIN_CHARS } from "@/lib/manage/backup/backup-limits";
import { sendBackup } from "./send-backup";
import { useBackupWords } from "./use-backup-words";

const EMPTY = { passphrase: "", password: "" };

/** Downloads the instance as an encrypted file, after entering the password. */
export function BackupForm() {
  const t = useTranslations("settings.backup");
  const wordsFor = useBackupWords();
  const form = useForm({ defaultValues: EMPTY });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (fields) => {
    const body = JSON.stringify(fields);
    const answer = await sendBackup("/settings/backup/download", body, "application/json");
    if (answer.ok) {
      try {
        await saveResponse(answer.response);
      } catch {
        form.setError("root", { message: t("cut") });
        return;
      }
      form.reset(EMPTY);
      toast.success(t("saved"));
      return;
    }
    const { field, words } = wordsFor(answer.failure);
    const at = field === "password" || field === "passphrase" ? field : "root";
    form.setError(at, { type: FROM_SERVER, message: words });
  });

  return (
    <Form {...form}>
      <form onSubmit={submit} noValidate className="max-w-sm space-y-4">
        <TextField
          control={form.control}
          name="passphrase"
          type="password"
          label={t("passphrase")}
          description={t("passphraseHint", { min: PASSPHRASE_MIN_CHARS })}
          invalid=""
          autoComplete="new-password"
        />
        <TextField
          control={form.control}
          name="password"
          type="password"
          label={t("password")}
          invalid=""
          autoComplete="current-password"
        />
        <FormFailure>{errors.root?.message}</FormFailure>
        <Button type="submit" variant="outline" disabled={isSubmitting}>
          {isSubmitting ? t("making") : t("make")}
        </Button>
      </form>
    </Form>
  );
}
