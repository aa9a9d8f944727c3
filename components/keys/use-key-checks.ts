"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { checkKeys, listKeyIds } from "@/app/(portal)/keys/actions";
import type { ProviderKeyFilterInput } from "@/lib/manage/keys/provider-key-schemas";
import { useFailureWords } from "./use-failure-words";

/** Keys per call: few enough that stopping takes effect soon. */
const CALL_SIZE = 20;

export const CHECK_OUTCOMES = ["good", "bad", "unclear", "unreachable"] as const;

export type CheckTally = Readonly<Record<(typeof CHECK_OUTCOMES)[number], number>>;

const NOTHING: CheckTally = { good: 0, bad: 0, unclear: 0, unreachable: 0 };

export type CheckPhase =
  | { readonly kind: "asking" | "running" | "done" }
  | { readonly kind: "stopped"; readonly message: string | null };

/**
 * Checks keys with their providers' free call, in batches, and counts the results.
 * @param ids Null for all that match the filter.
 * @param count How many that is expected to be.
 */
export function useKeyChecks(
  ids: readonly string[] | null,
  filter: ProviderKeyFilterInput,
  count: number,
) {
  const tFailure = useTranslations("keys.failure");
  const failureWords = useFailureWords();
  const router = useRouter();
  const [phase, setPhase] = useState<CheckPhase>({ kind: "asking" });
  const [total, setTotal] = useState(count);
  const [tally, setTally] = useState(NOTHING);
  const mayGoOn = useRef(true);
  useEffect(() => {
    mayGoOn.current = true;
    return () => {
      mayGoOn.current = false;
    };
  }, []);

  async function run() {
    setPhase({ kind: "running" });
    try {
      setPhase(await checkAll());
    } catch {
      setPhase({ kind: "stopped", message: tFailure("offline") });
    }
    router.refresh();
  }

  async function checkAll(): Promise<CheckPhase> {
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

  const stop = () => {
    mayGoOn.current = false;
  };
  return { phase, total, tally, run, stop };
}

/** A key for which the provider has no check counts as unclear. */
function added(tally: CheckTally, outcomes: readonly string[]): CheckTally {
  const next: Record<keyof CheckTally, number> = { ...tally };
  for (const outcome of outcomes) {
    next[CHECK_OUTCOMES.find((each) => each === outcome) ?? "unclear"] += 1;
  }
  return next;
}
