"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { Link } from "@/components/link";
import { useProviderName } from "@/components/provider-names";
import { settingsPages } from "@/components/settings/settings-pages";
import { navigationEntryOf, navigationFor } from "@/components/shell/navigation";
import type { Right } from "@/lib/auth/member";

const PAGES: Readonly<Record<string, "addKeys" | "budgets" | "groups" | "importKeys">> = {
  "/keys/add": "addKeys",
  "/keys/import": "importKeys",
  "/tokens/budgets": "budgets",
  "/team/groups": "groups",
};

/** Ids of what has a name, which stands in large letters below. */
const NAMED_ID = /^(?:gr|us)_/;

/**
 * Breadcrumbs of a page below an area's first: the area, and the rest of the path.
 * @param helpTitles By the last part of the path.
 */
export function PathCrumbs({
  right,
  helpTitles,
}: {
  readonly right: Right;
  readonly helpTitles: Readonly<Record<string, string>>;
}) {
  const t = useTranslations("shell");
  const path = usePathname();
  const model = useSearchParams().get("model");
  const providerName = useProviderName();
  const entry = navigationEntryOf(path, navigationFor(right));
  const below = path.slice(entry?.href.length).split("/").filter(Boolean).map(decodeURIComponent);
  const last = below.at(-1);
  if (entry === undefined || last === undefined) return null;
  const page = PAGES[path];
  // Anything else below an area is a provider's slug, an id, or the model in the query.
  const nameOf = (part: string) =>
    (path === "/usage/model" ? model : undefined) ??
    (entry.area === "help" ? helpTitles[part] : undefined) ??
    providerName(part);
  const named = settingsPages.find(({ href }) => href === path);
  return (
    <nav aria-label={t("crumbs")} className="min-w-0 max-md:hidden">
      <ol className="text-muted-foreground flex min-w-0 items-center gap-2">
        <li className="shrink-0">
          <Link href={entry.href} className="hover:text-foreground">
            {t(`areas.${entry.area}`)}
          </Link>
        </li>
        {below.slice(0, -1).map((part, index) => {
          const href = [entry.href, ...below.slice(0, index + 1)].join("/");
          const above = PAGES[href];
          return (
            <li key={part} className="flex shrink-0 items-center gap-2">
              <span aria-hidden>/</span>
              <Link href={href} className="hover:text-foreground">
                {above === undefined ? nameOf(part) : t(`pages.${above}`)}
              </Link>
            </li>
          );
        })}
        {!NAMED_ID.test(last) && (
          <li className="flex min-w-0 items-center gap-2">
            <span aria-hidden>/</span>
            <span className="text-foreground truncate">
              {page !== undefined
                ? t(`pages.${page}`)
                : named === undefined
                  ? nameOf(last)
                  : t(`pages.settings.${named.name}`)}
            </span>
          </li>
        )}
      </ol>
    </nav>
  );
}
