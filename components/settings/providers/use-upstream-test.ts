import { useState, useTransition } from "react";
import { testUpstream } from "@/app/(portal)/settings/actions";
import { answered } from "@/components/answered";
import type { UpstreamTest } from "@/lib/manage/providers/test-upstream";
import { useFailureToast } from "../use-failure-toast";

/** @param provider Its slug; null for the gateway. */
export function useUpstreamTest(provider: string | null) {
  const [result, setResult] = useState<UpstreamTest | null>(null);
  const [isTesting, startTransition] = useTransition();
  const showFailure = useFailureToast();

  function test() {
    startTransition(async () => {
      const answer = await answered(() => testUpstream({ provider }));
      if (answer === null) return;
      if (answer.ok) setResult(answer.data);
      else showFailure(answer);
    });
  }

  return { result, isTesting, test };
}
