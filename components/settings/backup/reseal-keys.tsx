"use client";

import { useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { resealKeys } from "@/app/(portal)/settings/actions";
import { answered } from "@/components/answered";
import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import type { SealState } from "@/lib/manage/keys/read-seal-state";
import { useFailureToast } from "../use-failure-toast";

/** Keys per call: a few tenths of a second of a Worker's time. */
const KEYS_A_CALL = 100;

/** Re-encrypts keys, call by call, until none is left or someone stops it. The next visitor can continue. */
export function ResealKeys({
  state,
}: {
  readonly state: SealState & { readonly previous: number };
}) {
  const t = useTranslations("settings.secret");
  const showFailure = useFailureToast();
  const [remaining, setRemaining] = useState(state.previous);
  const [damaged, setDamaged] = useState<readonly string[]>([]);
  const [isRunning, setIsRunning] = useState(false);
  const isStopped = useRef(false);
  const all = state.current + state.previous;

  async function run() {
    isStopped.current = false;
    setIsRunning(true);
    for (let isDone = false; !isDone && !isStopped.current; ) {
      const answer = await answered(() => resealKeys({ limit: KEYS_A_CALL }));
      if (answer === null) return;
      if (!answer.ok) {
        showFailure(answer);
        break;
      }
      const { resealed, remaining: left } = answer.data;
      setRemaining(left);
      setDamaged(answer.data.damaged);
      isDone = resealed === 0 || left === 0;
    }
    setIsRunning(false);
  }

  return (
    <div className="max-w-md space-y-3">
      <Progress
        aria-label={t("progress")}
        value={all === 0 ? 100 : (100 * (all - remaining)) / all}
      />
      <p role="status" className="text-sm tabular-nums">
        {remaining === 0 ? t("done") : t("remaining", { remaining, all })}
      </p>
      {damaged.length > 0 && (
        <p className="text-cooling text-sm break-words">
          {t("damaged", { count: damaged.length, ids: damaged.join(", ") })}
        </p>
      )}
      {isRunning ? (
        <Button
          variant="outline"
          size="sm"
          onClick={() => {
            isStopped.current = true;
          }}
        >
          {t("stop")}
        </Button>
      ) : (
        remaining > 0 && (
          <Button variant="outline" size="sm" onClick={run}>
            {t("run")}
          </Button>
        )
      )}
    </div>
  );
}
