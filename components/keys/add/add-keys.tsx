"use client";

import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { addKeys, previewKeys } from "@/app/(portal)/keys/actions";
import type { Served } from "@/app/(portal)/keys/read-served";
import type { ProviderChoice } from "@/components/provider-choice";
import type { PreviewedKey } from "@/lib/manage/keys/preview-provider-keys";
import type { LeftLine } from "@/lib/moving-in/found-keys";
import { readPastedKeys } from "@/lib/moving-in/read-pasted-keys";
import { WorkProgress } from "../bulk/work-progress";
import { ServesField } from "../groups/serves-field";
import { useFailureWords } from "../use-failure-words";
import { type AddedKeys, NOTHING_ADDED } from "./added-keys";
import { callsOf, dataOf, type FoundKey, judge, toAdd, WorkStopped } from "./found-keys";
import { FoundTable } from "./found-table";
import { PasteForm } from "./paste-form";

/** Not needed before anything is added. */
const AddedReport = dynamic(() => import("./added-report").then((module) => module.AddedReport), {
  ssr: false,
});

type Step =
  | { readonly kind: "paste"; readonly problem: string | null }
  | { readonly kind: "previewing" | "adding"; readonly done: number; readonly total: number }
  | {
      readonly kind: "preview";
      readonly found: readonly FoundKey[];
      readonly left: readonly LeftLine[];
    }
  | { readonly kind: "done"; readonly added: AddedKeys };

/** Paste, preview, add: each key is sent once for the preview and once to be added, and only shown masked. */
export function AddKeys({
  providers,
  served,
  chosen,
  mayCheck,
}: {
  readonly providers: readonly ProviderChoice[];
  readonly served: Served;
  /** Slug; null to recognize it for each key. */
  readonly chosen: string | null;
  readonly mayCheck: boolean;
}) {
  const t = useTranslations("keys.add");
  const tFailure = useTranslations("keys.failure");
  const failureWords = useFailureWords();
  const [text, setText] = useState("");
  const [provider, setProvider] = useState(chosen);
  const [groups, setGroups] = useState(served.chosen);
  const [step, setStep] = useState<Step>({ kind: "paste", problem: null });
  /** Incremented to end work in progress after its current call. */
  const run = useRef(0);
  useEffect(() => {
    const runs = run;
    return () => {
      runs.current += 1;
    };
  }, []);

  const wordsOf = (error: unknown) =>
    error instanceof WorkStopped ? failureWords(error.failure) : tFailure("offline");

  async function look(forProvider: string | null) {
    run.current += 1;
    const own = run.current;
    const { keys, left } = readPastedKeys(text);
    if (keys.length === 0) {
      setStep({ kind: "paste", problem: t("nothingFound") });
      return;
    }
    const previews: PreviewedKey[] = [];
    setStep({ kind: "previewing", done: 0, total: keys.length });
    try {
      for (const call of callsOf(keys, (key) => key.text)) {
        const pasted = call.map((key) => ({ text: key.text, hint: key.hint }));
        previews.push(...dataOf(await previewKeys({ provider: forProvider, keys: pasted })));
        if (run.current !== own) return;
        setStep({ kind: "previewing", done: previews.length, total: keys.length });
      }
      setStep({ kind: "preview", found: judge(keys, previews), left });
    } catch (error) {
      if (run.current === own) setStep({ kind: "paste", problem: wordsOf(error) });
    }
  }

  async function add(wanted: ReadonlyMap<string, readonly FoundKey[]>, isChecked: boolean) {
    run.current += 1;
    const own = run.current;
    const total = [...wanted.values()].reduce((sum, keys) => sum + keys.length, 0);
    let added: AddedKeys = {
      ...NOTHING_ADDED,
      ...{ providers: [...wanted.keys()], unsent: total, isChecked },
    };
    setStep({ kind: "adding", done: 0, total });
    try {
      for (const [slug, keys] of wanted) {
        for (const call of callsOf(keys, ({ pasted }) => pasted.text)) {
          if (run.current !== own) {
            setStep({ kind: "done", added });
            return;
          }
          const serving = groups.length === 0 ? {} : { groups };
          const lines = call.map(({ pasted }) => ({
            key: pasted.text,
            ...serving,
            ...pasted.settings,
          }));
          const result = dataOf(await addKeys({ provider: slug, keys: lines }));
          added = {
            ...added,
            count: added.count + result.added,
            ids: [...added.ids, ...result.ids],
            duplicates: added.duplicates + result.duplicates,
            unsent: added.unsent - call.length,
            rejected: [
              ...added.rejected,
              ...result.rejected.map(({ index, reason }) => ({
                line: call[index]?.pasted.line ?? 0,
                reason,
              })),
            ],
          };
          if (run.current === own) setStep({ kind: "adding", done: total - added.unsent, total });
        }
      }
      setText("");
      setStep({ kind: "done", added });
    } catch (error) {
      setStep({ kind: "done", added: { ...added, problem: wordsOf(error) } });
    }
  }

  function choose(slug: string | null) {
    setProvider(slug);
    if (step.kind === "preview") look(slug);
  }

  const stop = () => {
    run.current += 1;
  };

  switch (step.kind) {
    case "paste":
      return (
        <PasteForm
          providers={providers}
          provider={provider}
          onProvider={choose}
          text={text}
          onText={setText}
          problem={step.problem}
          canSubmit={!served.mustChoose || groups.length > 0}
          onSubmit={() => look(provider)}
        >
          <ServesField chosen={groups} onChange={setGroups} mustChoose={served.mustChoose} />
        </PasteForm>
      );
    case "previewing":
    case "adding":
      return (
        <WorkProgress
          done={step.done}
          total={step.total}
          words={t(step.kind === "adding" ? "progress" : "previewing", {
            done: step.done,
            total: step.total,
          })}
          cancelLabel={t("cancel")}
          onCancel={() => {
            stop();
            if (step.kind === "previewing") setStep({ kind: "paste", problem: null });
          }}
        />
      );
    case "preview":
      return (
        <FoundTable
          found={step.found}
          left={step.left}
          providers={providers}
          provider={provider}
          onProvider={choose}
          onBack={() => setStep({ kind: "paste", problem: null })}
          mayCheck={mayCheck}
          onAdd={(withOdd, isChecked) => add(toAdd(step.found, withOdd), isChecked)}
        />
      );
    case "done":
      return (
        <AddedReport
          added={step.added}
          providers={providers}
          mayCheck={mayCheck}
          onAgain={() => setStep({ kind: "paste", problem: null })}
        />
      );
  }
}
