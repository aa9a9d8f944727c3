"use client";

import { Link2, X } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useTransition } from "react";
import { toast } from "sonner";
import { dismissHint } from "@/app/(portal)/keys/actions";
import { answered } from "@/components/answered";
import { Button } from "@/components/ui/button";
import type { QuotaHint } from "@/lib/manage/limits/read-quota-hints";
import { useKeyChanges } from "../bulk/use-key-changes";
import { useFailureWords } from "../use-failure-words";

/** The most keys named. */
const NAMED_MAX = 6;

/** Keys that are limited together, with the offer to put them into one quota domain. */
export function QuotaHints({
  provider,
  hints,
}: {
  readonly provider: string;
  readonly hints: readonly QuotaHint[];
}) {
  return hints.map((hint) => (
    <Hint key={hint.keys.map(({ id }) => id).join()} provider={provider} hint={hint} />
  ));
}

function Hint({
  provider,
  hint: { keys, together, occasions, domain },
}: {
  readonly provider: string;
  readonly hint: QuotaHint;
}) {
  const t = useTranslations("keys.quotaHint");
  const failureWords = useFailureWords();
  const router = useRouter();
  const { change, isBusy } = useKeyChanges();
  const [isDismissing, startTransition] = useTransition();
  const ids = keys.map(({ id }) => id);
  const names = keys.slice(0, NAMED_MAX).map(({ masked }) => masked);

  function dismiss() {
    startTransition(async () => {
      const result = await answered(() => dismissHint({ provider, keyIds: ids }));
      if (result?.ok) router.refresh();
      else if (result !== null) toast.error(failureWords(result));
    });
  }

  return (
    <section
      aria-label={t("label")}
      className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3 rounded-lg border px-4 py-3"
    >
      <div className="flex min-w-0 flex-1 basis-72 gap-3">
        <Link2 aria-hidden className="text-muted-foreground mt-0.5 size-4 shrink-0" />
        <div className="min-w-0 space-y-1">
          <p>{t("title", { count: keys.length, together, occasions })}</p>
          <p className="text-muted-foreground font-mono text-[13px] break-words">
            {names.join(", ")}
            {keys.length > NAMED_MAX && " …"}
          </p>
        </div>
      </div>
      <div className="flex items-center gap-1.5">
        <Button
          variant="outline"
          size="sm"
          disabled={isBusy || isDismissing}
          onClick={() => change({ ids }, { kind: "set", settings: { quotaDomain: domain } })}
        >
          {t("merge", { domain })}
        </Button>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={t("dismiss")}
          disabled={isBusy || isDismissing}
          onClick={dismiss}
        >
          <X aria-hidden />
        </Button>
      </div>
    </section>
  );
}
