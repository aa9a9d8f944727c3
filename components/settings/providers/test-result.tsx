"use client";

import { CircleAlert, CircleCheck, CircleX, type LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import { formatDuration } from "@/components/format";
import type { UpstreamOutcome, UpstreamTest } from "@/lib/manage/providers/test-upstream";
import { cn } from "@/lib/utils";

interface Look {
  readonly icon: LucideIcon;
  readonly className: string;
}

const GOOD: Look = { icon: CircleCheck, className: "text-ready" };
const DOUBTFUL: Look = { icon: CircleAlert, className: "text-cooling" };
const BAD: Look = { icon: CircleX, className: "text-destructive" };

const LOOKS: Readonly<Record<UpstreamOutcome, Look>> = {
  ok: GOOD,
  key_wanted: GOOD,
  limited: DOUBTFUL,
  key_refused: DOUBTFUL,
  failing: DOUBTFUL,
  unclear: DOUBTFUL,
  no_address: DOUBTFUL,
  region_denied: BAD,
  gateway_refused: BAD,
  not_found: BAD,
  unreachable: BAD,
};

/** A test's result: first what it means, then the facts. */
export function TestResult({
  result,
  ofGateway,
}: {
  readonly result: UpstreamTest;
  /** The gateway itself was tested, not a provider. */
  readonly ofGateway: boolean;
}) {
  const t = useTranslations("settings.test");
  const { outcome, route, elapsedMs, status, key, words } = result;
  const { icon: Icon, className } = LOOKS[outcome];
  const isReached = ofGateway && (outcome === "ok" || outcome === "key_wanted");
  const facts = [
    elapsedMs !== null &&
      status !== null &&
      t("answered", { elapsed: formatDuration(elapsedMs), status: String(status) }),
    !ofGateway && route !== null && (key === null ? t("withoutKey") : t("withKey", { key })),
    !ofGateway &&
      route === "gateway" &&
      status !== null &&
      outcome !== "gateway_refused" &&
      t("gatewayLetThrough"),
    !isReached && words !== "" && t(status === null ? "reason" : "words", { words }),
  ].filter((fact) => fact !== false);
  return (
    <div className="flex gap-2 text-sm">
      <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", className)} />
      <div className="min-w-0">
        <p>{isReached ? t(`gatewayMeaning.${outcome}`) : t(`meaning.${outcome}`)}</p>
        <p className="text-muted-foreground break-words">{facts.join(" ")}</p>
      </div>
    </div>
  );
}
