"use client";

import { useTranslations } from "next-intl";
import type { AccessTokenItem } from "@/lib/manage/tokens/list-access-tokens";

const SHOWN_MAX = 2;

/** What a token may use, in two short lines; all of it on hover. */
export function TokenScopes({
  token: { providers, models, forAdminApi },
  labels,
}: {
  readonly token: Pick<AccessTokenItem, "providers" | "models" | "forAdminApi">;
  /** Providers' names by slug. */
  readonly labels: ReadonlyMap<string, string>;
}) {
  const t = useTranslations("tokens");
  if (forAdminApi) return t("adminApi");
  if (providers === null && models === null) return t("everything");
  const names = providers?.map((slug) => labels.get(slug) ?? slug);
  return (
    <div className="max-w-56">
      <Names names={names} all={t("allProviders")} />
      <div className="text-muted-foreground font-mono text-xs">
        <Names names={models ?? undefined} all={t("allModels")} />
      </div>
    </div>
  );
}

function Names({
  names,
  all,
}: {
  readonly names: readonly string[] | undefined;
  readonly all: string;
}) {
  const t = useTranslations("tokens");
  if (names === undefined) return <div className="font-sans">{all}</div>;
  const shown = names.slice(0, SHOWN_MAX).join(", ");
  const more = names.length - SHOWN_MAX;
  return (
    <div className="truncate" title={names.join(", ")}>
      {more > 0 ? t("andMore", { shown, more }) : shown}
    </div>
  );
}
