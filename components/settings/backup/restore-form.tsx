"use client";

import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { useForm } from "react-hook-form";
import { FieldError } from "@/components/form/field-error";
import { FormFailure } from "@/components/form/form-failure";
import { FROM_SERVER, TextField } from "@/components/form/text-field";
import { Button } from "@/components/ui/button";
import { Form } from "@/components/ui/form";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { sendBackup } from "./send-backup";
import { useBackupWords } from "./use-backup-words";

const EMPTY = { passphrase: "", password: "" };

/** Restores a backup into this instance, which has nothing of its own yet. */
export function RestoreForm() {
  const t = useTranslations("settings.backup");
  const id = useId();
  const wordsFor = useBackupWords();
  const [file, setFile] = useState<File | null>(null);
  const [fileProblem, setFileProblem] = useState<string>();
  const [rows, setRows] = useState<number | null>(null);
  const form = useForm({ defaultValues: EMPTY });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (fields) => {
    setFileProblem(undefined);
    if (file === null) {
      setFileProblem(t("noFile"));
      return;
    }
    const body = new FormData();
    for (const [name, text] of Object.entries(fields)) body.set(name, text);
    body.set("file", file);
    const answer = await sendBackup("/settings/backup/restore", body);
    if (answer.ok) {
      const restored: { readonly rows: number } = await answer.response.json();
      setRows(restored.rows);
      return;
    }
    const { field, words } = wordsFor(answer.failure);
    if (field === "file") setFileProblem(words);
    else {
      const at = field === "password" || field === "passphrase" ? field : "root";
      form.setError(at, { type: FROM_SERVER, message: words });
    }
  });

  if (rows !== null) {
    return (
      <p role="status" className="text-sm">
        {t("restored", { rows })}
      </p>
    );
  }
  return (
    <Form {...form}>
      <form onSubmit={submit} noValidate className="max-w-sm space-y-4">
        <div className="grid gap-2">
          <Label htmlFor={`${id}-file`}>{t("file")}</Label>
          <Input
            id={`${id}-file`}
            type="file"
            accept=".backup"
            aria-invalid={fileProblem !== undefined}
            aria-describedby={`${id}-problem`}
            onChange={(event) => setFile(event.target.files?.[0] ?? null)}
          />
          <FieldError id={`${id}-problem`} message={fileProblem} />
        </div>
        <TextField
          control={form.control}
          name="passphrase"
          type="password"
          label={t("passphraseOf")}
          invalid=""
          autoComplete="off"
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
          {isSubmitting ? t("restoring") : t("restoreNow")}
        </Button>
      </form>
    </Form>
  );
}
