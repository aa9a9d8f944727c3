"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { checkKeys, listKeyIds } from "@/app/(portal)/keys/actions";
import { formatExactCount } from "@/components/format";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { Progress } from "@/components/ui/progress";
import type { KeyFilter } from "../types";
import { useFailureWords } from "../use-failure-words";

/** Keys per call: few enough that stopping takes effect soon. */
const CALL_SIZE = 20;

const OUTCOMES = ["good", "bad", "unclear", "unreachable"] as const;

type Tally = Readonly<Record<(typeof OUTCOMES)[number], number>>;

const NOTHING: Tally = { good: 0, bad: 0, unclear: 0, unreachable: 0 };

type Phase =
  | { readonly kind: "asking" | "running" | "done" }
  | { readonly kind: "stopped"; readonly message: string | null };

/** Checks keys with the provider's free call, in batches, and counts the results. */
export function CheckKeysDialog({
  ids,
  filter,
  count,
  label,
  onClose,
}: {
  /** Null for all that match the filter. */
  readonly ids: readonly string[] | null;
  readonly filter: KeyFilter;
  readonly count: number;
  readonly label: string;
  readonly onClose: () => void;
}) {
  const t = useTranslations("keys.check");
  const tFailure = useTranslations("keys.failure");
  const failureWords = useFailureWords();
  const router = useRouter();
  const [phase, setPhase] = useState<Phase>({ kind: "asking" });
  const [total, setTotal] = useState(count);
  const [tally, setTally] = useState(NOTHING);
  const mayGoOn = useRef(true);
  useEffect(() => {
    mayGoOn.current = true;
    return () => {
      mayGoOn.current = false;
    };
  }, []);
  const done = OUTCOMES.reduce((sum, outcome) => sum + tally[outcome], 0);

  async function run() {
    setPhase({ kind: "running" });
    try {
      setPhase(await checkAll());
    } catch {
      setPhase({ kind: "stopped", message: tFailure("offline") });
    }
    router.refresh();
  }

  async function checkAll(): Promise<Phase> {
    const listed = ids === null ? await listKeyIds(filter) : ({ ok: true, data: ids } as const);
    if (!listed.ok) return { kind: "stopped", message: failureWords(listed) };
    setTotal(listed.data.length);
    for (let start = 0; start < listed.data.length; start += CALL_SIZE) {
      if (!mayGoOn.current) return { kind: "stopped", message: null };
      const call = listed.data.slice(start, start + CALL_SIZE);
      const result = await checkKeys({ ids: call });
      if (!result.ok) return { kind: "stopped", message: failureWords(result) };
      const outcomes = result.data.map(({ outcome }) => outcome);
      setTally((before) => added(before, outcomes));
    }
    return { kind: "done" };
  }

  const isRunning = phase.kind === "running";
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && !isRunning && onClose()}>
      <DialogContent showCloseButton={!isRunning}>
        <DialogHeader>
          <DialogTitle>{t("title", { count: total, provider: label })}</DialogTitle>
          <DialogDescription>{t("description", { provider: label })}</DialogDescription>
        </DialogHeader>
        {phase.kind !== "asking" && (
          <div className="space-y-4">
            <div className="space-y-2">
              <Progress
                value={total === 0 ? 100 : (done / total) * 100}
                aria-label={t("progress", { done, total })}
              />
              <p data-figure aria-live="polite" className="text-muted-foreground text-sm">
                {t("progress", { done, total })}
              </p>
            </div>
            <dl className="grid grid-cols-[1fr_auto] gap-y-1.5">
              {OUTCOMES.map((outcome) => (
                <div key={outcome} className="contents">
                  <dt className="text-muted-foreground">{t(outcome)}</dt>
                  <dd data-figure className="text-right">
                    {formatExactCount(tally[outcome])}
                  </dd>
                </div>
              ))}
            </dl>
            {phase.kind === "stopped" && phase.message !== null && (
              <p role="alert" className="text-destructive">
                {t("stopped", { message: phase.message })}
              </p>
            )}
          </div>
        )}
        <DialogFooter>
          {phase.kind === "asking" && (
            <Button onClick={run}>{t("button", { count: total })}</Button>
          )}
          {isRunning && (
            <Button
              variant="outline"
              onClick={() => {
                mayGoOn.current = false;
              }}
            >
              {t("cancel")}
            </Button>
          )}
          {(phase.kind === "done" || phase.kind === "stopped") && (
            <Button variant="outline" onClick={onClose}>
              {t("close")}
            </Button>
          )}
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

/** A key for which the provider has no check counts as unclear. */
function added(tally: Tally, outcomes: readonly string[]): Tally {
  const next: Record<keyof Tally, number> = { ...tally };
  for (const outcome of outcomes) {
    next[OUTCOMES.find((each) => each === outcome) ?? "unclear"] += 1;
  }
  return next;
}
