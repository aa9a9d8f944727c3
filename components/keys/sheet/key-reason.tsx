"use client";

import { useTranslations } from "next-intl";
import type { ProviderKeyView } from "@/lib/manage/keys/provider-key-view";
import { useMeaning, useModelName } from "../use-meaning";

/** The reason for a key's state, in one line; the upstream's own message on hover. */
export function KeyReason({ view }: { readonly view: ProviderKeyView }) {
  const t = useTranslations("keys");
  const meaning = useMeaning();
  const modelName = useModelName();
  const { state, reason, words, cooldowns } = view;
  if (reason === null) return null;
  const [first] = cooldowns;
  const text =
    state === "cooling" && first !== undefined && first.model !== "*"
      ? t("why", { model: modelName(first.model), reason: meaning(reason) })
      : meaning(reason);
  return (
    <p className="text-muted-foreground max-w-64 truncate text-xs" title={words || text}>
      {text}
    </p>
  );
}
