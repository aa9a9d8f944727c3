"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Served } from "@/app/(portal)/keys/read-served";
import { WorkProgress } from "@/components/keys/bulk/work-progress";
import { ServesField } from "@/components/keys/groups/serves-field";
import type { ProviderChoice } from "@/components/provider-choice";
import { type MergedKeys, mergeSameKeys } from "@/lib/moving-in/merge-same-keys";
import type { Source } from "@/lib/moving-in/source-key";
import { Difference } from "./difference";
import { ImportReport } from "./import-report";
import { SourceForm, type SourceText } from "./source-form";
import { type Choices, useImport } from "./use-import";

const NO_TEXT: SourceText = { text: "", fileName: null };
const NO_CHOICES: Choices = { provider: null, providers: {} };

/** Choose, compare, import. The source is parsed here, in the browser: anything that isn't a key never leaves it. */
export function ImportKeys({
  providers,
  served,
  allowPrivate,
}: {
  readonly providers: readonly ProviderChoice[];
  readonly served: Served;
  readonly allowPrivate: boolean;
}) {
  const t = useTranslations("import");
  const tFailure = useTranslations("keys.failure");
  const { step, problem, send, cancel, restart } = useImport(tFailure("offline"));
  const [given, setGiven] = useState(NO_TEXT);
  const [groups, setGroups] = useState(served.chosen);
  const [choices, setChoices] = useState(NO_CHOICES);
  const [read, setRead] = useState<{ readonly source: Source; readonly merged: MergedKeys }>();
  const [isEmpty, setIsEmpty] = useState(false);
  const [isOffline, setIsOffline] = useState(false);

  async function compare() {
    const reader = await loadReader();
    setIsOffline(reader === null);
    if (reader === null) return;
    const source = reader.readSource(given.text, given.fileName ?? "");
    const merged = mergeSameKeys(source.keys);
    setRead({ source, merged });
    const first = groups.length === 0 ? NO_CHOICES : { ...NO_CHOICES, groups };
    setChoices(first);
    setIsEmpty(merged.keys.length === 0 && source.unusable.length === 0);
    if (merged.keys.length > 0 || source.unusable.length > 0) {
      send(source, merged, first, true);
    }
  }

  function choose(changes: Partial<Choices>) {
    if (read === undefined) return;
    const chosen = { ...choices, ...changes };
    setChoices(chosen);
    send(read.source, read.merged, chosen, true);
  }

  switch (step.kind) {
    case "choose":
      return (
        <SourceForm
          given={given}
          onGiven={(next) => {
            setGiven(next);
            setIsEmpty(false);
          }}
          problem={isOffline ? tFailure("offline") : isEmpty ? t("nothingFound") : problem}
          canSubmit={!served.mustChoose || groups.length > 0}
          onSubmit={compare}
        >
          <ServesField chosen={groups} onChange={setGroups} mustChoose={served.mustChoose} />
        </SourceForm>
      );
    case "comparing":
    case "importing":
      return (
        <WorkProgress
          done={step.done}
          total={step.total}
          words={t(step.kind, { done: step.done, total: step.total })}
          cancelLabel={t("cancel")}
          onCancel={cancel}
        />
      );
    case "compared":
      return (
        <Difference
          result={step.result}
          providers={providers}
          choices={choices}
          allowPrivate={allowPrivate}
          onChoose={choose}
          onBack={restart}
          onImport={() => read && send(read.source, read.merged, choices, false)}
        />
      );
    case "imported":
      return (
        <ImportReport
          result={step.result}
          unsent={step.unsent}
          problem={problem}
          providers={providers}
          onAgain={() => {
            setGiven(NO_TEXT);
            restart();
          }}
        />
      );
  }
}

/**
 * The parsers are larger than the page, so they are loaded once there is something to parse; the server, which never
 * parses, is built without them. Null if they can't be fetched.
 */
async function loadReader() {
  if (typeof window === "undefined") return null;
  return import("@/lib/moving-in/read-source").catch(() => null);
}
