"use client";

import { ChevronRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Collapsible, CollapsibleContent, CollapsibleTrigger } from "@/components/ui/collapsible";
import type { UpstreamItem } from "@/lib/manage/providers/list-upstreams";
import type { Settings } from "@/lib/manage/settings/settings-schema";
import { UpstreamRow } from "./upstream-row";

/** Providers that matter now; those without keys and without their own route are collapsed. */
export function UpstreamList({
  providers,
  defaultRoute,
}: {
  readonly providers: readonly UpstreamItem[];
  readonly defaultRoute: Settings["upstream"]["route"] | null;
}) {
  const t = useTranslations("settings.upstream.providers");
  const isIdle = ({ keys, route, isCustom }: UpstreamItem) =>
    keys === 0 && route === null && !isCustom;
  const used = providers.filter((provider) => !isIdle(provider));
  const idle = providers.filter(isIdle);
  return (
    <div className="space-y-3">
      {used.length > 0 && <Rows providers={used} defaultRoute={defaultRoute} />}
      {idle.length > 0 && (
        <Collapsible defaultOpen={used.length === 0}>
          <CollapsibleTrigger asChild>
            <Button variant="ghost" size="sm" className="group text-muted-foreground -ml-2">
              <ChevronRight
                aria-hidden
                className="transition-transform group-data-[state=open]:rotate-90"
              />
              {t("withoutKeys", { count: idle.length })}
            </Button>
          </CollapsibleTrigger>
          <CollapsibleContent className="pt-2">
            <Rows providers={idle} defaultRoute={defaultRoute} />
          </CollapsibleContent>
        </Collapsible>
      )}
    </div>
  );
}

function Rows({
  providers,
  defaultRoute,
}: {
  readonly providers: readonly UpstreamItem[];
  readonly defaultRoute: Settings["upstream"]["route"] | null;
}) {
  return (
    <ul className="divide-y rounded-lg border">
      {providers.map((provider) => (
        <UpstreamRow key={provider.slug} provider={provider} defaultRoute={defaultRoute} />
      ))}
    </ul>
  );
}
