"use client";

import { useEffect, useRef, useState } from "react";
import { importKeysOf } from "@/app/(portal)/keys/actions";
import { callsOf, dataOf, WorkStopped } from "@/components/keys/add/found-keys";
import { useFailureWords } from "@/components/keys/use-failure-words";
import type { ImportedKeys } from "@/lib/manage/imports/import-schemas";
import { beginImport, sumImports } from "@/lib/manage/imports/sum-imports";
import type { MergedKeys } from "@/lib/moving-in/merge-same-keys";
import type { Source } from "@/lib/moving-in/source-key";

/** A parsed source, and what people decided about it. */
export interface Choices {
  /** Slug for keys whose provider can't be recognized; null for none. */
  readonly provider: string | null;
  /** Slugs for unknown services, by their names. */
  readonly providers: Readonly<Record<string, string>>;
  /** Ids of the groups that keys serve whose source names none; absent for everyone. */
  readonly groups?: readonly string[];
}

export type ImportStep =
  | { readonly kind: "choose" }
  | { readonly kind: "comparing" | "importing"; readonly done: number; readonly total: number }
  | { readonly kind: "compared"; readonly result: ImportedKeys }
  | {
      readonly kind: "imported";
      readonly result: ImportedKeys;
      /** Keys that weren't sent, because the work was canceled or stopped. */
      readonly unsent: number;
    };

/** Sends what was parsed, a few hundred keys per call: first to show the difference, then to import. */
export function useImport(offlineWords: string) {
  const failureWords = useFailureWords();
  const [step, setStep] = useState<ImportStep>({ kind: "choose" });
  /** Why the last work stopped; null if it didn't. */
  const [problem, setProblem] = useState<string | null>(null);
  /** Incremented to end work in progress after its current call. */
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
        const { groups, ...others } = choices;
        const answer = await importKeysOf({
          ...others,
          ...(groups !== undefined && { groups: [...groups] }),
          ...{ form: source.form, keys: [...keys], dryRun },
        });
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
