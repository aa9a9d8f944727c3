"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useTransition } from "react";
import { toast } from "sonner";
import { setLimits } from "@/app/(portal)/keys/actions";
import { answered } from "@/components/answered";
import type { SetQuotaLimitsInput } from "@/lib/manage/limits/quota-limit-schemas";
import { useFailureWords } from "../use-failure-words";

/** As long as for changes of keys. */
const UNDO_MS = 10_000;

/** Sets the limits of a provider or a quota domain; a toast shows the result, with an undo. */
export function useLimitChanges() {
  const t = useTranslations("keys");
  const tCommon = useTranslations("common");
  const failureWords = useFailureWords();
  const router = useRouter();
  const [isBusy, startTransition] = useTransition();

  /** Resolves to whether it was done. */
  function save(input: SetQuotaLimitsInput): Promise<boolean> {
    return send(input, ({ previous }) =>
      toast.success(t("limits.saved"), {
        duration: UNDO_MS,
        action: {
          label: tCommon("undo"),
          onClick: () =>
            send({ ...input, limits: [...previous] }, () => toast.success(t("limits.undone"))),
        },
      }),
    );
  }

  function send(
    input: SetQuotaLimitsInput,
    done: (data: { readonly previous: SetQuotaLimitsInput["limits"] }) => void,
  ): Promise<boolean> {
    return new Promise((resolve) => {
      startTransition(async () => {
        const result = await answered(() => setLimits(input));
        if (result?.ok) done({ previous: [...result.data.previous] });
        else if (result !== null) toast.error(failureWords(result));
        resolve(result?.ok ?? false);
        if (result?.ok) startTransition(() => router.refresh());
      });
    });
  }

  return { save, isBusy };
}
