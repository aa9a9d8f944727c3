"use client";

import { CircleHelp } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ProviderKeyView } from "@/lib/manage/keys/provider-key-view";
import { useMeaning } from "../use-meaning";
import { EvidenceFacts } from "./key-evidence";

/** An accusation against a key that isn't acted on yet, and what will decide. */
export function KeySuspicion({
  suspicion,
}: {
  readonly suspicion: NonNullable<ProviderKeyView["suspicion"]>;
}) {
  const t = useTranslations("keys.suspicion");
  const meaning = useMeaning();
  return (
    <section className="space-y-3">
      <h3 className="flex items-center gap-1.5 font-medium">
        <CircleHelp aria-hidden className="text-cooling size-4 shrink-0" />
        {t("title")}
      </h3>
      <p>{meaning(suspicion.meaning)}</p>
      <p className="text-muted-foreground text-xs">{t("hint")}</p>
      <EvidenceFacts evidence={suspicion} />
    </section>
  );
}
