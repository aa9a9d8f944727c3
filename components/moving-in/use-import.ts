"use client";

import { useEffect, useRef, useState } from "react";
import { importKeysOf } from "@/app/(portal)/keys/actions";
import { callsOf, dataOf, WorkStopped } from "@/components/keys/add/found-keys";
import { useFailureWords } from "@/components/keys/use-failure-words";
import type { ImportedKeys } from "@/lib/manage/imports/import-schemas";
import { beginImport, sumImports } from "@/lib/manage/imports/sum-imports";
import type { MergedKeys } from "@/lib/moving-in/merge-same-keys";
import type { Source } from "@/lib/moving-in/source-key";

/** A source that was read, and what people said about it. */
export interface Choices {
  /** Slug for keys that nothing tells the provider of; null for none. */
  readonly provider: string | null;
  /** Slugs for services that are not known, by their names. */
  readonly providers: Readonly<Record<string, string>>;
}

export type ImportStep =
  | { readonly kind: "choose" }
  | { readonly kind: "comparing" | "importing"; readonly done: number; readonly total: number }
  | { readonly kind: "compared"; readonly result: ImportedKeys }
  | {
      readonly kind: "imported";
      readonly result: ImportedKeys;
      /** Keys that were not sent, because the work was cancelled or stopped. */
      readonly unsent: number;
    };

/** Sends what was read, some hundred keys a call: first to see the difference, then to import. */
export function useImport(offlineWords: string) {
  const failureWords = useFailureWords();
  const [step, setStep] = useState<ImportStep>({ kind: "choose" });
  /** Why the last work stopped; null if it did not. */
  const [problem, setProblem] = useState<string | null>(null);
  /** Raised to make work under way end after its current call. */
  const run = useRef(0);
  useEffect(() => {
    const runs = run;
    return () => {
      runs.current += 1;
    };
  }, []);

  async function send(source: Source, merged: MergedKeys, choices: Choices, dryRun: boolean) {
    run.current += 1;
    const own = run.current;
    const total = merged.keys.length;
    let result = beginImport(source, merged.repeated, dryRun);
    let done = 0;
    const kind = dryRun ? "comparing" : "importing";
    setProblem(null);
    setStep({ kind, done, total });
    try {
      for (const keys of callsOf(merged.keys, JSON.stringify)) {
        const answer = await importKeysOf({ ...choices, form: source.form, keys, dryRun });
        result = sumImports(result, dataOf(answer));
        done += keys.length;
        if (run.current !== own) break;
        setStep({ kind, done, total });
      }
    } catch (error) {
      if (dryRun && run.current !== own) return;
      setProblem(error instanceof WorkStopped ? failureWords(error.failure) : offlineWords);
      if (dryRun) {
        setStep({ kind: "choose" });
        return;
      }
    }
    if (!dryRun) setStep({ kind: "imported", result, unsent: total - done });
    else if (run.current === own) setStep({ kind: "compared", result });
  }

  function cancel() {
    run.current += 1;
    if (step.kind === "comparing") setStep({ kind: "choose" });
  }

  return { step, problem, send, cancel, restart: () => setStep({ kind: "choose" }) };
}
