"use client";

import { useTranslations } from "next-intl";
import { useOptimistic, useTransition } from "react";
import { toast } from "sonner";
import { changeSettings } from "@/app/(portal)/settings/actions";
import { answered } from "@/components/answered";
import { Button } from "@/components/ui/button";
import {
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";
import type { UpstreamItem } from "@/lib/manage/providers/list-upstreams";
import type { Settings } from "@/lib/manage/settings/settings-schema";
import { useFailureToast } from "../use-failure-toast";
import { TestResult } from "./test-result";
import { useUpstreamTest } from "./use-upstream-test";

const WAYS = ["default", "gateway", "direct"] as const;

type Route = Settings["upstream"]["route"];
type Way = (typeof WAYS)[number];

/** A provider: its route, saved as soon as it is chosen, and a test of it. */
export function UpstreamRow({
  provider,
  defaultRoute,
}: {
  readonly provider: UpstreamItem;
  /** The route of providers without their own; null if there is no gateway, and so only one route. */
  readonly defaultRoute: Route | null;
}) {
  const t = useTranslations("settings.upstream.providers");
  const { slug, label, keys, isCustom, isAtGateway } = provider;
  const { result, isTesting, test } = useUpstreamTest(slug);
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-40 flex-1">
          <p className="truncate font-medium">{label}</p>
          <p className="text-muted-foreground truncate text-sm tabular-nums">
            <span className="font-mono text-xs">{slug}</span> · {t("keys", { count: keys })}
          </p>
        </div>
        <div className="flex items-center gap-2">
          {isCustom && <p className="text-muted-foreground px-3 text-sm">{t("custom")}</p>}
          {isAtGateway && defaultRoute && (
            <WaySelect provider={provider} defaultRoute={defaultRoute} />
          )}
          <Button
            variant="outline"
            size="sm"
            disabled={isTesting}
            aria-label={t("testOf", { provider: label })}
            onClick={test}
          >
            {t("test")}
          </Button>
        </div>
      </div>
      <div role="status">
        {result && (
          <div className="pt-3">
            <TestResult result={result} ofGateway={false} />
          </div>
        )}
      </div>
    </li>
  );
}

function WaySelect({
  provider: { slug, label, route },
  defaultRoute,
}: {
  readonly provider: UpstreamItem;
  readonly defaultRoute: Route;
}) {
  const t = useTranslations("settings.upstream.providers");
  const tSettings = useTranslations("settings");
  const way = route ?? "default";
  const [shown, showAhead] = useOptimistic<Way>(way);
  const [, startTransition] = useTransition();
  const showFailure = useFailureToast();

  function choose(chosen: Way, isUndo = false) {
    startTransition(async () => {
      showAhead(chosen);
      const providers = { [slug]: chosen === "default" ? null : chosen };
      const answer = await answered(() =>
        changeSettings({ change: { section: "upstream", changes: { providers } } }),
      );
      if (answer === null) return;
      if (!answer.ok) showFailure(answer);
      else if (!isUndo) {
        toast(t("changed", { provider: label, route: chosen }), {
          action: { label: tSettings("undo"), onClick: () => choose(way, true) },
        });
      }
    });
  }

  return (
    <Select
      value={shown}
      onValueChange={(value) => choose(WAYS.find((each) => each === value) ?? "default")}
    >
      <SelectTrigger size="sm" className="w-48" aria-label={t("wayOf", { provider: label })}>
        <SelectValue />
      </SelectTrigger>
      <SelectContent>
        {WAYS.map((each) => (
          <SelectItem key={each} value={each}>
            {t(`route.${each}`, { route: defaultRoute })}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
