"use client";

import { useRouter } from "next/navigation";
import { toast } from "sonner";
import { updateToken } from "@/app/(portal)/tokens/actions";
import { answered } from "@/components/answered";
import { useFailureWords } from "@/components/tokens/use-failure-words";
import type { UpdateAccessTokenInput } from "@/lib/manage/schemas";

/** Changes a token, shows `words` (or the error), and refreshes the page. */
export function useChangeToken() {
  const router = useRouter();
  const failureWords = useFailureWords();
  return async (
    id: string,
    changes: UpdateAccessTokenInput,
    words: string,
    {
      was,
      action,
    }: {
      /** The known values of these fields: what another changed in the meantime stays. */
      readonly was?: UpdateAccessTokenInput;
      readonly action?: { readonly label: string; readonly onClick: () => void };
    } = {},
  ): Promise<void> => {
    const result = await answered(() => updateToken({ id, changes, was }));
    if (result === null) return;
    if (result.ok) toast.success(words, action && { action });
    else toast.error(failureWords(result));
    router.refresh();
  };
}
