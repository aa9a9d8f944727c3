"use client";

import { useTranslations } from "next-intl";
import { CopyButton } from "@/components/copy-button";
import { UNKNOWN } from "@/components/format";
import { Link } from "@/components/link";
import { RelativeTime } from "@/components/time/relative-time";
import type { ProviderKeyDetail } from "@/lib/manage/keys/read-provider-key";
import { useMeaning } from "../use-meaning";

/** Why a key was blocked: the upstream's message, the request, and the rule that matched. */
export function KeyEvidence({
  evidence,
  isPast,
}: {
  readonly evidence: NonNullable<ProviderKeyDetail["evidence"]>;
  /** The key isn't blocked now, but was before it was disabled. */
  readonly isPast: boolean;
}) {
  const t = useTranslations("keys.detail");
  const meaning = useMeaning();
  return (
    <section className="space-y-3">
      <h3 className="font-medium">{t("evidence")}</h3>
      <p>{meaning(evidence.meaning)}</p>
      {isPast && <p className="text-muted-foreground text-xs">{t("wasBlocked")}</p>}
      <EvidenceFacts evidence={evidence} />
    </section>
  );
}

/** The upstream's message and its source. */
export function EvidenceFacts({
  evidence,
}: {
  readonly evidence: NonNullable<ProviderKeyDetail["evidence"]>;
}) {
  const t = useTranslations("keys.detail");
  return (
    <>
      <blockquote className="bg-muted/60 border-l-2 px-3 py-2 break-words">
        {evidence.words || <span className="text-muted-foreground">{t("noWords")}</span>}
      </blockquote>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-1.5 text-xs">
        <dt className="text-muted-foreground">{t("when")}</dt>
        <dd>
          <RelativeTime ms={evidence.atMs} />
        </dd>
        <dt className="text-muted-foreground">{t("status")}</dt>
        <dd data-figure>{evidence.status || UNKNOWN}</dd>
        <dt className="text-muted-foreground">{t("model")}</dt>
        <dd className="font-mono">{evidence.model ?? UNKNOWN}</dd>
        <dt className="text-muted-foreground">{t("rule")}</dt>
        <dd className="font-mono">{evidence.rule}</dd>
        <dt className="text-muted-foreground">{t("request")}</dt>
        <dd className="flex items-center gap-1 font-mono break-all">
          <Link
            href={`/requests/${encodeURIComponent(evidence.requestId)}`}
            prefetch={false}
            className="hover:underline"
          >
            {evidence.requestId}
          </Link>
          <CopyButton value={evidence.requestId} />
        </dd>
      </dl>
    </>
  );
}
