"use client";

import { FileText, Upload, X } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { type ChangeEvent, type ReactNode, useId, useRef } from "react";
import { FieldError } from "@/components/form/field-error";
import { Button } from "@/components/ui/button";
import { Label } from "@/components/ui/label";
import { Textarea } from "@/components/ui/textarea";

export interface SourceText {
  readonly text: string;
  /** Null if the text was pasted. */
  readonly fileName: string | null;
}

/** Where another program's data is pasted or read from a file. A file's text isn't shown, because it may be long. */
export function SourceForm({
  given,
  onGiven,
  problem,
  canSubmit,
  onSubmit,
  children,
}: {
  readonly given: SourceText;
  readonly onGiven: (given: SourceText) => void;
  readonly problem: string | null;
  readonly canSubmit: boolean;
  readonly onSubmit: () => void;
  /** More fields. */
  readonly children: ReactNode;
}) {
  const t = useTranslations("import");
  const format = useFormatter();
  const id = useId();
  const file = useRef<HTMLInputElement>(null);

  async function readFile(event: ChangeEvent<HTMLInputElement>) {
    const { target } = event;
    const [chosen] = target.files ?? [];
    if (chosen) onGiven({ text: await chosen.text(), fileName: chosen.name });
    // The same file can be chosen again after a change.
    target.value = "";
  }

  return (
    <form
      className="max-w-3xl space-y-6"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <div className="space-y-2">
        <div className="flex items-end justify-between gap-3">
          <Label {...(given.fileName === null && { htmlFor: id })}>{t("label")}</Label>
          <Button type="button" variant="outline" size="xs" onClick={() => file.current?.click()}>
            <Upload aria-hidden />
            {t("chooseFile")}
          </Button>
          <input
            ref={file}
            type="file"
            accept=".sql,.json,.jsonl,.yaml,.yml,.csv,.tsv,.env,.txt,.html,.htm,text/*"
            aria-label={t("chooseFile")}
            className="sr-only"
            tabIndex={-1}
            onChange={readFile}
          />
        </div>
        {given.fileName === null ? (
          <Textarea
            id={id}
            value={given.text}
            rows={10}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            placeholder={'INSERT INTO "keys" ("id","key","provider",…) VALUES(…);'}
            aria-invalid={problem !== null}
            aria-describedby={`${id}-problem`}
            className="field-sizing-fixed resize-y font-mono text-[13px]"
            onChange={(event) => onGiven({ text: event.target.value, fileName: null })}
          />
        ) : (
          <div className="flex items-center gap-3 rounded-lg border px-4 py-3">
            <FileText aria-hidden className="text-muted-foreground size-4 shrink-0" />
            <p className="min-w-0 flex-1 truncate">{given.fileName}</p>
            <span className="text-muted-foreground shrink-0 text-xs" data-figure>
              {format.number(given.text.length / 1024, {
                style: "unit",
                unit: "kilobyte",
                maximumFractionDigits: 0,
              })}
            </span>
            <Button
              type="button"
              variant="ghost"
              size="icon"
              className="size-7"
              aria-label={t("removeFile")}
              onClick={() => onGiven({ text: "", fileName: null })}
            >
              <X aria-hidden />
            </Button>
          </div>
        )}
        <FieldError id={`${id}-problem`} message={problem ?? undefined} />
      </div>
      <Button type="submit" disabled={!canSubmit || given.text.trim() === ""}>
        {t("compare")}
      </Button>
      <KnownSources />
    </form>
  );
}

/** Supported programs, and how to get their data. */
const SOURCES = ["oneBalance", "gptLoad", "channels", "litellm", "text"] as const;

function KnownSources() {
  const t = useTranslations("import.sources");
  return (
    <section className="space-y-2 pt-2">
      <h2 className="font-medium">{t("title")}</h2>
      <dl className="divide-y rounded-lg border">
        {SOURCES.map((source) => (
          <div key={source} className="grid gap-1 px-4 py-3 sm:grid-cols-[10rem_1fr] sm:gap-4">
            <dt className="font-medium">{t(`${source}.name`)}</dt>
            <dd className="text-muted-foreground min-w-0 break-words">
              {t.rich(`${source}.how`, {
                code: (chunks) => (
                  <code className="bg-muted text-foreground rounded px-1 py-0.5 font-mono text-xs">
                    {chunks}
                  </code>
                ),
              })}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
