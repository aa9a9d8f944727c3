"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useTransition } from "react";
import { toast } from "sonner";
import { changeKeys, checkKeys, deleteKeys, undoKeys } from "@/app/(portal)/keys/actions";
import type { ActionResult } from "@/app/action-result";
import { answered } from "@/components/answered";
import type { ChangeProviderKeysInput } from "@/lib/manage/keys/provider-key-schemas";
import type { ProviderKeyTarget } from "@/lib/manage/schemas";
import { useFailureWords } from "../use-failure-words";

/** Long enough to notice a mistake in a table that has just changed. */
const UNDO_MS = 10_000;

export interface KeyChanges {
  /** Resolves to whether it was done; a toast shows the result, with an undo if possible. */
  change(target: ProviderKeyTarget, change: ChangeProviderKeysInput["change"]): Promise<boolean>;
  remove(target: ProviderKeyTarget): Promise<boolean>;
  check(id: string): Promise<boolean>;
  /** While one of them runs, and until the page shows the result. */
  readonly isBusy: boolean;
}

/** What can be done to keys from the page, which is then refreshed. */
export function useKeyChanges(): KeyChanges {
  const t = useTranslations("keys");
  const tCommon = useTranslations("common");
  const failureWords = useFailureWords();
  const router = useRouter();
  const [isBusy, startTransition] = useTransition();

  /** Runs an action; `done` reports its success. */
  function run<Data>(
    action: () => Promise<ActionResult<Data>>,
    done: (data: Data) => void,
  ): Promise<boolean> {
    return new Promise((resolve) => {
      startTransition(async () => {
        const result = await answered(action);
        if (result?.ok) done(result.data);
        else if (result !== null) toast.error(failureWords(result));
        resolve(result?.ok ?? false);
        if (result?.ok) startTransition(() => router.refresh());
      });
    });
  }

  return {
    isBusy,
    change: (target, change) =>
      run(
        () => changeKeys({ target, change }),
        ({ changed, undo }) => {
          const words = t(`done.${change.kind}`, {
            count: changed,
          });
          if (undo === null) {
            toast.success(words);
            return;
          }
          const takeBack = () =>
            run(
              () => undoKeys(undo),
              (result) => toast.success(t("done.undo", { count: result.changed })),
            );
          toast.success(words, {
            duration: UNDO_MS,
            action: { label: tCommon("undo"), onClick: takeBack },
          });
        },
      ),
    remove: (target) =>
      run(
        () => deleteKeys(target),
        ({ deleted }) => toast.success(t("done.delete", { count: deleted })),
      ),
    check: (id) =>
      run(
        () => checkKeys({ ids: [id] }),
        ([checked]) => {
          if (checked === undefined) toast.error(t("failure.not_found"));
          else if (checked.outcome === "good") toast.success(t("checked.good"));
          else toast.warning(t(`checked.${checked.outcome}`), { description: checked.words });
        },
      ),
  };
}
