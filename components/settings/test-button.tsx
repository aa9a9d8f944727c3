"use client";

import { useState, useTransition } from "react";
import type { ActionResult } from "@/app/action-result";
import { answered } from "@/components/answered";
import { Button } from "@/components/ui/button";
import { useFailureToast } from "./use-failure-toast";

/** What a test says: a problem, or null. */
interface Tested {
  readonly problem: string | null;
}

/** Tries something out, and says what came of it. */
export function TestButton({
  run,
  words,
}: {
  readonly run: () => Promise<ActionResult<Tested>>;
  readonly words: {
    readonly test: string;
    readonly testing: string;
    readonly accepted: string;
    readonly refused: (problem: string) => string;
  };
}) {
  const [result, setResult] = useState<Tested | null>(null);
  const [isTesting, startTransition] = useTransition();
  const showFailure = useFailureToast();

  function test() {
    startTransition(async () => {
      const answer = await answered(run);
      if (answer === null) return;
      if (answer.ok) setResult(answer.data);
      else showFailure(answer);
    });
  }

  return (
    <div className="space-y-3">
      <Button variant="outline" size="sm" disabled={isTesting} onClick={test}>
        {isTesting ? words.testing : words.test}
      </Button>
      <p role="status" className="text-sm break-words">
        {result !== null &&
          (result.problem === null ? words.accepted : words.refused(result.problem))}
      </p>
    </div>
  );
}
