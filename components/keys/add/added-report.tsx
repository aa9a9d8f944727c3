"use client";

import { CircleCheck, TriangleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import { Link } from "@/components/link";
import type { ProviderChoice } from "@/components/provider-choice";
import { Button } from "@/components/ui/button";
import { exampleModel } from "@/lib/snippets/example-model";
import { AddedChecks } from "./added-checks";
import type { AddedKeys } from "./added-keys";

/** The result of adding keys, and what can be done next. */
export function AddedReport({
  added,
  providers,
  mayCheck,
  onAgain,
}: {
  readonly added: AddedKeys;
  readonly providers: readonly ProviderChoice[];
  readonly mayCheck: boolean;
  readonly onAgain: () => void;
}) {
  const t = useTranslations("keys.add");
  const { count, duplicates, rejected, unsent, problem } = added;
  const isWhole = problem === null && unsent === 0;
  const Icon = isWhole ? CircleCheck : TriangleAlert;
  return (
    <div className="max-w-xl space-y-4">
      <div role="status" className="space-y-4">
        <h2 className="flex items-center gap-2 text-base font-medium">
          <Icon aria-hidden className={isWhole ? "text-ready size-5" : "text-cooling size-5"} />
          {t("done", { count })}
        </h2>
        {duplicates > 0 && <p>{t("duplicates", { count: duplicates })}</p>}
        {problem !== null && <p>{t("failed", { message: problem, count: unsent })}</p>}
        {problem === null && unsent > 0 && <p>{t("cancelled", { count: unsent })}</p>}
        {rejected.length > 0 && (
          <div className="space-y-1">
            <p>{t("rejectedTitle", { count: rejected.length })}</p>
            <ul className="text-muted-foreground max-h-48 list-inside list-disc overflow-auto text-xs">
              {rejected.map(({ line, reason }) => (
                <li key={`${line} ${reason}`}>{t("rejected", { line, reason })}</li>
              ))}
            </ul>
          </div>
        )}
      </div>
      {mayCheck && added.ids.length > 0 && (
        <AddedChecks ids={added.ids} isStarted={added.isChecked} />
      )}
      <NextSteps added={added} providers={providers} onAgain={onAgain} />
    </div>
  );
}

function NextSteps({
  added,
  providers,
  onAgain,
}: {
  readonly added: AddedKeys;
  readonly providers: readonly ProviderChoice[];
  readonly onAgain: () => void;
}) {
  const t = useTranslations("keys.add");
  const model = exampleModel({ providers: added.providers, models: null }, "compat");
  const playground =
    model === null ? "/playground" : `/playground?model=${encodeURIComponent(model)}`;
  return (
    <div className="flex flex-wrap gap-2">
      {added.ids.length > 0 && (
        <>
          <Button asChild>
            <Link href={playground}>{t("try")}</Link>
          </Button>
          <Button asChild variant="outline">
            <Link href="/tokens?new=true">{t("createToken")}</Link>
          </Button>
        </>
      )}
      {added.providers.map((slug) => (
        <Button key={slug} asChild variant="outline">
          <Link href={`/keys/${encodeURIComponent(slug)}`}>
            {t("see", {
              provider: providers.find((each) => each.slug === slug)?.label ?? slug,
            })}
          </Link>
        </Button>
      ))}
      <Button variant="outline" onClick={onAgain}>
        {t("again")}
      </Button>
    </div>
  );
}
