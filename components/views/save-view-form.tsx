"use client";

import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { toast } from "sonner";
import { saveView } from "@/app/(portal)/views/actions";
import { answered } from "@/components/answered";
import { FormFailure } from "@/components/form/form-failure";
import { Button } from "@/components/ui/button";
import { useViewFailure } from "./use-view-failure";
import { ViewInputs, type ViewWords } from "./view-fields";

const BLANK: ViewWords = { name: "", isShared: false };

/** Saves what the page shows as a view. */
export function SaveViewForm({
  path,
  query,
  mayShare,
  onSaved,
}: {
  readonly path: string;
  readonly query: string;
  readonly mayShare: boolean;
  readonly onSaved: () => Promise<void>;
}) {
  const t = useTranslations("views");
  const wordsOf = useViewFailure();
  const [words, setWords] = useState(BLANK);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, startTransition] = useTransition();
  if (query === "") return <p className="text-muted-foreground text-sm">{t("nothingToSave")}</p>;
  const name = words.name.trim();

  const save = () =>
    startTransition(async () => {
      const result = await answered(() => saveView({ ...words, name, path, query }));
      if (result === null) return;
      setProblem(result.ok ? null : wordsOf(result));
      if (!result.ok) return;
      toast.success(t("saved", { name }));
      setWords(BLANK);
      await onSaved();
    });

  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <ViewInputs
        words={words}
        mayShare={mayShare}
        onChange={(change) => setWords({ ...words, ...change })}
      />
      <FormFailure>{problem}</FormFailure>
      <Button type="submit" className="justify-self-start" disabled={name === "" || isBusy}>
        {t("save")}
      </Button>
    </form>
  );
}
