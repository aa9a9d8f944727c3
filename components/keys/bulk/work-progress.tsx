"use client";

import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";

/** The progress of long work, with a way to stop it. */
export function WorkProgress({
  done,
  total,
  words,
  cancelLabel,
  onCancel,
}: {
  readonly done: number;
  readonly total: number;
  readonly words: string;
  readonly cancelLabel: string;
  readonly onCancel: () => void;
}) {
  return (
    <div className="max-w-xl space-y-4">
      <Progress value={total === 0 ? 0 : (done / total) * 100} aria-label={words} />
      <div className="flex items-center justify-between">
        <p data-figure aria-live="polite" className="text-muted-foreground">
          {words}
        </p>
        <Button variant="outline" size="sm" onClick={onCancel}>
          {cancelLabel}
        </Button>
      </div>
    </div>
  );
}
