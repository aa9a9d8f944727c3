"use client";

import { Upload } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ChangeEvent, type ReactNode, useId, useRef } from "react";
import { FieldError } from "@/components/form/field-error";
import type { ProviderChoice } from "@/components/provider-choice";
import { Button } from "@/components/ui/button";
import { Label } from "@/components/ui/label";
import { Textarea } from "@/components/ui/textarea";
import { ProviderSelect } from "./provider-select";

/** Where keys are pasted, or read from a file. */
export function PasteForm({
  providers,
  provider,
  onProvider,
  text,
  onText,
  problem,
  canSubmit,
  onSubmit,
  children,
}: {
  readonly providers: readonly ProviderChoice[];
  readonly provider: string | null;
  readonly onProvider: (slug: string | null) => void;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly problem: string | null;
  readonly canSubmit: boolean;
  readonly onSubmit: () => void;
  /** More fields. */
  readonly children: ReactNode;
}) {
  const t = useTranslations("keys.add");
  const id = useId();
  const file = useRef<HTMLInputElement>(null);

  async function readFile(event: ChangeEvent<HTMLInputElement>) {
    const [chosen] = event.target.files ?? [];
    if (chosen) onText(await chosen.text());
    // The same file can be chosen again after a change.
    event.target.value = "";
  }

  return (
    <form
      className="max-w-3xl space-y-6"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <ProviderSelect providers={providers} provider={provider} onProvider={onProvider} />
      {children}
      <div className="space-y-2">
        <div className="flex items-end justify-between">
          <Label htmlFor={id}>{t("label")}</Label>
          <Button type="button" variant="outline" size="xs" onClick={() => file.current?.click()}>
            <Upload aria-hidden />
            {t("chooseFile")}
          </Button>
          <input
            ref={file}
            type="file"
            accept=".txt,.csv,.tsv,.json,.env,text/*"
            aria-label={t("chooseFile")}
            className="sr-only"
            tabIndex={-1}
            onChange={readFile}
          />
        </div>
        <Textarea
          id={id}
          value={text}
          rows={12}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          placeholder={"sk-proj-…\nsk-proj-…, Team A\nGROQ_API_KEY=gsk_…"}
          aria-invalid={problem !== null}
          aria-describedby={`${id}-problem`}
          className="field-sizing-fixed resize-y font-mono text-[13px]"
          onChange={(event) => onText(event.target.value)}
        />
        <FieldError id={`${id}-problem`} message={problem ?? undefined} />
      </div>
      <Button type="submit" disabled={!canSubmit || text.trim() === ""}>
        {t("preview")}
      </Button>
    </form>
  );
}
